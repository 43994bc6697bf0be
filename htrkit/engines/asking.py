"""Asks an inference server for the texts of pictures: as many at once as it bears, again where that may help."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

from htrkit.core.pace import Pace
from htrkit.core.retries import COMPLAINTS, Miss, Missed, wait_before
from htrkit.domain.errors import HtrkitError
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.server_errors import PageRefusedByServer, ServerGone, ServerRefused
from htrkit.engines.chat import Answer, Wording, answer_in
from htrkit.engines.endpoint import Endpoint, NotAnswered, Refused

DISLIKES = frozenset({400, 422})
"""What a server says that does not know `logprobs`, and what it says of a picture that it cannot take."""
SERVERS_OWN = frozenset({Miss.UNREACHED, Miss.CUT, Miss.OVERLOADED, Miss.SLOW})
"""Misses that a server may show which is going down: then it is looked at once more."""


@dataclass(frozen=True, slots=True)
class Times:
    """Clock, patience and chance, handed in."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


REAL_TIMES = Times()


@dataclass(slots=True)
class Asking:
    """One process's requests to one server; they share a pace, and what was learned of the server."""

    endpoint: Endpoint
    wording: Wording
    pace: Pace
    times: Times = field(default_factory=Times)
    probabilities: bool = True
    """Whether those of the tokens are asked for."""
    _probabilities_taken: bool = False
    """Whether the server has answered a request that asked for them."""
    _lock: Lock = field(default_factory=Lock)

    def answers(self, pictures: Sequence[bytes]) -> list[Answer]:
        """Give the texts of JPEG pictures, in their order.

        Raises PageProblem for one that cannot be read, ServerGone for a server that does not answer any more, and
        ServerRefused for one that takes nothing of ours; after any of them no further request is begun.
        """
        if len(pictures) == 1:
            return [self._answer(pictures[0])]
        found: dict[int, Answer] = {}
        failed: list[Exception] = []
        left = list(reversed(range(len(pictures))))
        going: dict[Future[Answer], int] = {}
        with ThreadPoolExecutor(max(min(len(pictures), self.pace.most), 1)) as pool:
            while going or (left and not failed):
                while left and not failed and len(going) < self.pace.at_once:
                    place = left.pop()
                    going[pool.submit(self._answer, pictures[place])] = place
                for done in wait(going, return_when=FIRST_COMPLETED).done:
                    place, error = going.pop(done), done.exception()
                    if error is None:
                        found[place] = done.result()
                    elif isinstance(error, Exception):
                        failed.append(error)
        if failed:
            raise failed[0]
        return [found[place] for place in range(len(pictures))]

    def _answer(self, picture: bytes) -> Answer:
        """Ask until there is an answer, or none to be had."""
        misses: list[Missed] = []
        waited = 0.0
        while True:
            try:
                return self._tried(picture)
            except NotAnswered as error:
                misses.append(error.missed)
            seconds = wait_before(misses, waited_seconds=waited, chance=self.times.chance())
            if seconds is None:
                raise self._given_up(misses)
            waited += seconds
            self.times.sleep(seconds)

    def _tried(self, picture: bytes) -> Answer:
        """Ask once; once more where it may be the wish for probabilities that the server dislikes."""
        with self._lock:
            rest, asked = self.pace.rest_seconds, self.probabilities
        if rest:
            self.times.sleep(rest)
        try:
            answer = self._sent(picture, probabilities=asked)
        except Refused as error:
            if error.status not in DISLIKES or not asked or self._probabilities_taken:
                raise
            answer = self._sent(picture, probabilities=False)
            self.probabilities = False
        else:
            self._probabilities_taken = self._probabilities_taken or asked
        return answer

    def _sent(self, picture: bytes, *, probabilities: bool) -> Answer:
        with self._lock:
            sent = self.pace.begun()
        start = self.times.clock()
        try:
            body = self.endpoint.chat(self.wording.request(picture, probabilities=probabilities))
        except NotAnswered as error:
            if error.missed.miss in COMPLAINTS:
                with self._lock:
                    self.pace.complained(sent)
            raise
        answer = answer_in(body)
        with self._lock:
            self.pace.answered(self.times.clock() - start, tokens=answer.written_tokens)
        return answer

    def _given_up(self, misses: Sequence[Missed]) -> HtrkitError:
        """Tell whose trouble it is: the page's, or that of all pages."""
        miss, address = misses[-1].miss, self.endpoint.address
        tries = "once" if len(misses) == 1 else f"{len(misses)} times"
        if miss is Miss.BUSY:
            return ServerRefused(
                f"{address}: the inference server {miss}, whatever waits were kept.",
                mend="Look at your quota there, or take fewer pages at once with -j.",
            )
        if miss in SERVERS_OWN and not self._is_there():
            return ServerGone(f"{address}: the inference server {miss} (asked {tries}).", mend="", path=address)
        failure = FailureClass.TIMEOUT if miss is Miss.SLOW else FailureClass.SERVER
        return PageRefusedByServer(
            f"The inference server {miss} with this page (asked {tries}); it answers otherwise.",
            mend="Look into its log.",
            failure=failure,
            step=Step.RECOGNISE,
            passing=True,
        )

    def _is_there(self) -> bool:
        """Look whether the server answers anything at all."""
        try:
            self.endpoint.models()
        except NotAnswered:
            return False
        except HtrkitError:
            return True
        return True
