"""The order in which a run with several workers takes its pages: the plan's, but for its end."""

from collections.abc import Sequence

from htrkit.config.settings import Settings
from htrkit.core.page_costs import rough_seconds
from htrkit.core.work_order import order_by_cost
from htrkit.devices.quotas import free_memory_bytes
from htrkit.domain.engine import EngineRow
from htrkit.domain.source import PageSource
from htrkit.run.crew import jobs_of
from htrkit.run.page_features import features_of_pages

MOST_ORDERED = 1000
"""Pages at the plan's end that are looked at; what comes before them stays as it is."""


def in_order_of_work(pages: Sequence[PageSource], settings: Settings, row: EngineRow) -> tuple[PageSource, ...]:
    """Give the pages so that no worker is left alone with a costly one at the end."""
    workers = jobs_of(settings, pages=len(pages), free_bytes=free_memory_bytes()).workers
    if workers < 2:
        return tuple(pages)
    head, end = pages[:-MOST_ORDERED], pages[-MOST_ORDERED:]
    features = features_of_pages(end, settings, row)
    predicted = {key: rough_seconds(page) for key, page in features.items()}
    sources = {page.key: page for page in end}
    return (*head, *(sources[key] for key in order_by_cost(tuple(sources), predicted, workers)))
