"""Nothing is written onto an input, and nobody's files are overwritten unasked."""

import os
from pathlib import Path

import pytest

from htrkit.config.choices import Existing, Format
from htrkit.config.settings import Settings
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.run.promises import pages_to_skip, promised_files

PAGES = (PageSource(PageKey("box/1"), "scans/1.jpg"), PageSource(PageKey("box/2"), "scans/2.jpg"))


def stands(out: Path, *names: str) -> None:
    for name in names:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"")


def test_a_page_promises_its_record_and_one_file_a_format() -> None:
    settings = Settings(formats=(Format.TXT, Format.HOCR, Format.CSV))

    assert list(promised_files(PAGES[0], settings)) == ["json/box/1.json", "txt/box/1.txt", "hocr/box/1.html"]


def test_a_page_of_a_pdf_promises_its_image_where_that_was_asked() -> None:
    page = PageSource(PageKey("vol.p0002"), "vol.pdf", frame=1)

    assert "images/vol.p0002.png" in list(promised_files(page, Settings(write_images=True)))
    assert "images/box/1.png" not in list(promised_files(PAGES[0], Settings(write_images=True)))


def test_an_out_that_is_not_there_or_empty_takes_everything(tmp_path: Path) -> None:
    assert pages_to_skip(PAGES, Settings(), tmp_path / "none") == frozenset()
    assert pages_to_skip(PAGES, Settings(), tmp_path) == frozenset()


def test_a_file_that_nobody_promised_stops_the_run_and_is_named(tmp_path: Path) -> None:
    stands(tmp_path, "txt/box/2.txt")

    with pytest.raises(PreflightRefused, match=r"txt/box/2\.txt") as caught:
        pages_to_skip(PAGES, Settings(), tmp_path)
    assert "--existing" in caught.value.mend


def test_tables_count_where_they_are_wanted(tmp_path: Path) -> None:
    stands(tmp_path, "lines.csv")

    assert pages_to_skip(PAGES, Settings(), tmp_path) == frozenset()
    with pytest.raises(PreflightRefused, match=r"lines\.csv"):
        pages_to_skip(PAGES, Settings(formats=(Format.CSV,)), tmp_path)


def test_skip_leaves_those_pages_and_overwrite_none(tmp_path: Path) -> None:
    stands(tmp_path, "txt/box/2.txt")

    assert pages_to_skip(PAGES, Settings(existing=Existing.SKIP), tmp_path) == {"box/2"}
    assert pages_to_skip(PAGES, Settings(existing=Existing.OVERWRITE), tmp_path) == frozenset()


@pytest.mark.parametrize("existing", Existing)
@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_an_input_is_never_written_onto_by_whatever_path(tmp_path: Path, existing: Existing, link) -> None:  # noqa: ANN001
    scan = tmp_path / "scans" / "1.xml"
    stands(tmp_path, "scans/1.xml", "out/page/box/keep")
    link(scan, tmp_path / "out" / "page" / "box" / "1.xml")
    page = PageSource(PageKey("box/1"), str(tmp_path / "scans" / "1.jpg"), sidecars=(str(scan),))

    with pytest.raises(PreflightRefused, match="onto an input"):
        pages_to_skip([page], Settings(existing=existing), tmp_path / "out")


def test_a_link_that_leads_nowhere_is_somebodys_too(tmp_path: Path) -> None:
    (tmp_path / "txt" / "box").mkdir(parents=True)
    (tmp_path / "txt" / "box" / "1.txt").symlink_to("gone")

    with pytest.raises(PreflightRefused):
        pages_to_skip(PAGES, Settings(), tmp_path)
