"""Finds where a sequence repeats itself one period after the other, also where it drifts a little from one to the next.

A local alignment of the sequence with its own past (Smith and Waterman 1981, https://doi.org/10.1016/0022-2836(81)90087-5),
of which the lag may change by one at a time: so one sign more or less in a period does not end the stretch.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

MATCH, MISMATCH, SHIFT = 2, 3, 3
"""What a sign that is the same one period earlier gains, one that is not costs, and a change of the lag costs."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a sequence, `start` to `end` without it, that goes on repeating its last `period` signs."""

    start: int
    end: int
    period: int
    score: int

    @property
    def repeats(self) -> float:
        """How many periods long it is."""
        return (self.end - self.start) / self.period

    @property
    def likeness(self) -> float:
        """How well a sign foretells the one a period later: 1 where always, 0.4 where in six of ten cases."""
        return self.score / (MATCH * max(self.end - self.start - self.period, 1))


@dataclass(slots=True)
class _Lag:
    """The stretch with this lag that is being followed, and the best one that was."""

    score: int = 0
    start: int = 0
    best: int = 0
    best_start: int = 0
    best_end: int = 0


def stretches(signs: Sequence[Hashable], *, most_period: int) -> Iterator[Stretch]:
    """Give the best stretch of each period, from the shortest period on; a period without any has none.

    Takes time in proportion to the length times `most_period`.
    """
    lags = [_Lag() for _ in range(most_period + 2)]
    for place in range(1, len(signs)):
        _go_on(lags, signs, place, min(most_period, place))
    for period, lag in enumerate(lags):
        if lag.best:
            yield Stretch(max(lag.best_start - period, 0), lag.best_end, period, lag.best)


def apart(found: Iterable[Stretch]) -> Iterator[Stretch]:
    """Give the best stretches first, without those that largely lie in a better one that is as exact.

    Those are its multiples, and its shadows at other lags.
    """
    taken: list[Stretch] = []
    for one in sorted(found, key=lambda stretch: (-stretch.score, stretch.period)):
        if not any(other.likeness >= one.likeness and _lies_in(one, other) for other in taken):
            taken.append(one)
            yield one


def _lies_in(one: Stretch, other: Stretch) -> bool:
    """Tell whether half of a stretch or more lies in the other."""
    return (min(one.end, other.end) - max(one.start, other.start)) * 2 >= one.end - one.start


def _go_on(lags: list[_Lag], signs: Sequence[Hashable], place: int, most: int) -> None:
    """Take in the sign at a place, for every lag that reaches back to one."""
    sign = signs[place]
    shorter_score = shorter_start = 0
    for period in range(1, most + 1):
        lag, longer = lags[period], lags[period + 1]
        score, start = lag.score, lag.start
        was_score, was_start = score, start
        if shorter_score - SHIFT > score:
            score, start = shorter_score - SHIFT, shorter_start
        if longer.score - SHIFT > score:
            score, start = longer.score - SHIFT, longer.start
        shorter_score, shorter_start = was_score, was_start
        if signs[place - period] == sign:
            start = start if score > 0 else place
            score += MATCH
            if score > lag.best:
                lag.best, lag.best_start, lag.best_end = score, start, place + 1
        else:
            score = max(score - MISMATCH, 0)
        lag.score, lag.start = score, start
