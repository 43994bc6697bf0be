"""Pages in the order in which a run takes them."""

from pathlib import Path

import pytest
from PIL import Image

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.core.page_costs import PageFeatures
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import KRAKEN
from htrkit.layouts.line_count import lines_in
from htrkit.run.order_of_work import in_order_of_work
from htrkit.run.page_features import features_of

PLAIN = Settings(segmenter=Segmenter.NONE)


def scan(folder: Path, name: str, side: int) -> PageSource:
    path = folder / f"{name}.png"
    Image.new("L", (side, side), 255).save(path)
    return PageSource(PageKey(name), str(path))


def test_a_large_page_at_the_end_is_begun_earlier(tmp_path: Path) -> None:
    pages = [*(scan(tmp_path, f"{number:02d}", 20) for number in range(20)), scan(tmp_path, "99", 900)]
    order = [page.key for page in in_order_of_work(pages, Settings(segmenter=Segmenter.NONE, jobs=2), KRAKEN)]

    assert sorted(order) == [page.key for page in pages]
    assert order.index(PageKey("99")) < 20
    assert order[:5] == [page.key for page in pages[:5]]


def test_one_worker_takes_the_plans_order(tmp_path: Path) -> None:
    pages = [scan(tmp_path, "1", 20), scan(tmp_path, "2", 90)]

    assert in_order_of_work(pages, Settings(jobs=1), KRAKEN) == tuple(pages)


def test_a_page_that_cannot_be_looked_at_is_known_by_nothing(tmp_path: Path) -> None:
    assert features_of(PageSource(PageKey("x"), str(tmp_path / "x.png")), PLAIN, KRAKEN) == PageFeatures()


def test_a_page_without_lines_is_to_be_segmented(tmp_path: Path) -> None:
    page = scan(tmp_path, "1", 1000)

    assert features_of(page, Settings(), KRAKEN).to_segment
    assert features_of(page, Settings(), KRAKEN).megapixels == 1.0
    assert not features_of(page, PLAIN, KRAKEN).to_segment


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"<PcGts><TextLine id='a'/><TextLine>x</TextLine></PcGts>", 2),
        (b"<p:PcGts><p:TextLine></p:TextLine><p:TextLineStyle/></p:PcGts>", 1),
        (b"<alto/>", 0),
        ("<alto><TextLine/></alto>".encode("utf-16"), None),
        (b"", None),
    ],
    ids=repr,
)
def test_lines_are_counted_without_parsing(tmp_path: Path, content: bytes, lines: int | None) -> None:
    path = tmp_path / "page.xml"
    path.write_bytes(content)

    assert lines_in(str(path)) == lines


def test_a_file_that_is_not_there_has_no_lines_to_tell(tmp_path: Path) -> None:
    assert lines_in(str(tmp_path / "none.xml")) is None
