"""How many processes a run gets, what they are told, and by which rules they work."""

from pathlib import Path

import psutil

from htrkit.config.settings import Settings
from htrkit.core.jobs import Jobs, jobs_for
from htrkit.core.limits import cpu_limits
from htrkit.core.resume import Left
from htrkit.core.rules import Rules
from htrkit.run.bench import Bench
from htrkit.run.messages import SetUp
from htrkit.run.supervised import Workforce


def workforce_for(bench: Bench, left: Left, *, logs: Path, run_id: str) -> Workforce:
    """Give the processes for what is left of a run."""
    jobs = jobs_of(bench.settings, pages=len(left.pages))
    set_up = SetUp(
        settings=bench.settings.model_dump(mode="json"),
        engine=bench.row.name,
        model=(str(bench.model.path.absolute()), bench.model.facts),
        segmentation=(str(bench.segmentation.path.absolute()), bench.segmentation.facts),
        reading=bench.reading,
        out=str(bench.out.absolute()),
        threads=jobs.threads,
    )
    return Workforce(jobs.workers, set_up, logs, run_id, rules_of(bench.settings), left.strikes, left.attempts)


def jobs_of(settings: Settings, *, pages: int) -> Jobs:
    """Share this machine out: the cores that this process may use, and the memory that is free."""
    return jobs_for(
        asked=settings.jobs if isinstance(settings.jobs, int) else None,
        threads=settings.threads if isinstance(settings.threads, int) else None,
        cores=usable_cores(),
        memory_bytes=psutil.virtual_memory().available,
        pages=pages,
    )


def usable_cores() -> int:
    """Give the cores that this process may use: what a scheduler or an administrator has left it."""
    affinity = getattr(psutil.Process(), "cpu_affinity", None)
    return max(len(affinity()) if affinity is not None else psutil.cpu_count() or 1, 1)


def rules_of(settings: Settings) -> Rules:
    """Give the rules that the settings ask for."""
    segment, page = settings.segment_timeout, settings.page_timeout
    return Rules(
        limits=cpu_limits(
            segment_seconds=segment if isinstance(segment, float) else None,
            page_seconds=page if isinstance(page, float) else None,
        ),
        retries=settings.retries,
        on_error=settings.on_error,
        max_fail_rate=settings.max_fail_rate if isinstance(settings.max_fail_rate, float) else None,
    )
