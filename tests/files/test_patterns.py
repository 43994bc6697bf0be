"""Patterns match as in a shell, any depth included, and end where loops do not."""

from pathlib import Path

import pytest

from htrkit.files.patterns import is_pattern, matches

FILES = [
    "1.jpg",
    "2.jpg",
    "10.jpg",
    ".h.jpg",
    "a/1.jpg",
    "a/b/1.jpg",
    "a/b/2.png",
    "b[1]/1.jpg",
    ".c/1.jpg",
    "a/.d/1.jpg",
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.jpg", ["1.jpg", "2.jpg", "10.jpg"]),
        ("?.jpg", ["1.jpg", "2.jpg"]),
        ("[!1]*.jpg", ["2.jpg"]),
        ("a/*", ["a/1.jpg", "a/b"]),
        ("*/1.jpg", ["a/1.jpg", "b[1]/1.jpg"]),
        ("**/1.jpg", ["1.jpg", "a/1.jpg", "a/b/1.jpg", "b[1]/1.jpg"]),
        ("a/**/*.jpg", ["a/1.jpg", "a/b/1.jpg"]),
        ("**/b/**/*.png", ["a/b/2.png"]),
        ("a/**", ["a", "a/b"]),
        ("*/", ["a", "b[1]"]),
        ("b[1]/*.jpg", ["b[1]/1.jpg"]),
        ("./a//*.jpg", ["./a/1.jpg"]),
        (".*.jpg", [".h.jpg"]),
        (".c/*", [".c/1.jpg"]),
        ("*.gif", []),
        ("gone/*", []),
        ("1.jpg/*", []),
        ("[", []),
        ("[z-a].jpg", []),
    ],
)
def test_a_pattern_matches_as_in_a_shell(pattern: str, found: list[str]) -> None:
    assert list(matches(pattern)) == found


def test_a_pattern_may_begin_at_the_top(here: Path) -> None:
    assert matches(f"{here}/a/*.jpg") == (f"{here}/a/1.jpg",)


def test_any_depth_ends_in_loops_of_symlinks(here: Path) -> None:
    for name in "xyz":
        (here / "a" / name).symlink_to(here)
        (here / "a" / "b" / name).symlink_to("..")

    assert len(matches("**/2.png")) == 1


def test_names_that_are_not_text_match(here: Path) -> None:
    (here / "caf\udce9.tif").write_bytes(b"")

    assert matches("c*.tif") == ("caf\udce9.tif",)


@pytest.mark.parametrize(
    ("text", "is_one"), [("a*", True), ("a?", True), ("a[1]", True), ("a{1,2}", False), ("a]", False)]
)
def test_only_what_a_shell_expands_is_a_pattern(text: str, is_one: bool) -> None:
    assert is_pattern(text) is is_one
