"""`python -m bench.simulated.processes worker|server`: a page worker and a device server of a simulated device."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.simulated.law import HEIGHT, Law
from htrkit.core.batch_sizes import BackingOff, BatchSizes
from htrkit.domain.events import PageDone
from htrkit.domain.failure import Step
from htrkit.domain.page import ModelFacts
from htrkit.domain.source import PageSource
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.files.atomic import Aside, write_unit
from htrkit.run.device_process import Device, be_a_server
from htrkit.run.messages import SetUp
from htrkit.run.page_process import be_a_worker
from htrkit.run.page_reader import as_page_problems
from htrkit.run.served_inference import ServedInference
from htrkit.run.step_times import StepTimes

PIXELS_A_FRAME = 8


class Sleeper:
    """A stage whose device computes by law; batches are laid out ahead, as a GPU's are."""

    model = ModelFacts("none", "0" * 64)

    def __init__(self, law: Law) -> None:
        self._law = law

    @property
    def ahead(self) -> "Sleeper":
        """Itself."""
        return self

    def lay_out(self, items: Sequence[Item]) -> Sequence[Item]:
        """Put the lines side by side, as a batch for a real device is."""
        widest = max(int(item.cost) for item in items)
        batch = np.zeros((len(items), 1, HEIGHT, widest), dtype=np.float32)
        for row, item in zip(batch, items, strict=True):
            line = np.asarray(item.arrays[0])
            row[:, :, : line.shape[2]] = line
        return items

    def begin(self, laid_out: Sequence[Item]) -> "Sleeping":
        """Let the device compute."""
        seconds = self._law.batch_seconds([item.cost for item in laid_out])
        return Sleeping(laid_out, time.monotonic() + seconds)

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Compute, and wait."""
        return self.begin(self.lay_out(items)).raws()

    def prepare(self, page: OpenPage) -> Prepared:
        """Do nothing: the worker makes the lines."""
        raise NotImplementedError

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> object:
        """Do nothing: the worker counts the frames."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Sleeping:
    """A batch that is through at a moment."""

    items: Sequence[Item]
    until: float

    def raws(self) -> Sequence[Raw]:
        """Wait for the device."""
        time.sleep(max(self.until - time.monotonic(), 0.0))
        return [_frames(item) for item in self.items]


class Worker:
    """Makes a page's lines, has them read and writes how many there were."""

    def __init__(self, order: SetUp, entered: Callable[[Step], None], inference: ServedInference) -> None:
        self._law = Law.of(order.settings)
        self._out = Path(order.out)
        self._entered = entered
        self._inference = inference
        self._stage = Sleeper(self._law)

    def work(self, source: PageSource) -> PageDone:
        """Take a page through."""
        times = StepTimes(time.monotonic, self._entered)
        with as_page_problems(source, times), times.of(Step.RECOGNISE):
            _busy(self._law.worker_seconds)
            widths = self._law.widths(int(source.key.split("-")[-1]))
            items = [Item((np.zeros((1, HEIGHT, width), np.float32),), cost=width) for width in widths]
            raws = self._inference.results(Step.RECOGNISE, self._stage, items)  # type: ignore[arg-type]
            frames = sum(len(np.asarray(raw.arrays[0])) for raw in raws)
        files = [Aside(f"txt/{source.key}.txt", f"{len(raws)} lines, {frames} frames\n".encode())]
        seconds = times.seconds
        return PageDone(
            source.key, len(raws), frames, 0.9, sum(seconds.values()), seconds, write_unit(files, out=self._out)
        )


def worker(order: SetUp, entered: Callable[[Step], None], inference: ServedInference | None) -> tuple[Worker, str]:
    """Load a page worker."""
    assert inference is not None, "simulated devices have servers"  # noqa: S101 - for mypy
    return Worker(order, entered, inference), ""


def server(order: SetUp) -> tuple[Device, str]:
    """Load a device server."""
    law = Law.of(order.settings)
    stage = Sleeper(law)
    sizes = BatchSizes({Step.RECOGNISE: BackingOff(law.room)})
    return Device({Step.RECOGNISE: lambda: stage}, sizes), str(order.settings["device"])  # type: ignore[dict-item, return-value]


def _frames(item: Item) -> Raw:
    count = int(item.cost) // PIXELS_A_FRAME
    return Raw((np.zeros(count, dtype=np.int32), np.ones(count, dtype=np.float32)))


def _busy(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


if __name__ == "__main__":
    if sys.argv[1] == "server":
        be_a_server(server)
    else:
        be_a_worker(worker)  # type: ignore[arg-type]
