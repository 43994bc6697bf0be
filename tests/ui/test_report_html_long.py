"""The report of ten thousand pages: small, whole, and with a command for what it does not list."""

from pathlib import Path

import pytest
from lxml import html

from htrkit.core.report import Report
from htrkit.ui.html_words import MOST_ROWS
from htrkit.ui.report_html import report_html
from tests.fakes.browser import NAMED, browser_python, seen
from tests.fakes.long_runs import long_report

PAGES = 10_000
MOST_BYTES = 10_000_000


@pytest.fixture(scope="module")
def long() -> Report:
    return long_report(PAGES)


@pytest.fixture(scope="module")
def written(long: Report) -> str:
    return report_html(long)


@pytest.fixture(scope="module")
def root(written: str) -> html.HtmlElement:
    return html.document_fromstring(written)


def test_it_has_at_most_ten_megabytes(written: str) -> None:
    assert len(written.encode()) <= MOST_BYTES


def test_no_table_is_endless_and_what_is_left_out_has_a_command(root: html.HtmlElement, long: Report) -> None:
    tables = root.xpath("//table")
    words = root.text_content()

    assert max(len(table.xpath(".//tbody/tr")) for table in tables) == MOST_ROWS
    assert f"and {len(long.failed) - MOST_ROWS:,} more: htrkit report OUT --format csv" in words


def test_every_class_is_there_with_its_pictures(root: html.HtmlElement, long: Report) -> None:
    titles = root.xpath("//h3/text()")

    for group in long.failures:
        assert any(title.startswith(f"{group.failure}: ") for title in titles)
    assert len(root.xpath("//ul[@class='pages']/li")) == len(long.pictures.failed)
    assert len(root.xpath("//ul[@class='lines']/li")) == len(long.pictures.lines)


def test_every_picture_is_part_of_it_and_told_in_words(root: html.HtmlElement) -> None:
    assert all(image.get("src", "").startswith("data:image/jpeg;base64,") for image in root.xpath("//img"))
    assert all(image.get("alt") for image in root.xpath("//img"))
    assert all(chart.get("aria-label") for chart in root.xpath("//svg[@role='img']"))
    assert all(chart.get("role") or chart.get("aria-hidden") for chart in root.xpath("//svg"))


def test_tables_have_heads_and_regions_have_names(root: html.HtmlElement) -> None:
    assert all(table.xpath("./thead/tr/th[@scope='col']") for table in root.xpath("//table"))
    assert all(
        region.get("aria-label") and region.get("tabindex") == "0" for region in root.xpath("//*[@role='region']")
    )
    assert root.get("lang") == "en"


def test_memory_and_batches_are_drawn(root: html.HtmlElement) -> None:
    labels = " ".join(root.xpath("//svg[@role='img']/@aria-label"))

    for chart in ("Pages over time", "RAM over time", "Memory of devices over time", "Batch sizes over time"):
        assert chart in labels


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_shows_it_without_scripts_network_or_scrolling_sideways(
    written: str, tmp_path: Path, width: int
) -> None:
    python = browser_python()
    if python is None:
        pytest.skip(f"no headless browser: PySide6-Addons 6.8 is not installed here, nor in {NAMED}")
    page = tmp_path / "report.html"
    page.write_text(written, encoding="utf-8")
    found = seen(python, page, width=width, picture=tmp_path / "report.png", paper=tmp_path / "report.pdf")

    assert found.loaded
    assert found.width <= width
    assert {address for address in found.asked if not address.startswith("data:")} == {page.as_uri()}
    assert (tmp_path / "report.png").stat().st_size > 10_000
    assert found.printed
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
