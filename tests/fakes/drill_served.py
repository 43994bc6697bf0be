"""A page worker and a device server for drills: each page's items do on the device what the page's name says."""

import ctypes
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from htrkit.core.batch_sizes import BackingOff, BatchSizes
from htrkit.core.batch_sizing import remembered_batch
from htrkit.core.batch_steering import BatchSteering
from htrkit.domain.errors import PageProblem, PreflightRefused
from htrkit.domain.events import PageDone
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import ModelFacts
from htrkit.domain.source import PageSource
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.files.atomic import Aside, write_unit
from htrkit.run.device_memory import limits_of
from htrkit.run.device_process import Device, be_a_server
from htrkit.run.messages import SetUp
from htrkit.run.page_process import be_a_worker
from htrkit.run.page_reader import as_page_problems
from htrkit.run.served_inference import ServedInference
from htrkit.run.step_times import StepTimes
from tests.fakes.simulated_memory import SimulatedMemory

ITEMS = 5
"""Of every page."""
BATCH = 4
MOST = 64
"""Of a device whose batches are steered."""
BUSY_SECONDS = 0.2
FITS = 2
"""Items of a page named `wide` that fit into memory together."""
LOOKS = {"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "OMP_NUM_THREADS", "HTRKIT_RUN_ID"}


class DrillStage:
    """Answers each item with twice its number, the count of batches so far, and the items in its batch."""

    model = ModelFacts("none", "0" * 64)

    def __init__(self, out: Path) -> None:
        self._out = out
        self._batches = 0
        self.memory: SimulatedMemory | None = None

    def prepare(self, page: OpenPage) -> Prepared:
        raise NotImplementedError

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        self._batches += 1
        if self.memory is not None:
            self.memory.compute(len(items))
            # A batch costs as much as fifty items: the larger it is, the quicker each.
            time.sleep(0.05 + 0.001 * len(items))
        arrays = [np.asarray(item.arrays[0]) for item in items]
        for array in arrays:
            DEEDS.get(NAMES[int(array[0])], nothing)(self._out, len(items))
        return [Raw((np.array([2 * int(array[1]), self._batches, len(items)], dtype=np.int64),)) for array in arrays]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> object:
        raise NotImplementedError


def busy(seconds: float) -> None:
    """Compute for so many seconds of processor time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def nothing(out: Path, size: int) -> None:
    """Compute on."""


def wide(out: Path, size: int) -> None:
    if size > FITS:
        raise RuntimeError("CUDA out of memory. Tried to allocate 20 MiB")


def huge(out: Path, size: int) -> None:
    raise RuntimeError("CUDA out of memory. Tried to allocate 2000 GiB")


def odd(out: Path, size: int) -> None:
    raise ValueError("planted")


def lost(out: Path, size: int) -> None:
    raise RuntimeError("CUDA error: an illegal memory access was encountered")


def once(out: Path, size: int) -> None:
    """Kill the server the first time."""
    try:
        (out / "killed").touch(exist_ok=False)
    except FileExistsError:
        return
    os._exit(9)


DEEDS: dict[str, Callable[[Path, int], None]] = {
    "wide": wide,
    "huge": huge,
    "odd": odd,
    "lost": lost,
    "once": once,
    "kills": lambda *_: ctypes.string_at(0) and None,
    "stuck": lambda *_: time.sleep(1000),
    "slow": lambda *_: time.sleep(0.02),
    "second": lambda *_: time.sleep(0.2),
}
NAMES = ["ok", *DEEDS]


class ServedWorker:
    """Has every item of a page answered; the text says what came back, and a file beside it in which batches."""

    def __init__(self, out: Path, entered: Callable[[Step], None], inference: ServedInference) -> None:
        self.out = out
        self.entered = entered
        self.inference = inference
        self.stage = DrillStage(out)

    def work(self, source: PageSource) -> PageDone:
        deed, number = source.key.split("-")
        times = StepTimes(time.monotonic, self.entered)
        with as_page_problems(source, times), times.of(Step.RECOGNISE):
            if deed == "busy":
                busy(BUSY_SECONDS)
                deed = "ok"
            codes = [NAMES.index(deed) if place == 1 or deed == "second" else 0 for place in range(ITEMS)]
            numbers = [10 * int(number) + place for place in range(ITEMS)]
            items = [
                Item((np.array(pair, dtype=np.int64),), cost=1000.0 + pair[1])
                for pair in zip(codes, numbers, strict=True)
            ]
            raws = [
                np.asarray(raw.arrays[0]).tolist() for raw in self.inference.results(Step.RECOGNISE, self.stage, items)
            ]
        if [raw[0] for raw in raws] != [2 * one for one in numbers]:
            raise PageProblem("crossed answers", mend="", failure=FailureClass.BUG, step=Step.RECOGNISE)
        files = [
            Aside(f"txt/{source.key}.txt", f"{source.key}: {[raw[0] for raw in raws]}\n".encode()),
            Aside(f"batches/{source.key}.json", json.dumps([raw[1:] for raw in raws]).encode()),
        ]
        return PageDone(source.key, ITEMS, 10, 0.9, 0.0, {}, write_unit(files, out=self.out))


def worker(
    order: SetUp, entered: Callable[[Step], None], inference: ServedInference | None
) -> tuple[ServedWorker, str]:
    assert inference is not None
    note(order, "worker")
    return ServedWorker(Path(order.out), entered, inference), ""


def server(order: SetUp) -> tuple[Device, str]:
    device = str(order.settings["device"])
    note(order, os.environ.get("CUDA_VISIBLE_DEVICES", "cpu"))
    if order.engine == f"broken-{os.environ.get('CUDA_VISIBLE_DEVICES')}" or order.engine == "broken":
        raise PreflightRefused("the card has fallen off the bus", mend="look at dmesg")
    stage = DrillStage(Path(order.out))
    stages = {Step.RECOGNISE: lambda: stage, Step.SEGMENT: lambda: stage}
    if order.engine == "steered":
        memory = stage.memory = SimulatedMemory()
        known = order.sizes.get(Step.RECOGNISE)
        limits = limits_of(memory, most=MOST, share=0.9)
        start = remembered_batch(*known, memory.free_bytes(), limits) if known else BATCH
        return Device(stages, BatchSizes({Step.RECOGNISE: BatchSteering(start, limits)}), memory), device
    sizes = BatchSizes({Step.SEGMENT: BackingOff(1), Step.RECOGNISE: BackingOff(BATCH)})
    return Device(stages, sizes), device


def note(order: SetUp, name: str) -> None:
    """Write down what the process sees, as it was before anything was imported."""
    seen = {key: value for key, value in os.environ.items() if key in LOOKS}
    place = Path(order.out) / f"seen-{name}.json"
    place.write_text(json.dumps({**seen, "device": order.settings["device"], "served": order.served}))


if __name__ == "__main__":
    if sys.argv[1] == "server":
        be_a_server(server)
    else:
        be_a_worker(worker)
