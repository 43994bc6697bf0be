"""Everything a page worker needs, loaded in the process that computes: networks, threads, renderers."""

import time
from collections.abc import Callable, Mapping
from functools import cache

import torch

from htrkit.config.choices import ReadingDirection
from htrkit.config.settings import Settings
from htrkit.core.device_choice import device_for
from htrkit.devices.quotas import usable_cores
from htrkit.domain.failure import Step
from htrkit.domain.page import Direction
from htrkit.domain.renderers import RenderOptions
from htrkit.domain.stages import Inference, LoadOrder, Stage
from htrkit.engines.loader import load_stage
from htrkit.layouts.kraken_baselines import KrakenBaselines
from htrkit.outputs.catalog import renderers
from htrkit.run.bench import Bench
from htrkit.run.inference import LocalInference
from htrkit.run.page_reader import Networks, PageReader, ReadingWishes
from htrkit.run.page_worker import PageWorker, Writing
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
    torch.set_num_threads(threads(settings))
    device = "cpu" if inference is not None else device_named(settings.devices)
    stages = stages_of(bench, device)
    own = inference or LocalInference(batch_size(bench, device))
    networks = Networks(stages[Step.SEGMENT], stages[Step.RECOGNISE](), own)
    wishes = ReadingWishes(settings.segmenter, settings.dpi, settings.max_megapixels)
    return PageReader(networks, wishes, bench.reading)


def stages_of(bench: Bench, device: str) -> Mapping[Step, Callable[[], Stage]]:
    """Give what loads each stage's network onto a device, when first asked."""
    wished = bench.settings.direction
    direction = None if wished is ReadingDirection.AUTO else Direction(wished.value)

    @cache
    def segmenter() -> Stage:
        order = LoadOrder(str(bench.segmentation.path), bench.segmentation.facts, device, direction)
        stage: Stage = KrakenBaselines(order)
        return stage

    @cache
    def recogniser() -> Stage:
        return load_stage(bench.row, LoadOrder(str(bench.model.path), bench.model.facts, device, direction))

    return {Step.SEGMENT: segmenter, Step.RECOGNISE: recogniser}


def batch_size(bench: Bench, device: str) -> int:
    """Give the lines in a batch: as asked for, or the engine table's figure for the device."""
    asked, batch = bench.settings.batch_size, bench.row.batch
    if isinstance(asked, int):
        return asked
    return batch.default_on_cpu if device == "cpu" else batch.default


def threads(settings: Settings) -> int:
    """Give the cores for the network: as asked for, or those that this process may use."""
    if isinstance(settings.threads, int):
        return settings.threads
    return usable_cores()


def device_named(wish: str) -> str:
    """Give torch's name of the device; raises PreflightRefused for one that is not there."""
    return device_for(wish, cards=torch.cuda.device_count() if torch.cuda.is_available() else 0)
