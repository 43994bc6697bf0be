"""Which idle worker gets which page, and which workers are started for the pages that wait."""

from collections.abc import Collection, Iterator

from htrkit.core.crew import Condition, Hand, Worker
from htrkit.core.limits import LimitsInForce
from htrkit.core.page_queue import PageQueue
from htrkit.core.work_clock import Timer
from htrkit.domain.schedule import Give, Start


def pages_given(  # noqa: PLR0913 - who, what, how many, and when by both clocks
    crew: Collection[Worker], pages: PageQueue, limits: LimitsInForce, *, most: int, at: float, reading: float
) -> Iterator[Give]:
    """Put pages into idle hands, as far as the queue lets them go; no more than `most` are in hand then."""
    put_down = sum(worker.dropping is not None for worker in crew)
    for worker in crew:
        if not worker.idle:
            continue
        if sum(one.hand is not None for one in crew) >= most:
            return
        key = pages.take([one.hand.key for one in crew if one.hand is not None], put_down)
        if key is None:
            return
        page_timer = None if limits.page_seconds is None else Timer(limits.page_seconds, reading)
        attempt = pages.attempts(key)
        worker.hand = Hand(key, attempt, at, Timer(limits.given_seconds, reading), page_timer)
        yield Give(worker.name, key, attempt)


def workers_started(
    crew: Collection[Worker], pages: PageQueue, *, most: int, limit_seconds: float, reading: float
) -> Iterator[Start]:
    """Start workers where pages wait that nobody is there to take; no more than `most` are alive then."""
    wanting = pages.workers_wanting(
        free=sum(worker.idle or worker.coming for worker in crew), alive=sum(worker.alive for worker in crew)
    )
    down = [worker for worker in crew if worker.condition is Condition.DOWN]
    room = max(most - sum(worker.alive for worker in crew), 0)
    for worker in down[: min(wanting, room)]:
        worker.start(Timer(limit_seconds, reading))
        yield Start(worker.name)
