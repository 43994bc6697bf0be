"""What pages may cost, for sharing them out: from their files alone, so that it is the same on every machine."""

from collections.abc import Mapping, Sequence

from htrkit.config.settings import Settings
from htrkit.core.page_costs import PageFeatures
from htrkit.core.sharding import cost_milliseconds
from htrkit.domain.engine import EngineRow
from htrkit.domain.source import PageSource
from htrkit.run.input_files import Stamp
from htrkit.run.page_features import features_of, is_segmented

MOST_OPENED = 5_000
"""Pages whose files are looked into; of more, the sizes are known, and their differences even out."""
XML_LINE_BYTES = 1_500
"""What a line takes in a PAGE or ALTO file, roughly."""


def costs_of(
    pages: Sequence[PageSource], files: Mapping[str, Stamp | None], settings: Settings, row: EngineRow
) -> list[int]:
    """Give what each page may cost, in milliseconds of one page worker; raises nothing.

    `files` are the plan's stamps: pages of a run of millions are not opened for it, nor looked at once more.
    """
    if len(pages) <= MOST_OPENED:
        return [cost_milliseconds(features_of(page, settings, row)) for page in pages]
    return [cost_milliseconds(_by_size(page, files, settings, row)) for page in pages]


def _by_size(page: PageSource, files: Mapping[str, Stamp | None], settings: Settings, row: EngineRow) -> PageFeatures:
    image = files.get(page.path)
    xml = files.get(page.sidecars[0]) if page.sidecars else None
    lines = xml.size_bytes // XML_LINE_BYTES if xml is not None else None
    known = None if image is None or page.is_part_of_a_file else image.size_bytes / 1e6
    return PageFeatures(lines=lines, megabytes=known, to_segment=is_segmented(settings, row, lines))
