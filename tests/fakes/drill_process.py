"""A page worker's process that does with each page what its name says: the drills' engine."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from htrkit.domain.errors import OutputUnwritable, PageProblem, PreflightRefused
from htrkit.domain.events import PageDone
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.source import PageSource
from htrkit.files.atomic import Aside, write_unit
from htrkit.files.pictures import open_picture
from htrkit.run.input_watch import InputWatch
from htrkit.run.messages import SetUp
from htrkit.run.page_process import be_a_worker

BOTH = 2
"""Workers that meet."""


class DrillWorker:
    """Takes `ok-7` for a good page, `segfault-3` for one that kills its process, and so on."""

    def __init__(self, out: Path, entered: Callable[[Step], None]) -> None:
        self.out = out
        self.entered = entered
        self.inputs = InputWatch()

    def work(self, source: PageSource) -> PageDone:
        self.entered(Step.OPEN)
        self.entered(Step.RECOGNISE)
        trial = source.key.rpartition("/")[2].partition("-")[0]
        DEEDS.get(trial, nothing)(self, source)
        self.entered(Step.WRITE)
        files = [Aside(f"txt/{source.key}.txt", f"text of {source.key}\n".encode())]
        confidence = 0.2 if trial == "dim" else 0.9
        flags = ("script",) if trial == "odd" else ()
        return PageDone(source.key, 1, 100, confidence, 0.0, {}, write_unit(files, out=self.out), flags)


def nothing(worker: DrillWorker, source: PageSource) -> None:
    """Read on."""


def fail(worker: DrillWorker, source: PageSource) -> None:
    raise PageProblem("torn", mend="scan again", failure=FailureClass.BROKEN, step=Step.OPEN)


def hiccup(worker: DrillWorker, source: PageSource) -> None:
    """Fail the first time in a way that may pass."""
    mark = worker.out / f"{source.key}.tried"
    if not mark.exists():
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        raise PageProblem("too little memory", mend="", failure=FailureClass.OOM, step=Step.RECOGNISE)


def die_once(worker: DrillWorker, source: PageSource) -> None:
    """Die the first time."""
    mark = worker.out / f"{source.key}.tried"
    if not mark.exists():
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def hold_the_interpreter(worker: DrillWorker, source: PageSource) -> None:
    """Sleep in C without giving the interpreter back, deaf to SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        ctypes.PyDLL(None).sleep(1000)


def trouble(worker: DrillWorker, source: PageSource) -> None:
    """Find the disk full until a file says otherwise."""
    if not (worker.out / "room").exists():
        raise OutputUnwritable("no space left", mend="make room")


def open_it(worker: DrillWorker, source: PageSource) -> None:
    """Really open the page's picture, as a page reader does."""
    with worker.inputs.watched(source):
        open_picture(source, dpi=72, max_megapixels=1)


def bad_sector(worker: DrillWorker, source: PageSource) -> None:
    """Meet trouble of the disk with this page's file alone."""
    failure = FailureClass.UNREADABLE
    raise PageProblem("an I/O error", mend="copy it again", failure=failure, step=Step.OPEN, passing=True)


def meet(worker: DrillWorker, source: PageSource) -> None:
    """Go on when another process has met its own such page: both are at work at once."""
    (worker.out / f"met-{os.getpid()}").touch()
    while len(list(worker.out.glob("met-*"))) < BOTH:
        time.sleep(0.01)


def gate(worker: DrillWorker, source: PageSource) -> None:
    """Stand still until a file opens the gate; the step begins again and again, so that no limit is overrun."""
    while not (worker.out / "open").exists():
        worker.entered(Step.RECOGNISE)
        time.sleep(0.1)


def leak(worker: DrillWorker, source: PageSource) -> None:
    """Keep ten megabytes for good."""
    LEAKED.append(bytearray(os.urandom(1) * 10_000_000))


def drip(worker: DrillWorker, source: PageSource) -> None:
    """Keep three megabytes for good, after a moment's work."""
    time.sleep(0.01)
    LEAKED.append(bytearray(os.urandom(1) * 3_000_000))


def knot(worker: DrillWorker, source: PageSource) -> None:
    """Leave a hundred megabytes that hold themselves."""
    held: list[object] = [bytearray(os.urandom(1) * 100_000_000)]
    held.append(held)


LEAKED: list[bytearray] = []
DEEDS: dict[str, Callable[[DrillWorker, PageSource], None]] = {
    "raise": lambda *_: (_ for _ in ()).throw(ZeroDivisionError("planted")),
    "fail": fail,
    "hiccup": hiccup,
    "once": die_once,
    "exit": lambda *_: os._exit(3),
    "quit": lambda *_: sys.exit(0),
    "segfault": lambda *_: ctypes.string_at(0),
    "hang": lambda *_: time.sleep(1000),
    "gil": hold_the_interpreter,
    "trouble": trouble,
    "slow": lambda *_: time.sleep(0.3),
    "meet": meet,
    "gate": gate,
    "leak": leak,
    "drip": drip,
    "knot": knot,
    "open": open_it,
    "sector": bad_sector,
}


def load(order: SetUp, entered: Callable[[Step], None], _: object) -> tuple[DrillWorker, str]:
    if order.engine == "broken":
        raise PreflightRefused("the model is gone", mend="bring it back")
    return DrillWorker(Path(order.out), entered), "cpu"


if __name__ == "__main__":
    be_a_worker(load)
