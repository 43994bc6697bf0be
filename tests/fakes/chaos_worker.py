"""A page worker's process that writes real outputs without a network, and does with each page what its name says."""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

from htrkit.domain.errors import PageProblem
from htrkit.domain.events import PageDone
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId
from htrkit.domain.page import ImageFacts, Layout, LayoutKind, LayoutOrigin, Line, PageRecord, Reading
from htrkit.domain.renderers import RenderOptions
from htrkit.domain.source import PageSource
from htrkit.files.atomic import TEMPORARY, Aside, write_unit
from htrkit.run.messages import SetUp
from htrkit.run.page_process import be_a_worker
from htrkit.run.served_inference import ServedInference
from tests.fakes.chaos_stage import POISON, ChaosStage, answered, item_of

EXECUTIONS = "executions"
"""The file beside OUT to which every try of a page is added."""
GROUP = "HTRKIT_DRILL_GROUP"
"""Names the folder of a memory cgroup that is small, where the machine lets us make one."""
ROOM_BYTES = 100_000_000
"""What a page may take that swallows memory until there is none."""
HUGE = {"huge": 50_000_000, "beyond": 70_000_000}
"""Bytes of receipt, by the page's trial: one that is only large, and one that is no frame any more."""
ENDLESS = {"hang", "gil", "babble"}
LINES = 3


Deed = Callable[[Any, PageSource], None]
"""Does with a worker and its page what the page's name says."""


class ChaosWorker:
    """Makes a record up by the page's key, and writes it in the run's formats."""

    def __init__(self, order: SetUp, entered: Callable[[Step], None], inference: ServedInference | None) -> None:
        self.out = Path(order.out)
        self._inference = inference
        self.entered = entered
        self._reading = order.reading
        # As with the real networks: a process has first to ask that it die with its parent.
        from htrkit.outputs.catalog import renderers  # noqa: PLC0415
        from tests.fakes.drill_process import DEEDS  # noqa: PLC0415

        self._renderers = renderers(order.settings["formats"])
        self._deeds: Mapping[str, Deed] = {**DEEDS, **DEADLY}

    def work(self, source: PageSource) -> PageDone:
        _note(self.out.parent / EXECUTIONS, source.key)
        trial = source.key.rpartition("/")[2].partition("-")[0]
        self.entered(Step.OPEN)
        # A limit of their own, so that a busy machine does not fail a page that means to end.
        self.entered(Step.SEGMENT if trial in ENDLESS else Step.RECOGNISE)
        time.sleep(0.002 + crc32(source.key.encode()) % 4 / 1000)
        if trial in self._deeds:
            self._deeds[trial](self, source)
        record = _made_up(source, self._reading, self._numbers(source, trial))
        self.entered(Step.RENDER)
        files = [
            Aside(f"{one.name}/{source.key}{one.suffix}", one.render(record, RenderOptions()))
            for one in self._renderers
        ]
        self.entered(Step.WRITE)
        written = write_unit(files, out=self.out)
        flags = ("x" * HUGE[trial],) if trial in HUGE else ()
        return PageDone(source.key, LINES, 10, record.confidence, 0.004, {"recognise": 0.003}, written, flags)

    def _numbers(self, source: PageSource, trial: str) -> list[int]:
        """Ask for a number a line, here or of a server."""
        seed = crc32(source.key.encode())
        items = [item_of(POISON if trial == "poison" else seed + line) for line in range(LINES)]
        stage = ChaosStage()
        if self._inference is None:
            return [answered(raw) for raw in stage.infer(items)]
        return [answered(raw) for raw in self._inference.results(Step.RECOGNISE, stage, items)]


def _note(executions: Path, key: str) -> None:
    file = os.open(executions, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, f"{key}\n".encode())
    os.close(file)


def _made_up(source: PageSource, reading: Reading, numbers: Sequence[int]) -> PageRecord:
    lines = []
    for place, number in enumerate(numbers):
        top, bottom = 40 * place + 10, 40 * place + 40
        boundary = ((10, top), (500, top), (500, bottom), (10, bottom))
        text = f"{source.key} verso {number:08x}"
        line = Line(LineId(f"l{place}"), boundary, ((10, bottom - 8), (500, bottom - 8)))
        lines.append(replace(line, text=text, confidence=0.9))
    picture = ImageFacts(source.image_name, source.path, "b" * 64, Size(600, 200))
    layout = Layout(LayoutOrigin(LayoutKind.KRAKEN, "made up"), lines=tuple(lines))
    return PageRecord(source.key, picture, layout, reading)


def swallow(worker: ChaosWorker, source: PageSource) -> None:
    """Take memory until the system gives no more, and fail as the page reader does when that happens."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    taken_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken_bytes + ROOM_BYTES, before[1]))
    try:
        _fill()
    except MemoryError as error:
        raise PageProblem("No more.", mend="Buy some.", failure=FailureClass.OOM, step=Step.RECOGNISE) from error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def be_killed_for_memory(worker: ChaosWorker, source: PageSource) -> None:
    """Take memory until the kernel's own killer comes; where no small cgroup is to be had, kill this process so."""
    if group := os.environ.get(GROUP):
        with suppress(OSError):
            Path(group, "cgroup.procs").write_text(str(os.getpid()))
            _fill()
    os.kill(os.getpid(), signal.SIGKILL)


def _fill() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(1 << 20))


def boast(worker: ChaosWorker, source: PageSource) -> None:
    """Raise what is far too long to be told."""
    raise ValueError("x" * HUGE["huge"])


def die_writing(worker: ChaosWorker, source: PageSource) -> None:
    """Die the first time, with a file aside."""
    mark = worker.out.parent / f"{source.key.rpartition('/')[2]}.tried"
    if not mark.exists():
        mark.touch()
        (worker.out / f"{TEMPORARY}{os.getpid()}-0").write_bytes(b"half a pa")
        os.kill(os.getpid(), signal.SIGKILL)


def babble(worker: ChaosWorker, source: PageSource) -> None:
    """Write onto the channel what is no message, as a library gone wild might."""
    os.write(int(sys.argv[-2]), b"\xff" * 64)
    time.sleep(1000)


DEADLY: Mapping[str, Deed] = {
    "swallow": swallow,
    "kernel": be_killed_for_memory,
    "boast": boast,
    "babble": babble,
    "torn": die_writing,
}


def load(order: SetUp, entered: Callable[[Step], None], inference: ServedInference | None) -> tuple[ChaosWorker, str]:
    return ChaosWorker(order, entered, inference), "" if order.served else "cpu"


if __name__ == "__main__":
    be_a_worker(load)
