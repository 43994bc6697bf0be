"""What estimates know of pages: their files are looked at, and nothing is decoded or loaded."""

import os
from collections.abc import Mapping, Sequence

from htrkit.config.choices import PageReads, Segmenter
from htrkit.config.settings import Settings
from htrkit.core.page_costs import PageFeatures
from htrkit.domain.engine import EngineRow, Reads
from htrkit.domain.errors import PageProblem
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.pictures import look_at_picture
from htrkit.layouts.line_count import lines_in


def features_of_pages(
    pages: Sequence[PageSource], settings: Settings, row: EngineRow
) -> Mapping[PageKey, PageFeatures]:
    """Give the features of every page, in the pages' order; raises nothing for pages that cannot be read."""
    return {page.key: features_of(page, settings, row) for page in pages}


def features_of(page: PageSource, settings: Settings, row: EngineRow) -> PageFeatures:
    """Give what a look at a page's files tells; raises nothing."""
    lines = _lines(page, settings)
    return PageFeatures(
        megapixels=_megapixels(page, settings),
        lines=lines,
        megabytes=_megabytes(page),
        to_segment=is_segmented(settings, row, lines),
    )


def _lines(page: PageSource, settings: Settings) -> int | None:
    """Give the lines that the page's first XML file brings; where a file holds XML of several pages, nobody knows."""
    match settings.segmenter:
        case Segmenter.KRAKEN | Segmenter.NONE:
            return None
        case Segmenter.SIDECAR | Segmenter.AUTO:
            return lines_in(page.sidecars[0]) if page.sidecars else None


def is_segmented(settings: Settings, row: EngineRow, lines: int | None) -> bool:
    """Tell whether a page's lines must be found; `lines` are those that its XML brings."""
    match settings.segmenter:
        case Segmenter.KRAKEN:
            return True
        case Segmenter.SIDECAR | Segmenter.NONE:
            return False
        case Segmenter.AUTO:
            whole = row.reads is Reads.PAGES and settings.reads is PageReads.PAGE
            return not whole and not lines


def _megapixels(page: PageSource, settings: Settings) -> float | None:
    try:
        size = look_at_picture(page, dpi=settings.dpi, max_megapixels=settings.max_megapixels)
    except PageProblem:
        return None
    return round(size.width * size.height / 1e6, 3)


def _megabytes(page: PageSource) -> float | None:
    if page.is_part_of_a_file:
        return None  # what of the file is this page's nobody knows
    try:
        return round(os.stat(page.path).st_size / 1e6, 3)  # noqa: PTH116 - paths may hold any bytes
    except (OSError, ValueError):
        return None
