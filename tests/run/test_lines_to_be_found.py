"""Whether the segmentation model will be needed is known before a run begins."""

from dataclasses import replace

import pytest

from htrkit.config.choices import PageReads, Segmenter
from htrkit.config.settings import Settings
from htrkit.domain.source import PageSource, Selection
from htrkit.engines.catalog import CHURRO, KRAKEN
from htrkit.run.preflight import lines_are_found
from tests.fakes.pictures import source

WITH = replace(source("a.jpg"), sidecars=("a.xml",))
WITHOUT = source("b.jpg")


def selection(*pages: PageSource) -> Selection:
    return Selection(pages)


@pytest.mark.parametrize(
    ("segmenter", "pages", "found"),
    [
        (Segmenter.KRAKEN, (WITH,), True),
        (Segmenter.SIDECAR, (WITHOUT,), False),
        (Segmenter.NONE, (WITHOUT,), False),
        (Segmenter.AUTO, (WITH,), False),
        (Segmenter.AUTO, (WITH, WITHOUT), True),
    ],
)
def test_lines_are_found_where_no_sidecar_gives_them(
    segmenter: Segmenter, pages: tuple[PageSource, ...], found: bool
) -> None:
    assert lines_are_found(Settings(segmenter=segmenter), KRAKEN, selection(*pages)) is found


def test_engines_that_read_whole_pages_need_no_lines() -> None:
    assert not lines_are_found(Settings(), CHURRO, selection(WITHOUT))
    assert lines_are_found(Settings(reads=PageReads.LINE), CHURRO, selection(WITHOUT))


def test_without_pages_nothing_is_found() -> None:
    assert not lines_are_found(Settings(), KRAKEN, None)
