"""What a run would take: pages are measured, earlier runs remembered, or the engine table asked."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from htrkit.core.device_plan import DevicePlan, device_plan
from htrkit.core.estimating import Estimate, Figures, lines_known, mean_bytes, seconds_of_run
from htrkit.core.interval import Interval
from htrkit.core.page_costs import Source, stratified
from htrkit.core.planned_cards import SPEEDS_KNOWN_FOR, PlannedCards
from htrkit.core.published_estimate import published_estimate
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.run.bench import Bench
from htrkit.run.cost_memory import CostMemory, RunCosts, circumstances_of
from htrkit.run.disk_forecast import BYTES_A_PAGE
from htrkit.run.estimation_looks import CORES_A_CARD, Looked, looked_at
from htrkit.run.preflight import Request
from htrkit.run.sampling_run import Crewed, measured
from htrkit.run.session import utc_now

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the estimate is to be made from, beside the run's own settings."""

    measure: int = 0
    """Pages to read for it; 0 for none."""
    cards: PlannedCards | None = None
    """Hardware to plan for that is not here; None for what is."""


def estimated(request: Request, wish: Wish, *, say: Say, crewed: Crewed = lambda workforce: workforce) -> Estimate:
    """Give what a run would take; nothing is written but what is remembered of the pages that are measured.

    Raises UsageProblem for settings, engines, inputs or wishes that cannot be, PreflightRefused where no page is found
    or a device is not there, where pages are to be measured that cannot be read here, or where they are to be read by a
    server of which nothing is known; only for measuring a model is needed.
    """
    if wish.cards is not None and wish.measure:
        raise UsageProblem("--gpu and --measure: what is not here cannot be measured.", mend="Leave one of them away.")
    looked = looked_at(request, wish.cards, to_read=bool(wish.measure))
    plan = device_plan(
        looked.guarded,
        looked.jobs,
        to_segment=looked.to_segment,
        bytes_a_page=mean_bytes(tuple(looked.features.values())),
    )
    figures = _figures(looked, request, wish.measure, say, crewed)
    if figures is None and looked.settings.server is not None:
        raise PreflightRefused(
            "How long an inference server takes for a page, nobody has published.",
            mend="Measure it: --measure 10 reads ten of the pages.",
        )
    if figures is None:
        seconds, said = _published(looked, plan, wish.cards)
        return _estimate(looked, plan, seconds, Figures(Source.PUBLISHED, (), 0.0, said=said), request.out)
    seconds = seconds_of_run(looked.features, figures, looked.jobs.workers)
    return _estimate(looked, plan, seconds, figures, request.out)


def _figures(looked: Looked, request: Request, measure: int, say: Say, crewed: Crewed) -> Figures | None:
    """Measure where that is asked for, else remember; None where nothing is remembered."""
    if looked.bench is None:
        return None
    memory = CostMemory(request.environment, request.home)
    if measure:
        return _measured(looked, looked.bench, measure, memory, say, crewed)
    return memory.figures(circumstances_of(looked.bench, looked.guarded.devices, looked.jobs.threads))


def _measured(  # noqa: PLR0913, PLR0917 - what is read, with what, and who is told
    looked: Looked, bench: Bench, measure: int, memory: CostMemory, say: Say, crewed: Crewed
) -> Figures:
    places = stratified([looked.features[page.key] for page in looked.pages], measure)
    pages = [looked.pages[place] for place in places]
    # As many at once as in the run: what they take from each other is part of a page's cost.
    jobs = {"jobs": looked.jobs.workers, "threads": looked.jobs.threads}
    as_in_run = replace(bench, settings=looked.settings.model_copy(update=jobs))
    say(f"measuring {len(pages)} of {len(looked.pages)} pages")
    found = measured(
        as_in_run,
        pages,
        looked.features,
        devices=looked.guarded.devices,
        told=lambda ended: say(f"measured {ended}/{len(pages)}"),
        crewed=crewed,
    )
    written = found.written_bytes / len(found.costs)
    run = RunCosts(
        f"measure-{uuid4().hex}", utc_now(), looked.jobs.workers, found.start_seconds, written, tuple(found.costs)
    )
    memory.remember(circumstances_of(bench, looked.guarded.devices, looked.jobs.threads), run)
    said = [f"{len(found.costs)} of the pages, read now; they stand for all by lines and megapixels."]
    if found.failures:
        said.append(f"{len(found.failures)} of those measured failed and do not count: {found.failures[0]}")
    if len(pages) < looked.jobs.workers:
        said.append("Fewer pages were measured than are read at once: in the run they may take longer.")
    return Figures(Source.MEASURED, tuple(found.costs), found.start_seconds, written, tuple(said))


def _published(looked: Looked, plan: DevicePlan, cards: PlannedCards | None) -> tuple[Interval, tuple[str, ...]]:
    other = cards.kind.title if cards is not None and cards.name != SPEEDS_KNOWN_FOR else ""
    found = published_estimate(looked.guarded, plan, to_segment=looked.to_segment, other_card=other)
    if cards is None or isinstance(looked.settings.jobs, int):
        return found.seconds, found.said
    return found.seconds, (*found.said, f"{CORES_A_CARD} cores beside each card are assumed; -j N assumes others.")


def _estimate(looked: Looked, plan: DevicePlan, seconds: Interval, figures: Figures, out: Path | None) -> Estimate:
    features, pages = tuple(looked.features.values()), len(looked.pages)
    lines, with_lines = lines_known(features)
    written = figures.written_bytes_a_page
    a_page = written if written is not None else (len(looked.settings.formats) + 1) * BYTES_A_PAGE / 3
    return Estimate(
        pages=pages,
        lines=lines,
        pages_with_lines=with_lines,
        to_segment=looked.to_segment,
        seconds=seconds,
        source=figures.source,
        start_seconds=figures.start_seconds,
        pages_behind=len(figures.costs),
        plan=plan,
        read_bytes=round(sum((page.megabytes or 0.0) for page in features) * 1e6),
        disk_bytes=round(pages * a_page),
        disk_free_bytes=_free_bytes(out),
        said=figures.said,
    )


def _free_bytes(out: Path | None) -> int | None:
    """Give the room where OUT is or will be; None where no OUT is named."""
    if out is None:
        return None
    there = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())
    return shutil.disk_usage(there).free
