"""A walk finds every file once, in the order that people expect, and never trips over what it meets."""

import inspect
import os
import socket
import sys
from pathlib import Path

import pytest

from htrkit.domain.errors import UsageProblem
from htrkit.domain.found import FileKind, Found
from htrkit.files.walk import Walk, folders_in


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def walked(*paths: Path, out: Path | None = None) -> Found:
    walk = Walk(out)
    for path in paths:
        walk.add(str(path))
    return walk.found


def below(found: Found, folder: Path) -> list[str]:
    return [os.path.relpath(file.path, folder) for file in found.files]


def reasons(found: Found, folder: Path) -> dict[str, str]:
    return {os.path.relpath(one.path, folder): one.reason for one in found.passed_over}


def test_files_and_folders_stand_in_natural_order(tmp_path: Path) -> None:
    names = ["1.jpg", "2.jpg", "10.jpg", "a1/1.jpg", "A2/1.jpg", "a10/2.jpg", "a10/10.jpg", "b.png"]
    made(tmp_path, *reversed(names))

    assert below(walked(tmp_path), tmp_path) == names


def test_a_file_knows_its_root_and_its_tree(tmp_path: Path) -> None:
    made(tmp_path, "box/a/b/1.JPG")
    (file,) = walked(tmp_path / "box").files

    assert (file.name, file.kind, file.tree) == ("1.JPG", FileKind.IMAGE, ("a", "b"))
    assert (file.root, file.folder) == (str(tmp_path / "box"), os.path.realpath(tmp_path / "box/a/b"))


def test_a_file_by_itself_has_no_root(tmp_path: Path) -> None:
    (file,) = walked(made(tmp_path, "1.pdf") / "1.pdf").files

    assert (file.kind, file.root, file.tree, file.folder) == (FileKind.PDF, None, (), os.path.realpath(tmp_path))


def test_what_is_no_page_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    litter = [".git/1.jpg", "._1.jpg", "Thumbs.db", "@eaDir/1.jpg", "__MACOSX/1.jpg", "notes.txt", "x", "1.svg"]
    found = walked(made(tmp_path, "1.jpg", *litter))

    assert below(found, tmp_path) == ["1.jpg"]
    said = reasons(found, tmp_path)
    assert set(said) == {".git", "._1.jpg", "Thumbs.db", "@eaDir", "__MACOSX", "notes.txt", "x", "1.svg"}
    assert (said[".git"], said["x"]) == ("hidden", "neither an image nor PAGE nor ALTO")
    assert not found.warnings


def test_a_hidden_file_or_folder_that_is_named_is_taken(tmp_path: Path) -> None:
    made(tmp_path, ".box/1.jpg", ".2.jpg")

    assert below(walked(tmp_path / ".box", tmp_path / ".2.jpg"), tmp_path) == [".box/1.jpg", ".2.jpg"]


def test_a_loop_of_symlinks_ends(tmp_path: Path) -> None:
    made(tmp_path, "a/1.jpg")
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to("self")
    found = walked(tmp_path)

    assert below(found, tmp_path) == ["a/1.jpg"]
    assert reasons(found, tmp_path)["a/up"] == f"the same folder as {tmp_path}"


def test_a_symlink_to_a_folder_or_file_elsewhere_is_followed(tmp_path: Path) -> None:
    made(tmp_path, "shelf/b/1.jpg", "shelf/2.jpg", "in/0.jpg")
    (tmp_path / "in/box").symlink_to(tmp_path / "shelf/b")
    (tmp_path / "in/2.jpg").symlink_to(tmp_path / "shelf/2.jpg")
    found = walked(tmp_path / "in")

    assert below(found, tmp_path) == ["in/0.jpg", "in/2.jpg", "in/box/1.jpg"]
    assert [file.tree for file in found.files] == [(), (), ("box",)]
    assert found.files[1].folder == os.path.realpath(tmp_path / "in")


def test_a_folder_reached_twice_is_taken_once(tmp_path: Path) -> None:
    made(tmp_path, "a/1.jpg")
    (tmp_path / "b").symlink_to("a")
    found = walked(tmp_path, tmp_path / "a", tmp_path)

    assert below(found, tmp_path) == ["a/1.jpg"]
    assert found.roots == 1


def test_folders_that_are_new_count_as_roots(tmp_path: Path) -> None:
    made(tmp_path, "a/1.jpg", "b/1.jpg", "2.jpg")

    assert walked(tmp_path / "a", tmp_path / "2.jpg", tmp_path / "b").roots == 2


def test_a_file_given_twice_is_one_page(tmp_path: Path) -> None:
    made(tmp_path, "a/1.jpg")
    (tmp_path / "2.jpg").symlink_to("a/1.jpg")
    found = walked(tmp_path / "a", tmp_path / "a/../a/1.jpg", tmp_path / "2.jpg")

    assert below(found, tmp_path) == ["a/1.jpg"]
    assert set(reasons(found, tmp_path).values()) == {f"the same file as {tmp_path}/a/1.jpg"}


def test_hard_links_are_two_pages_since_people_see_two_files(tmp_path: Path) -> None:
    made(tmp_path, "a/1.jpg", "b/x")
    (tmp_path / "b/1.jpg").hardlink_to(tmp_path / "a/1.jpg")

    assert below(walked(tmp_path), tmp_path) == ["a/1.jpg", "b/1.jpg"]


def test_out_inside_an_input_is_passed_over_by_whatever_path(tmp_path: Path) -> None:
    made(tmp_path, "in/1.jpg", "in/out/page/1.xml")
    (tmp_path / "way").symlink_to("in/out")
    found = walked(tmp_path / "in", out=tmp_path / "way")

    assert below(found, tmp_path) == ["in/1.jpg"]
    assert reasons(found, tmp_path) == {"in/out": "OUT itself"}
    assert not found.warnings


def test_an_out_that_is_not_there_yet_hides_nothing(tmp_path: Path) -> None:
    assert len(walked(made(tmp_path, "1.jpg"), out=tmp_path / "out").files) == 1


def test_an_input_that_is_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="INPUT and OUT at once"):
        walked(made(tmp_path, "1.jpg"), out=tmp_path)


def test_an_input_inside_out_is_taken(tmp_path: Path) -> None:
    assert len(walked(made(tmp_path, "images/1.jpg", ".htrkit/run.json") / "images", out=tmp_path).files) == 1


@pytest.mark.parametrize("mark", [".htrkit/run.json", ".htrkit"])
def test_the_outputs_of_another_run_are_passed_over_and_said(tmp_path: Path, mark: str) -> None:
    made(tmp_path, "1.jpg", "old\x1b/page/1.xml", "old\x1b/images/1.png", f"old\x1b/{mark}")
    found = walked(tmp_path)

    assert below(found, tmp_path) == ["1.jpg"]
    assert reasons(found, tmp_path) == {"old\x1b": "the outputs of another run"}
    (warning,) = found.warnings
    assert warning.startswith(f"{tmp_path}/old%1B: passed over")


def test_pipes_sockets_and_broken_links_named_like_pages_count_and_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    os.mkfifo("a.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("b.png")
    Path("c.tif").symlink_to("nowhere")
    Path("d.jpg").symlink_to("d.jpg")
    os.mkfifo("pipe")

    assert [file.path for file in walked(Path()).files] == ["./a.jpg", "./b.png", "./c.tif", "./d.jpg"]


def test_a_folder_that_looks_like_an_image_is_a_folder(tmp_path: Path) -> None:
    assert below(walked(made(tmp_path, "1.jpg/2.jpg", "a.txt/a.jpg")), tmp_path) == ["1.jpg/2.jpg", "a.txt/a.jpg"]


def test_an_input_folder_that_cannot_be_listed_is_refused_and_one_further_down_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "a/b/1.jpg", "a/2.jpg")
    listing = os.scandir

    def failing(path: str) -> object:
        if path.endswith(("gone", "b")):
            raise PermissionError(13, "Permission denied", path)
        return listing(path)

    monkeypatch.setattr(os, "scandir", failing)
    found = walked(tmp_path / "a")
    assert below(found, tmp_path) == ["a/2.jpg"]
    assert found.warnings == (f"{tmp_path}/a/b: cannot be listed (Permission denied), and nothing in it is read.",)

    (tmp_path / "gone").mkdir()
    with pytest.raises(UsageProblem, match=r"gone: cannot be listed \(Permission denied\)"):
        walked(tmp_path / "gone")
    assert folders_in(str(tmp_path / "gone")) == []


NASTY = [
    b"new\nline.jpg",
    b"\x1b[31m.jpg",
    b"\xff\xfe.jpg",
    "\u202egpj.1.jpg".encode(),
    "é.jpg".encode(),
    "e\u0301.jpg".encode(),
    b"x" * 251 + b".jpg",
    b"[bold].jpg",
    b"-.jpg",
    b"%s.jpg",
]


def test_names_of_any_bytes_are_found_as_they_are(tmp_path: Path) -> None:
    for name in NASTY:
        (tmp_path / os.fsdecode(name)).write_bytes(b"")

    assert {os.fsencode(file.name) for file in walked(tmp_path).files} == set(NASTY)


def test_folders_may_be_nested_deeper_than_calls(tmp_path: Path) -> None:
    depth = 400  # pytest, which removes them again, calls itself for each
    made(tmp_path, "d/" * depth + "1.jpg")
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + depth // 2)
    try:
        (file,) = walked(tmp_path).files
    finally:
        sys.setrecursionlimit(usual)

    assert len(file.tree) == depth
