"""The loop that feeds a device: it computes one batch while the next is laid out and the last one's answers go out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from htrkit.run.answering import Answering, LaidOut, Outcome
from htrkit.run.device_server import Batch, Counter
from htrkit.run.housekeeping import Housekeeping
from htrkit.run.messages import GiveBack, HasBegun


@dataclass(frozen=True, slots=True)
class Ready:
    """A batch that comes next."""

    batch: Batch
    laid_out: LaidOut | None
    """None for a stage that lays nothing out ahead."""


@dataclass(slots=True)
class Feeding:
    """The device's loop: while it computes a batch, the last one's answers go out and the next one is laid out for it.

    The device is never idle while a full batch waits, but for the moment in which it is told of the next.
    """

    counter: Counter
    answering: Answering
    tidying: Housekeeping
    clock: Callable[[], float] = time.monotonic
    _ahead: Ready | None = None
    _answers: tuple[Batch, Sequence[Outcome]] | None = None

    def go_on(self) -> None:
        """Feed the device until the run is over; raises DeviceLost."""
        while (ready := self._next()) is not None:
            if isinstance(ready, GiveBack):
                self.tidying.at_once()
            else:
                self._compute(ready)

    def _next(self) -> Ready | GiveBack | None:
        """Give what was laid out ahead, else wait for what comes."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and self.counter.goes_on(ahead.batch):
            return ahead
        self._answer()
        batch = self.counter.next_batch()
        return self._laid_out(batch) if isinstance(batch, Batch) else batch

    def _compute(self, ready: Ready) -> None:
        batch = ready.batch
        if ready.laid_out is None:
            # Nothing goes on beside it.
            self._answer()
        self.counter.channel.say(HasBegun(batch.step, batch.workers, len(batch.items), batch.waiting))
        start = self.clock()
        started = self.answering.begin(batch.step, batch.items, ready.laid_out)
        self._answer()
        if ready.laid_out is not None and (after := self.counter.next_full_batch()) is not None:
            self._ahead = self._laid_out(after)
        if started.begun is not None:
            # In the shadow of the device; where it has not begun, after the answer.
            self.tidying.one_more()
        outcomes = self.answering.finish(started)
        # Said before the answers go out: what happens after this is no page's fault.
        self.counter.channel.say(batch.answered(self.clock() - start))
        self._answers = batch, outcomes
        if started.begun is None:
            self._answer()
            self.tidying.one_more()

    def _laid_out(self, batch: Batch) -> Ready:
        return Ready(batch, self.answering.lay_out(batch.step, batch.items))

    def _answer(self) -> None:
        answers, self._answers = self._answers, None
        if answers is not None:
            self.counter.answer(*answers)


def serve(
    counter: Counter, answering: Answering, tidying: Housekeeping, *, clock: Callable[[], float] = time.monotonic
) -> None:
    """Feed the device until the run is over; raises DeviceLost."""
    Feeding(counter, answering, tidying, clock).go_on()
