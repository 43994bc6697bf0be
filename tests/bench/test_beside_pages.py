"""Everyone reads copies of the same pages, of many folders, with the lines that belong to them."""

from pathlib import Path

import pytest

from bench.beside.pages import EXAMPLES, copied, default_folder, enough, pictures, sources
from bench.beside.setting import Lines
from bench.beside.truth import truth_below
from tests.fakes.compared import pages_in


def test_pages_are_taken_folder_by_folder_in_turn(tmp_path: Path) -> None:
    for name in ("first", "second"):
        pages_in(tmp_path / name, 2)
    names = [f"{one.picture.parent.name}/{one.picture.name}" for one in sources(tmp_path)]
    assert names == ["first/a.jpg", "second/a.jpg", "first/b.jpg", "second/b.jpg"]


def test_a_picture_without_truth_is_no_page(tmp_path: Path) -> None:
    pages_in(tmp_path / "in", 2)
    (tmp_path / "in" / "b.xml").unlink()
    assert [one.picture.name for one in sources(tmp_path)] == ["a.jpg"]


def test_truth_may_lie_in_a_sister_folder_as_that_of_the_examples() -> None:
    found = sources(EXAMPLES / "pages")
    assert len(found) == 10
    assert {one.truth.parent.name for one in found} == {"truth"}


def test_xml_beside_a_copy_names_the_copy(tmp_path: Path) -> None:
    pages = copied(sources(pages_in(tmp_path / "in", 3)), tmp_path / "out", Lines.GIVEN)
    assert [path.name for path in pictures(pages.all)] == ["000.jpg", "001.jpg", "002.jpg"]
    assert 'imageFilename="001.jpg"' in (pages.all / "001.xml").read_text()
    assert [path.name for path in pictures(pages.few)] == ["000.jpg", "001.jpg"]
    assert [path.name for path in pictures(pages.one)] == ["000.jpg"]


def test_where_lines_are_found_no_xml_stands_beside_the_images_and_truth_is_kept_apart(tmp_path: Path) -> None:
    pages = copied(sources(pages_in(tmp_path / "in", 3)), tmp_path / "out", Lines.FOUND)
    assert not list(pages.all.glob("*.xml"))
    assert truth_below(pages.truth).by_page == {"000": "arma", "001": "arma", "002": "arma"}


def test_pages_with_lines_given_are_read_often_enough_to_be_told_from_start_up(tmp_path: Path) -> None:
    found = sources(pages_in(tmp_path / "in", 3))
    assert len(enough(found, Lines.GIVEN)) == 33
    assert enough(found, Lines.FOUND) == found
    assert len(enough(found * 20, Lines.GIVEN)) == 60


def test_without_development_data_the_pages_are_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTRKIT_SHARED", str(tmp_path))
    assert default_folder(full=False) == EXAMPLES / "pages"
    (tmp_path / "data" / "bench").mkdir(parents=True)
    assert default_folder(full=True) == tmp_path / "data" / "bench"
