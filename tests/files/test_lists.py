"""Lists are read however an editor or program wrote them, and what they cannot be is said."""

import os
from pathlib import Path

import pytest

from htrkit.domain.errors import UsageProblem
from htrkit.files.lists import Entry, entries_of, read_list


def paths(content: bytes) -> list[str]:
    return [entry.path for entry in entries_of(content, name="list")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", [True, False])
def test_any_line_ends_and_a_byte_order_mark_do(end: bytes, mark: bytes, last: bool) -> None:
    assert paths(mark + end.join([b"a.jpg", b"b c.jpg"]) + (end if last else b"")) == ["a.jpg", "b c.jpg"]


def test_blank_lines_are_ignored_and_counted() -> None:
    assert entries_of(b"\n \na\n\t\n\nb\n", name="list") == (Entry("a", 3), Entry("b", 6))


def test_a_name_keeps_its_spaces_and_what_else_is_legal() -> None:
    assert paths(" a \u2028\x0b\x85.jpg\n#b\n".encode()) == [" a \u2028\x0b\x85.jpg", "#b"]


def test_bytes_that_are_not_utf_8_are_kept() -> None:
    assert [os.fsencode(path) for path in paths(b"caf\xe9.jpg\n")] == [b"caf\xe9.jpg"]


def test_an_empty_list_has_no_paths() -> None:
    assert paths(b"") == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_the_remedy(encoding: str) -> None:
    with pytest.raises(UsageProblem, match="UTF-16") as refused:
        entries_of("\ufeffa.jpg\n".encode(encoding), name="list")

    assert refused.value.mend == "Save it as UTF-8."


def test_null_bytes_are_refused_with_the_remedy() -> None:
    with pytest.raises(UsageProblem, match="null bytes") as refused:
        entries_of(b"a\0b\0", name="stdin")

    assert "-print0" in refused.value.mend


def test_a_list_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_bytes(b"a\nb")

    assert read_list(str(tmp_path / "l.txt")) == (Entry("a", 1), Entry("b", 2))


@pytest.mark.parametrize(("name", "cause"), [("gone", "No such file"), (".", "Is a directory"), ("a\0", "no file")])
def test_a_list_that_cannot_be_read_is_named(tmp_path: Path, name: str, cause: str) -> None:
    with pytest.raises(UsageProblem, match=f"the list cannot be read \\({cause}"):
        read_list(f"{tmp_path}/{name}")
