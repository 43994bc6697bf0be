"""What processes say, and that they are gone, in the words of the journal and of the schedule."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.domain.events import (
    BatchResized,
    BatchShrunk,
    DeviceFed,
    Event,
    ItemMoved,
    PageDone,
    ServerLost,
    ServerStarted,
    WorkerLost,
    WorkerStarted,
)
from htrkit.domain.failure import Step
from htrkit.domain.glimpse import OnDevice
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Died, Finished, Heard, Ready, Refused, Served, StepBegun, Troubled, Waiting
from htrkit.domain.serving import BatchBegun, BatchEnded, PutDown, ServerDied, ServerReady
from htrkit.run.messages import (
    CannotStart,
    FromChild,
    HasAnswered,
    HasBegun,
    HasDropped,
    HasMoved,
    HasResized,
    InStep,
    IsDone,
    IsReady,
    IsRefused,
    IsServed,
    IsTroubled,
    IsWaiting,
    OfPage,
)
from htrkit.run.processes import ChildProcess
from htrkit.run.switchboard import Gone, Said

Understood = tuple[tuple[Event, ...], Heard | None]
"""What the journal is told, and then what the schedule hears."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A page in a worker's hand."""

    key: PageKey
    attempt: int


@dataclass(slots=True)
class Hearing:
    """Knows who holds which page and who serves whom, so that events can say so."""

    hands: dict[str, Hand] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    """The server of each worker; without servers, none."""
    troubles: set[str] = field(default_factory=set)
    """What must be there again before a paused run goes on: paths of inputs, and empty for OUT."""
    retired: set[str] = field(default_factory=set)
    """Workers that were told to end between two pages: nothing is lost with them."""
    confidence: ConfidenceWatch = field(default_factory=ConfidenceWatch)
    """Measures pages by the first ones of the run: here all of them come together."""
    batches: dict[str, OnDevice] = field(default_factory=dict)
    """What each server has on its device, or had last: for screens."""
    _fed: dict[tuple[str, Step], DeviceFed] = field(default_factory=dict)
    _devices: dict[str, str] = field(default_factory=dict)
    """What each worker computes on by itself."""
    _on_device: dict[str, tuple[PageKey, ...]] = field(default_factory=dict)
    """The pages in each server's batch."""
    _last_words: dict[str, str] = field(default_factory=dict)

    def of(self, heard: Said | Gone, at: float) -> Understood:
        """Give what follows from what was heard."""
        match heard:
            case Gone(process) if process.serves:
                return self._server_gone(heard, at)
            case Gone():
                return self._worker_gone(heard, at)
            case Said(process, message):
                return self._said(process, message, at)

    def _said(self, process: ChildProcess, message: FromChild, at: float) -> Understood:
        name = process.name
        match message:
            case CannotStart():
                self._last_words[name] = f"{message.what} {message.mend}"
                return (), None
            case IsReady() if process.serves:
                return (ServerStarted(name, process.popen.pid, message.seconds),), ServerReady(name, at)
            case IsReady():
                self._devices[name] = message.device
                device = message.device or self.homes.get(name, "")
                return (WorkerStarted(name, process.popen.pid, message.seconds, device),), Ready(name, at)
            case HasBegun():
                self.batches[name] = OnDevice(name, message.step, message.items, message.waiting)
                self._on_device[name] = tuple(self.hands[one].key for one in message.workers if one in self.hands)
                return (), BatchBegun(name, message.step, message.workers, at)
            case HasAnswered():
                self._on_device.pop(name, None)
                self._count(name, message)
                return (), BatchEnded(name, at)
            case HasResized() if message.for_want_of_memory:
                return (BatchShrunk(name, message.step, message.was, message.now, message.item_bytes),), None
            case HasResized():
                return (BatchResized(name, message.step, message.was, message.now, message.item_bytes),), None
            case HasMoved():
                return (ItemMoved(name, message.step),), None
            case InStep() | IsWaiting() | IsServed() | IsDone() | IsRefused() | IsTroubled() | HasDropped():
                return self._of_page(name, message, at)

    def fed(self) -> Iterator[DeviceFed]:
        """Give how full each server's batches were so far."""
        yield from self._fed.values()

    def _count(self, name: str, batch: HasAnswered) -> None:
        step = self.batches[name].step if name in self.batches else None
        if step is None or not batch.room:
            return
        before = self._fed.get((name, step), DeviceFed(name, step, 0, 0, 0, 0.0, 0.0, 0.0))
        self._fed[name, step] = replace(
            before,
            batches=before.batches + 1,
            items=before.items + batch.items,
            room=before.room + batch.room,
            useful=before.useful + batch.useful,
            padded=before.padded + batch.padded,
            seconds=round(before.seconds + batch.seconds, 4),
        )

    def _of_page(self, name: str, message: OfPage, at: float) -> Understood:
        match message:
            case InStep():
                return (), StepBegun(name, message.step, at)
            case IsWaiting():
                return (), Waiting(name, at)
            case IsServed():
                return (), Served(name, at)
            case IsDone():
                page = self._done(name, message.page)
                flagged = page is not None and bool(page.flags)
                told = (page,) if page is not None else ()
                return told, Finished(name, at, message.memory_bytes, flagged=flagged)
            case HasDropped():
                self.hands.pop(name, None)
                return (), PutDown(name, at)
            case IsTroubled():
                self.hands.pop(name, None)
                if message.passes:
                    self.troubles.add(message.path)
                return (), Troubled(name, message.reason, at, passes=message.passes)
            case IsRefused():
                self.hands.pop(name, None)
                words = message.failure, message.step, message.message
                return (), Refused(name, *words, at, message.passing, message.stack)

    def _done(self, name: str, page: PageDone) -> PageDone | None:
        """Give the end of the page; None where it is that of one that was to be dropped."""
        hand = self.hands.pop(name, None)
        if hand is None or hand.key != page.key:
            return None
        device = self._devices.get(name) or self.homes.get(name, "")
        return self.confidence.flagged(replace(page, attempts=hand.attempt, worker=name, device=device))

    def _worker_gone(self, gone: Gone, at: float) -> Understood:
        name = gone.process.name
        cause = self._last_words.pop(name, gone.cause)
        hand = self.hands.pop(name, None)
        if name in self.retired and hand is None:
            self.retired.discard(name)
            return (), Died(name, cause, at, gone.stack)
        return (WorkerLost(name, cause, hand.key if hand else None),), Died(name, cause, at, gone.stack)

    def _server_gone(self, gone: Gone, at: float) -> Understood:
        name = gone.process.name
        cause = self._last_words.pop(name, gone.cause)
        keys = self._on_device.pop(name, ())
        return (ServerLost(name, cause, keys),), ServerDied(name, cause, at, gone.stack)
