"""What an estimate looks at: settings, pages, devices and, where it is there, the model; nothing is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit.config.settings import Settings
from htrkit.core.guarded import Guarded
from htrkit.core.jobs import Jobs, jobs_for
from htrkit.core.lookup import code_of
from htrkit.core.page_costs import PageFeatures
from htrkit.core.planned_cards import PlannedCards
from htrkit.devices.quotas import free_memory_bytes
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import HtrkitError
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.run.bench import Bench
from htrkit.run.crew import jobs_of
from htrkit.run.guarding import bytes_of_model, devices_of, guarded
from htrkit.run.model_choice import model_of, segmentation_of
from htrkit.run.page_features import features_of_pages
from htrkit.run.plan import Plan, versions
from htrkit.run.preflight import Request, pages_of, row_of, settings_of, with_limits
from htrkit.run.session import utc_now

CORES_A_CARD = 8
"""What is assumed to stand beside a card that is not here, unless --jobs says otherwise."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at."""

    settings: Settings
    row: EngineRow
    pages: tuple[PageSource, ...]
    features: Mapping[PageKey, PageFeatures]
    guarded: Guarded
    jobs: Jobs
    bench: Bench | None
    """What pages are read with; None where it is not all there, or the hardware is not."""

    @property
    def to_segment(self) -> int:
        """The pages whose lines must be found."""
        return sum(page.to_segment for page in self.features.values())


def looked_at(request: Request, cards: PlannedCards | None, *, to_read: bool) -> Looked:
    """Look at everything; `to_read` says that pages will be read.

    Raises UsageProblem for settings, engines or inputs that nobody knows, PreflightRefused where no page is found or a
    device is not there; and where pages are to be read, for whatever is missing to do it.
    """
    resolved = settings_of(request)
    row = row_of(resolved)
    resolved = with_limits(resolved, row)
    settings = resolved.settings
    pages = pages_of(resolved, request).pages
    devices = cards.devices if cards is not None else devices_of(settings.devices, request.environment)
    bench = _bench(request, row, to_read=to_read) if cards is None else None
    place = bench.model.path if bench is not None else Path(settings.model) if settings.model else None
    set_up = replace(guarded(settings, row, devices, pages), weights_bytes=bytes_of_model(place))
    features = features_of_pages(pages, settings, row)
    return Looked(settings, row, pages, features, set_up, _jobs(settings, cards, pages=len(pages)), bench)


def _bench(request: Request, row: EngineRow, *, to_read: bool) -> Bench | None:
    """Give what pages are read with; raises PreflightRefused where they are to be read and something is missing."""
    resolved = with_limits(settings_of(request), row)
    try:
        code_of(row, resolved.settings.server)
        model, _ = model_of(resolved, row, request.environment, request.home)
        segmentation = segmentation_of(resolved)
    except HtrkitError:
        if to_read:
            raise
        return None
    plan = Plan("", utc_now(), resolved, (), model, segmentation, (), str(Path.cwd()), versions(), {})
    return Bench(resolved.settings, row, model, segmentation, plan.reading, Path())


def _jobs(settings: Settings, cards: PlannedCards | None, *, pages: int) -> Jobs:
    if cards is None:
        return jobs_of(settings, pages=pages, free_bytes=free_memory_bytes())
    cores = CORES_A_CARD * cards.count
    asked = settings.jobs if isinstance(settings.jobs, int) else cores
    return jobs_for(asked=asked, threads=1, cores=cores, memory_bytes=0, pages=pages)
