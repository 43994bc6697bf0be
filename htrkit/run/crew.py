"""How many processes a run gets, what they are told, and by which rules they work."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from htrkit.config.choices import PageReads
from htrkit.config.settings import Settings
from htrkit.core.jobs import Jobs, jobs_asking, jobs_for
from htrkit.core.limits import asking_limits, cpu_limits, gpu_limits, patient
from htrkit.core.recycling import Recycling, growth_allowed
from htrkit.core.resume import Left
from htrkit.core.rules import Rules
from htrkit.devices.quotas import free_memory_bytes, usable_cores
from htrkit.domain.device import Device
from htrkit.run.bench import Bench
from htrkit.run.memory_watch import MemoryWatch
from htrkit.run.messages import SetUp
from htrkit.run.pinning import CPU, FIRST_CARD, cards_among, on_device, sees_only
from htrkit.run.workforce import Serving, Workforce

READ_AHEAD_BELOW_PAGES = 1000
"""Without being asked; larger runs are left to what the system does by itself."""
MOST_AHEAD_BYTES = 16_000_000_000
"""Without being asked."""


def workforce_for(  # noqa: PLR0913 - what a run is, and where it runs
    bench: Bench, left: Left, *, logs: Path, run_id: str, devices: Sequence[Device], parts: int = 1
) -> Workforce:
    """Give the processes for what is left of a run, on the devices that were chosen for it.

    `parts` runs share this machine's memory: each takes an equal part of what is free.
    """
    settings, free_bytes = bench.settings, free_memory_bytes() // parts
    jobs = jobs_of(settings, pages=len(left.pages), free_bytes=free_bytes)
    servers = servers_of(settings, devices)
    set_up = SetUp(
        settings=on_device(settings, CPU).model_dump(mode="json"),
        engine=bench.row.name,
        model=(str(bench.model.path.absolute()), bench.model.facts),
        segmentation=(str(bench.segmentation.path.absolute()), bench.segmentation.facts),
        reading=bench.reading,
        out=str(bench.out.absolute()),
        threads=jobs.threads if not servers else 1,
        tidy_every=settings.tidy_every,
        below=bench.below,
    )
    rules = rules_of(settings, on_cards=any(one.inside != CPU for one in servers))
    if not servers:
        rules = replace(rules, limits=patient(rules.limits, page_seconds=bench.row.cpu_page.seconds))
    growth = growth_allowed(free_bytes, workers=jobs.workers)
    rules = replace(rules, recycling=replace(rules.recycling, growth_bytes=growth))
    return Workforce(
        jobs.workers,
        set_up,
        logs,
        run_id,
        rules,
        left.strikes,
        left.attempts,
        servers=servers,
        ahead_bytes=ahead_bytes_of(settings, pages=len(left.pages), free_bytes=free_bytes),
        memory=MemoryWatch(settings.memory_limit),
    )


def servers_of(settings: Settings, devices: Sequence[Device]) -> tuple[Serving, ...]:
    """Give a server for every accelerator that was chosen, and for the CPU where that is asked."""
    cores = usable_cores()
    if cards := cards_among(devices):
        return tuple(
            Serving(card.device or "", FIRST_CARD, cores, sees_only(card), title=card.name or "") for card in cards
        )
    threads = settings.threads if isinstance(settings.threads, int) else cores
    return (Serving(CPU, CPU, threads),) if settings.serve_cpu else ()


def ahead_bytes_of(settings: Settings, *, pages: int, free_bytes: int) -> int:
    """Give how much is read ahead: as asked for, else a quarter of what is free; for many pages only where asked."""
    wanted = pages < READ_AHEAD_BELOW_PAGES if settings.cache_images == "auto" else settings.cache_images
    if not wanted:
        return 0
    budget = settings.cache_budget
    return budget * 10**6 if isinstance(budget, int) else min(free_bytes // 4, MOST_AHEAD_BYTES)


def jobs_of(settings: Settings, *, pages: int, free_bytes: int) -> Jobs:
    """Share this machine out: the cores that this process may use, and the memory that is free."""
    asked = settings.jobs if isinstance(settings.jobs, int) else None
    if settings.server is not None and settings.reads is PageReads.PAGE:
        return jobs_asking(asked=asked, memory_bytes=free_bytes, pages=pages)
    return jobs_for(
        asked=asked,
        threads=settings.threads if isinstance(settings.threads, int) else None,
        cores=usable_cores(),
        memory_bytes=free_bytes,
        pages=pages,
    )


def rules_of(settings: Settings, *, on_cards: bool = False) -> Rules:
    """Give the rules that the settings ask for; `on_cards`: whether networks run on accelerators."""
    limits = gpu_limits if on_cards else cpu_limits
    if settings.server is not None:
        limits = asking_limits
    segment, page = settings.segment_timeout, settings.page_timeout
    return Rules(
        limits=limits(
            segment_seconds=segment if isinstance(segment, float) else None,
            page_seconds=page if isinstance(page, float) else None,
        ),
        recycling=Recycling(settings.recycle_after if isinstance(settings.recycle_after, int) else None),
        retries=settings.retries,
        on_error=settings.on_error,
        max_fail_rate=settings.max_fail_rate if isinstance(settings.max_fail_rate, float) else None,
        max_alarm_rate=settings.stop_on_alarm_rate if isinstance(settings.stop_on_alarm_rate, float) else None,
    )
