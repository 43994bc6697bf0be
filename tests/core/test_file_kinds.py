"""What a name alone tells."""

import pytest

from htrkit.core.file_kinds import kind_of, litter
from htrkit.domain.found import FileKind

IMAGES = ["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "jp2", "j2k", "jpx", "gif"]


@pytest.mark.parametrize(("end", "kind"), [*((end, FileKind.IMAGE) for end in IMAGES), ("pdf", "pdf"), ("xml", "xml")])
def test_a_suffix_counts_in_any_case(end: str, kind: FileKind) -> None:
    assert {kind_of(f"a.b.{end}"), kind_of(f"x/A.{end.upper()}"), kind_of(f"1.{end.title()}")} == {kind}


@pytest.mark.parametrize(
    "name", ["a.txt", "jpg", "a.jpg.txt", "a.jpg~", "a.svg", "a.heic", "Thumbs.db", ".jpg", "a.jpg "]
)
def test_anything_else_is_nothing(name: str) -> None:
    assert kind_of(name) is None


@pytest.mark.parametrize("name", [".git", "._1.jpg", "Thumbs.db", "thumbs.DB", "@eaDir", "__MACOSX"])
def test_what_programs_leave_behind_is_litter(name: str) -> None:
    assert litter(name)


@pytest.mark.parametrize("name", ["1.jpg", "@list.txt", "page", "_MACOSX"])
def test_what_people_name_is_none(name: str) -> None:
    assert litter(name) is None
