"""A page's items are answered by a device server, over a link that may break and come anew; nothing is asked twice."""

import select
from collections.abc import Callable, Sequence

from htrkit.domain.errors import HtrkitError, PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.stages import Item, Raw, Stage
from htrkit.run.channel import Channel
from htrkit.run.link import Answer, Ask, Link, NoAnswer, Said
from htrkit.run.messages import DropPage, GiveBack, IsServed, IsWaiting, NewLink


class PageDropped(HtrkitError):
    """The run wants the page in hand put down: a server died of it."""


class RunGone(HtrkitError):
    """The run's process has closed the channel: nobody waits for this page any more."""


class ServedInference:
    """Asks the server that the run links this worker with.

    While the link is broken it waits for another: the run starts the server anew, or gives this worker to the next.
    `wanted_back` hears that memory is short.
    """

    def __init__(self, channel: Channel, wanted_back: Callable[[], None] = lambda: None) -> None:
        self._channel = channel
        self._wanted_back = wanted_back
        self._link: Link | None = None
        self._asked = 0
        self._waiting: dict[int, Ask] = {}
        self._raws: dict[int, Raw] = {}

    def results(self, step: Step, stage: Stage, items: Sequence[Item]) -> Sequence[Raw]:  # noqa: ARG002
        """One Raw an item, in their order; raises PageProblem for an item without an answer, PageDropped, RunGone."""
        if not items:
            return ()
        first, self._asked = self._asked, self._asked + len(items)
        self._raws = {}
        self._waiting = {first + place: Ask(first + place, step, item) for place, item in enumerate(items)}
        self._channel.say(IsWaiting())
        try:
            self._ask_all()
            while self._waiting:
                self._turn()
            return [self._raws[first + place] for place in range(len(items))]
        finally:
            self._waiting = {}
            self._channel.say(IsServed())

    def hear(self, message: NewLink) -> None:
        """Take the end of a new link, and ask there for what has no answer yet."""
        del message
        self._lose()
        self._link = Link(self._channel.end_of_link())
        self._ask_all()

    def close(self) -> None:
        """Let the link go."""
        self._lose()

    def _ask_all(self) -> None:
        if self._link is not None:
            for ask in self._waiting.values():
                self._link.say(ask)

    def _turn(self) -> None:
        """Wait for the run or the server to say something, or to take something."""
        if self._channel.has_come():
            self._obey()
            return
        link = self._link
        reading: list[Channel | Link] = [self._channel] if link is None else [self._channel, link]
        writing = [link] if link is not None and link.has_more else []
        readable, writable, _ = select.select(reading, writing, [])
        if self._channel in readable:
            self._obey()
        elif link is not None:
            self._exchange(link, hears=link in readable, speaks=bool(writable))

    def _exchange(self, link: Link, *, hears: bool, speaks: bool) -> None:
        if speaks:
            try:
                link.flush()
            except OSError:
                self._lose()
                return
        if hears:
            answers = link.hear()
            if answers is None:
                self._lose()
                return
            for said in answers:
                self._take(said)

    def _take(self, said: Said) -> None:
        match said:
            case Answer(number, raw) if self._waiting.pop(number, None) is not None:
                self._raws[number] = raw
            case NoAnswer(number) if (ask := self._waiting.pop(number, None)) is not None:
                raise _problem(said, ask.step)
            case Answer() | NoAnswer() | Ask():
                return  # of a page that was put down

    def _obey(self) -> None:
        message = self._channel.next()
        match message:
            case NewLink():
                self.hear(message)
            case DropPage():
                raise PageDropped("The page was put down.", mend="")
            case GiveBack():
                self._wanted_back()
            case None:
                raise RunGone("The run is gone.", mend="")
            case _:
                return

    def _lose(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


def _problem(said: NoAnswer, step: Step) -> PageProblem:
    mend = "Another device, or smaller scans." if said.failure is FailureClass.OOM else "Please report this."
    problem = PageProblem(said.message, mend=mend, failure=said.failure, step=step)
    if said.stack:
        problem.__cause__ = ServersError(said.stack)
    return problem


class ServersError(Exception):
    """What a server's library raised, with the stack that it had there."""
