"""A device server from the words that it was sent: its device, and the networks on it."""

from dataclasses import replace

import torch

from htrkit.core.batch_sizes import BackingOff, BatchSizes, Steering
from htrkit.core.batch_sizing import MOST_ITEMS, remembered_batch, starting_batch
from htrkit.core.batch_steering import BatchSteering
from htrkit.domain.engine import Reads
from htrkit.domain.failure import Step
from htrkit.run.bench import Bench
from htrkit.run.device_memory import DeviceMemory, Unmeasured, limits_of
from htrkit.run.device_process import Device
from htrkit.run.messages import SetUp
from htrkit.run.pinning import CPU
from htrkit.run.torch_memory import TorchMemory
from htrkit.run.worker_setup import bench_from
from htrkit.run.workshop import batch_size, device_named, stages_of, threads

SEGMENTED_AT_ONCE = 1
"""Pages differ in width, and one fills a device."""
IN_THEIR_PAGE_AT_ONCE = 1
"""An item is a page with all its lines, of which the stage itself decodes as many together as asked for."""


def device_from(order: SetUp) -> tuple[Device, str]:
    """Load the recogniser onto the only device that this process sees; raises HtrkitError.

    The segmenter is loaded when a page first needs it: with lines given, none does.
    """
    bench = bench_from(order)
    torch.set_num_threads(threads(bench.settings))
    device = device_named(bench.settings.devices)
    stages = stages_of(bench, device)
    stages[Step.RECOGNISE]()
    memory: DeviceMemory = Unmeasured() if device == CPU else TorchMemory()
    sizes = BatchSizes(
        {
            Step.SEGMENT: BackingOff(SEGMENTED_AT_ONCE),
            Step.RECOGNISE: _steering(bench, device, memory, order.sizes.get(Step.RECOGNISE)),
        }
    )
    elsewhere = stages_of(bench, CPU) if bench.settings.cpu_fallback and device != CPU else {}
    return Device(stages, sizes, memory, elsewhere), device


def _steering(bench: Bench, device: str, memory: DeviceMemory, known: tuple[int, int] | None) -> Steering:
    """Give the size that was asked for, or one that begins with what fits and is steered by how it goes."""
    settings, row = bench.settings, bench.row
    if row.reads is Reads.LINES_IN_PAGE:
        return BackingOff(IN_THEIR_PAGE_AT_ONCE)
    if device == CPU or isinstance(settings.batch_size, int):
        return BackingOff(batch_size(bench, device))
    most = min(row.batch.most, MOST_ITEMS)
    limits = limits_of(memory, most=most, share=settings.memory_limit)
    free = memory.free_bytes()
    if known is not None:
        return BatchSteering(remembered_batch(*known, free, limits), limits)
    # The model is loaded by now, so that all that is free is for the batch.
    loaded = replace(row.memory[0], weights_bytes=0, besides_bytes=0)
    start = starting_batch(row, free, share=settings.memory_share, beams=settings.num_beams, memory=loaded)
    return BatchSteering(start, limits)
