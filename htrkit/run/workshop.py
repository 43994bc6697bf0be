"""Everything a page worker needs, loaded in the process that computes: networks, threads, renderers."""

import sys
import time
from collections.abc import Callable, Mapping
from functools import cache

from htrkit.config.choices import PageReads, ReadingDirection
from htrkit.config.settings import LANGUAGE_WORDS, OF_LAYOUT, Settings
from htrkit.core.alarms_script import scripts_of
from htrkit.core.device_choice import device_for
from htrkit.devices.quotas import usable_cores
from htrkit.domain.engine import Reads
from htrkit.domain.failure import Step
from htrkit.domain.page import Direction
from htrkit.domain.renderers import RenderOptions
from htrkit.domain.stages import Inference, LoadOrder, ReadingOptions, Stage
from htrkit.engines.loader import load_stage
from htrkit.models.catalog import script_on_card
from htrkit.outputs.catalog import renderers
from htrkit.run.bench import Bench
from htrkit.run.computing import cache_here, computing_of
from htrkit.run.inference import LocalInference
from htrkit.run.model_file import ModelFile
from htrkit.run.page_reader import Networks, PageReader, ReadingWishes
from htrkit.run.page_worker import PageWorker, Writing
from htrkit.run.pinning import CPU
from htrkit.run.step_times import Entered, nobody


def worker_of(
    bench: Bench,
    *,
    clock: Callable[[], float] = time.monotonic,
    entered: Entered = nobody,
    inference: Inference | None = None,
) -> PageWorker:
    """Give what takes pages from picture to files; raises PreflightRefused for a model that cannot be loaded.

    With an inference, networks run there, and here only what stands before and behind them.
    """
    settings = bench.settings
    options = RenderOptions(settings.target, settings.normalize)
    writing = Writing(renderers(settings.formats), options, write_images=settings.write_images, out=bench.out)
    return PageWorker(reader_of(bench, inference), writing, clock=clock, entered=entered)


def reader_of(bench: Bench, inference: Inference | None = None) -> PageReader:
    """Load the recogniser now and the segmenter when a page first needs it; raises PreflightRefused."""
    settings = bench.settings
    remote = settings.server is not None
    device = CPU if remote or inference is not None else device_named(settings.devices)
    stages = stages_of(bench, device, computes=inference is None)
    own = inference or LocalInference(batch_size(bench, device))
    networks = Networks(stages[Step.SEGMENT], stages[Step.RECOGNISE](), own)
    scripts = scripts_of(settings.script or script_on_card(bench.model.facts.sha256))
    whole = bench.row.reads is Reads.PAGES and settings.reads is PageReads.PAGE
    wishes = ReadingWishes(settings.segmenter, settings.dpi, settings.max_megapixels, scripts, whole_pages=whole)
    return PageReader(networks, wishes, bench.reading, below=bench.below)


def stages_of(bench: Bench, device: str, *, computes: bool = True) -> Mapping[Step, Callable[[], Stage]]:
    """Give what loads each stage onto a device, when first asked; or what only stands before and behind its network."""
    wished = bench.settings.direction
    direction = None if wished is ReadingDirection.AUTO else Direction(wished.value)

    @cache
    def segmenter() -> Stage:
        from htrkit.layouts.kraken_baselines import KrakenBaselines  # noqa: PLC0415 - not where lines are given

        order = _order(bench.segmentation, bench, device, direction, computes=computes)
        _share_cores(threads(bench.settings))
        stage: Stage = KrakenBaselines(order)
        _share_cores(threads(bench.settings))
        return stage

    @cache
    def recogniser() -> Stage:
        order = _order(bench.model, bench, device, direction, computes=computes)
        _share_cores(threads(bench.settings))
        stage = load_stage(bench.row, order)
        _share_cores(threads(bench.settings))
        return stage

    return {Step.SEGMENT: segmenter, Step.RECOGNISE: recogniser}


def _order(model: ModelFile, bench: Bench, device: str, direction: Direction | None, *, computes: bool) -> LoadOrder:
    settings = bench.settings
    return LoadOrder(
        str(model.path),
        model.facts,
        device,
        direction,
        options_of(settings),
        computes=computes,
        computing=computing_of(settings, device, threads(settings)),
        geometry=settings.geometry,
        cache=str(cache_here()),
    )


def options_of(settings: Settings) -> ReadingOptions:
    """Give what the settings ask of an engine."""
    return ReadingOptions(
        settings.num_beams,
        settings.max_new_tokens,
        settings.prompt,
        settings.adapter,
        settings.processor,
        whole_pages=settings.reads is PageReads.PAGE,
        server=settings.server,
        line_prompt=settings.party_prompt,
        languages=() if settings.party_languages in LANGUAGE_WORDS else tuple(settings.party_languages.split(",")),
        layout_languages=settings.party_languages == OF_LAYOUT,
        lines_together=settings.batch_size if isinstance(settings.batch_size, int) else None,
        language_model=settings.language_model,
        language_model_weight=settings.language_model_weight,
    )


def batch_size(bench: Bench, device: str) -> int:
    """Give the lines in a batch: as asked for, or the engine table's figure for the device."""
    asked, batch = bench.settings.batch_size, bench.row.batch
    if isinstance(asked, int):
        return asked
    return batch.default_on_cpu if device == CPU else batch.default


def threads(settings: Settings) -> int:
    """Give the cores for the network: as asked for, or those that this process may use."""
    if isinstance(settings.threads, int):
        return settings.threads
    return usable_cores()


def _share_cores(count: int) -> None:
    """Let torch compute on so many cores, where an engine brought it in."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(count)


def device_named(wish: str) -> str:
    """Give torch's name of the device; raises PreflightRefused for one that is not there."""
    if wish == CPU:
        return wish
    import torch  # noqa: PLC0415 - a second, for which a worker on the CPU has no use

    return device_for(wish, cards=torch.cuda.device_count() if torch.cuda.is_available() else 0)
