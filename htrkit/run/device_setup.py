"""A device server from the words that it was sent: its device, and the networks on it."""

import torch

from htrkit.domain.failure import Step
from htrkit.run.device_process import Device
from htrkit.run.messages import SetUp
from htrkit.run.worker_setup import bench_from
from htrkit.run.workshop import batch_size, device_named, stages_of, threads

SEGMENTED_AT_ONCE = 1
"""Pages differ in width, and one fills a device."""


def device_from(order: SetUp) -> tuple[Device, str]:
    """Load the recogniser onto the only device that this process sees; raises HtrkitError.

    The segmenter is loaded when a page first needs it: with lines given, none does.
    """
    bench = bench_from(order)
    torch.set_num_threads(threads(bench.settings))
    device = device_named(bench.settings.devices)
    stages = stages_of(bench, device)
    stages[Step.RECOGNISE]()
    sizes = {Step.SEGMENT: SEGMENTED_AT_ONCE, Step.RECOGNISE: batch_size(bench, device)}
    return Device(stages, sizes, _freed), device


def _freed() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
