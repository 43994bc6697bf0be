"""What the run would do, said before it does it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from htrkit.config.choices import Segmenter
from htrkit.core.device_plan import device_plan
from htrkit.core.guarded import Guarded
from htrkit.core.prospect import FirstPage, Prospect
from htrkit.core.published_estimate import published_estimate
from htrkit.core.shown import shown
from htrkit.devices.quotas import free_memory_bytes
from htrkit.domain.source import PageSource
from htrkit.run.crew import jobs_of
from htrkit.run.disk_forecast import disk_forecast
from htrkit.run.preflight import SetUpFound

FIRST_PAGES = 10
_LINES: Mapping[Segmenter, str] = {
    Segmenter.KRAKEN: "Kraken finds the lines of every page",
    Segmenter.SIDECAR: "the lines of PAGE or ALTO files",
    Segmenter.NONE: "each image is one line",
}


def prospect_of(found: SetUpFound, out: Path | None) -> Prospect | None:
    """Give what the set-up leads to; None where no pages were found."""
    if found.selection is None or found.guarded is None:
        return None
    settings, pages = found.resolved.settings, found.selection.pages
    guarded = found.guarded
    jobs = jobs_of(settings, pages=len(pages), free_bytes=free_memory_bytes())
    plan = device_plan(guarded, jobs, to_segment=guarded.to_segment, bytes_a_page=0.0)
    time = published_estimate(guarded, plan, to_segment=guarded.to_segment) if guarded.devices else None
    return Prospect(
        engine=found.row.name,
        model=found.model.facts.name if found.model is not None else None,
        devices=tuple(_device(one.device, one.name) for one in plan.devices),
        segmentation=_segmentation(guarded, pages),
        formats=("json", *(format_.value for format_ in settings.formats)),
        batch=plan.devices[0].batch if plan.devices else None,
        workers=plan.workers,
        pages=len(pages),
        first=tuple(map(_first, pages[:FIRST_PAGES])),
        seconds=time.seconds if time is not None else None,
        seconds_from=time.said if time is not None else (),
        disk=disk_forecast(out, len(pages), len(settings.formats)) if out is not None else None,
    )


def _first(page: PageSource) -> FirstPage:
    return FirstPage(page.key, shown(page.path), shown(page.sidecars[0]) if page.sidecars else None)


def _device(device: str, name: str | None) -> str:
    return f"{device} ({name})" if name else device


def _segmentation(guarded: Guarded, pages: Sequence[PageSource]) -> str:
    segmenter = guarded.settings.segmenter
    if guarded.reads_whole_pages and segmenter in {Segmenter.AUTO, Segmenter.NONE}:
        return "none: pages are read as a whole"
    if segmenter is not Segmenter.AUTO:
        return _LINES[segmenter]
    with_xml = len(pages) - guarded.to_segment
    if not guarded.to_segment:
        return "the lines of PAGE or ALTO files"
    if not with_xml:
        return _LINES[Segmenter.KRAKEN]
    return f"the lines of PAGE or ALTO files for {with_xml:,} pages, Kraken's for {guarded.to_segment:,}"
