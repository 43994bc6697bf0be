"""Where items come in to a device server and answers go out: a thread that speaks with the workers."""

import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from htrkit.core.batching import BatchQueue, Waiting
from htrkit.domain.failure import Step
from htrkit.domain.stages import Item, Raw
from htrkit.run.answering import Outcome
from htrkit.run.channel import Channel
from htrkit.run.link import Answer, Ask, Link, NoAnswer
from htrkit.run.messages import AnswerOnly, GiveBack, HasAnswered, NewLink

DRY_SECONDS = 0.004
"""A batch that is not full waits so long for more."""
LONGEST_WAIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes onto the device, and whom to answer."""

    step: Step
    items: tuple[Item, ...]
    asked: tuple[tuple[Link, int], ...]
    workers: tuple[str, ...]
    """Whose pages have items in it, each once."""
    waiting: int = 0
    """Items that stay in line."""
    taken: tuple[Waiting, ...] = ()
    """As they waited."""
    room: int = 0
    """Items that it might have held."""

    def answered(self, seconds: float) -> HasAnswered:
        """Give what is said of it when it is through, after so many seconds."""
        costs = [item.cost for item in self.items]
        useful, padded = sum(costs), max(costs) * len(costs)
        return HasAnswered(round(seconds, 4), len(costs), self.room, round(useful), round(padded))


@dataclass(slots=True)
class Counter:
    """Where items come in and answers go out: the workers' links, and the queue between them and the device.

    Its thread runs `speak`; everything else is the device's loop.
    """

    channel: Channel
    queue: BatchQueue
    clock: Callable[[], float] = time.monotonic
    _links: dict[str, Link] = field(default_factory=dict)
    _items: dict[tuple[str, int], Item] = field(default_factory=dict)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _condition: threading.Condition = field(default_factory=threading.Condition)
    _wake: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)
    _wanted_back: GiveBack | None = None
    _closed: bool = False

    def speak(self) -> None:
        """Take in what comes and send what is answered, until the run closes the channel."""
        self._selector.register(self._wake[0], selectors.EVENT_READ, "wake")
        self._selector.register(self.channel, selectors.EVENT_READ, "channel")
        try:
            # A link may have come together with the first words, and no selector tells of what has been read already.
            going = not self.channel.has_come() or self._obey()
            while going:
                going = self._turn()
        finally:
            self._close()

    def next_batch(self) -> Batch | GiveBack | None:
        """Wait for a batch, or for the wish that memory be given back; None where the run is over."""
        with self._condition:
            while not self._closed:
                wanted, self._wanted_back = self._wanted_back, None
                if wanted is not None:
                    return wanted
                taken = self.queue.take(self.clock())
                if taken:
                    return self._batch_of(taken)
                due = self.queue.due()
                self._condition.wait(LONGEST_WAIT_SECONDS if due is None else max(due - self.clock(), 0.0))
        return None

    def next_full_batch(self) -> Batch | None:
        """Give a batch that may be laid out while the device computes: a full one, if there is one now."""
        with self._condition:
            if self._closed or self._wanted_back is not None:
                return None
            taken = self.queue.take_full()
            return self._batch_of(taken) if taken else None

    def goes_on(self, batch: Batch) -> bool:
        """Tell whether a batch that was taken ahead is still what should come next; else its items wait again."""
        with self._condition:
            if self._closed or (self._wanted_back is None and self.queue.serves(batch.workers)):
                return not self._closed
            for one, item, (link, _) in zip(batch.taken, batch.items, batch.asked, strict=True):
                # Who is linked anew asks anew.
                if self._links.get(one.asker) is link:
                    self._items[one.asker, one.number] = item
            self.queue.put_back([one for one in batch.taken if (one.asker, one.number) in self._items])
            return False

    def answer(self, batch: Batch, outcomes: Sequence[Outcome]) -> None:
        """Put the answers in line; workers that are gone meanwhile need none."""
        with self._condition:
            for (link, number), outcome in zip(batch.asked, outcomes, strict=True):
                if isinstance(outcome, Raw):
                    link.say(Answer(number, outcome))
                else:
                    link.say(NoAnswer(number, outcome.failure, outcome.message, outcome.stack))
            if not self._closed:
                self._wake[1].send(b".")

    def _batch_of(self, taken: Sequence[Waiting]) -> Batch:
        items = tuple(self._items.pop((one.asker, one.number)) for one in taken)
        asked = tuple((self._links[one.asker], one.number) for one in taken)
        askers = tuple(dict.fromkeys(one.asker for one in taken))
        room = self.queue.room(taken[0])
        return Batch(taken[0].step, items, asked, askers, waiting=len(self._items), taken=tuple(taken), room=room)

    def _close(self) -> None:
        for worker in list(self._links):
            self._part_with(worker)
        with self._condition:
            self._closed = True
            self._condition.notify()
        self._selector.close()
        for end in self._wake:
            end.close()

    def _turn(self) -> bool:
        """Do what can be done now; False when the run has closed the channel."""
        for key, events in self._selector.select():
            if key.data == "wake":
                self._wake[0].recv(4096)
            elif key.data == "channel":
                if not self._obey():
                    return False
            elif self._links.get(key.data) is key.fileobj:
                self._exchange(key.data, events)
        self._watch_writing()
        return True

    def _obey(self) -> bool:
        while True:
            message = self.channel.next()
            match message:
                case None:
                    return False
                case NewLink():
                    self._welcome(message.other)
                case AnswerOnly():
                    with self._condition:
                        self.queue.serve_only(message.worker)
                        self._condition.notify()
                case GiveBack():
                    with self._condition:
                        self._wanted_back = message
                        self._condition.notify()
                case _:
                    pass
            if not self.channel.has_come():
                return True

    def _welcome(self, worker: str) -> None:
        self._part_with(worker)
        link = Link(self.channel.end_of_link())
        with self._condition:
            self._links[worker] = link
        self._selector.register(link, selectors.EVENT_READ, worker)

    def _part_with(self, worker: str) -> None:
        """Forget a worker that is gone, or that has another link now."""
        with self._condition:
            link = self._links.pop(worker, None)
            self.queue.forget(worker)
            self._items = {key: item for key, item in self._items.items() if key[0] != worker}
        if link is not None:
            self._selector.unregister(link)
            link.close()

    def _exchange(self, worker: str, events: int) -> None:
        link = self._links[worker]
        try:
            if events & selectors.EVENT_WRITE:
                with self._condition:
                    link.flush()
        except OSError:
            self._part_with(worker)
            return
        if events & selectors.EVENT_READ:
            said = link.hear()
            if said is None:
                self._part_with(worker)
                return
            for ask in said:
                if isinstance(ask, Ask):
                    self._take_in(worker, ask)

    def _take_in(self, worker: str, ask: Ask) -> None:
        with self._condition:
            self._items[worker, ask.number] = ask.item
            self.queue.add(Waiting(worker, ask.number, ask.step, ask.item.cost), self.clock())
            self._condition.notify()

    def _watch_writing(self) -> None:
        """Look out for links that can take more where something waits to be sent."""
        with self._condition:
            wanted = {
                worker: selectors.EVENT_READ | (selectors.EVENT_WRITE if link.has_more else 0)
                for worker, link in self._links.items()
            }
        for worker, events in wanted.items():
            key = self._selector.get_key(self._links[worker])
            if key.events != events:
                self._selector.modify(self._links[worker], events, worker)
