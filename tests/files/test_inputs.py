"""Whatever is typed as INPUT stands for the files that people mean, or is named as nothing."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

from htrkit.domain.errors import UsageProblem
from htrkit.files.inputs import find_inputs

FILES = ["box/1.jpg", "box/2.jpg", "scan[1].jpg", "scan1.jpg", "@odd.jpg", "a b.jpg", "-.jpg"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def paths(*inputs: str, stdin: bytes = b"") -> list[str]:
    return [file.path for file in find_inputs(inputs, out=None, stdin=BytesIO(stdin)).files]


def refusal(inputs: Sequence[str], stdin: bytes = b"") -> UsageProblem:
    with pytest.raises(UsageProblem) as refused:
        find_inputs(inputs, out=None, stdin=BytesIO(stdin))
    return refused.value


def test_inputs_stand_in_their_order() -> None:
    assert paths("scan1.jpg", "box", "a b.jpg") == ["scan1.jpg", "box/1.jpg", "box/2.jpg", "a b.jpg"]


def test_a_name_that_exists_is_that_file_whatever_it_holds() -> None:
    assert paths("scan[1].jpg") == ["scan[1].jpg"]
    assert paths("@odd.jpg") == ["@odd.jpg"]


def test_what_does_not_exist_is_a_pattern() -> None:
    assert paths("scan[0-9].jpg") == ["scan1.jpg"]
    assert paths("**/[12].jpg") == ["box/1.jpg", "box/2.jpg"]


def test_a_folder_that_a_pattern_matches_is_an_input_folder() -> None:
    found = find_inputs(["b*"], out=None, stdin=BytesIO())

    assert [(file.path, file.root) for file in found.files] == [("box/1.jpg", "box"), ("box/2.jpg", "box")]
    assert found.roots == 1


def test_a_list_gives_files_folders_and_patterns(here: Path) -> None:
    (here / "list.txt").write_bytes(b"\xef\xbb\xbfa b.jpg\r\nbox\r\n\r\nscan[1].jpg\r\nscan?.jpg\r\n")

    assert paths("@list.txt") == ["a b.jpg", "box/1.jpg", "box/2.jpg", "scan[1].jpg", "scan1.jpg"]


def test_paths_come_on_stdin() -> None:
    assert paths("-", stdin=b"scan1.jpg\nbox/2.jpg\n") == ["scan1.jpg", "box/2.jpg"]


def test_a_list_may_be_empty(here: Path) -> None:
    (here / "list.txt").write_bytes(b"\n")

    assert paths("@list.txt", "-") == []


def test_names_of_any_bytes_can_be_listed(here: Path) -> None:
    (here / "caf\udce9.jpg").write_bytes(b"")

    assert paths("-", stdin=b"caf\xe9.jpg\n") == ["caf\udce9.jpg"]


@pytest.mark.parametrize(
    ("given", "what", "mend"),
    [
        ("gone.jpg", "gone.jpg: there is no such file or folder.", "relative path"),
        ("gone/*.jpg", "gone/*.jpg: nothing matches this pattern.", "any depth"),
        ("@gone.txt", "gone.txt: the list cannot be read (No such file or directory).", "after @"),
        ("", "An INPUT is empty.", "variable"),
        ("\x1b.jpg", "%1B.jpg: there is no such file or folder.", "name"),
        ("a\0b", "a%00b: there is no such file or folder.", "name"),
        ("x" * 300, f"{'x' * 300}: there is no such file or folder.", "name"),
        ("scan1.jpg/", "scan1.jpg/: there is no such file or folder.", "name"),
    ],
)
def test_an_input_that_is_nothing_is_named_with_the_next_step(given: str, what: str, mend: str) -> None:
    refused = refusal(["box", given])

    assert refused.what == what
    assert mend in refused.mend


def test_a_missing_line_of_a_list_is_named_and_the_others_are_counted(here: Path) -> None:
    (here / "list.txt").write_bytes(b"box\n\ngone\n*.gif\n@list.txt\n")

    assert refusal(["@list.txt"]).what == "list.txt, line 3: there is no gone. Nor are there those of 2 other lines."
    assert refusal(["-"], stdin=b"x\xff\n").what == "stdin, line 1: there is no x%FF."


def test_a_broken_link_that_is_named_counts(here: Path) -> None:
    (here / "link.jpg").symlink_to("nowhere")

    assert paths("link.jpg") == ["link.jpg"]
