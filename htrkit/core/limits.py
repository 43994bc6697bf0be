"""How long a page may stay in a step before its worker is killed; a kill costs a restart, so good pages stay below."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import median

from htrkit.domain.failure import Step


@dataclass(frozen=True, slots=True)
class Fixed:
    """A limit that stays as it is."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Adaptive:
    """A limit that follows how long the step takes on this machine, with these pages."""

    first_seconds: float
    """Until `after_pages` have gone through the step."""
    least_seconds: float = 120
    medians: float = 10
    after_pages: int = 10


ASKING_SECONDS = 4 * 3600.0
"""For a worker that is beyond help: a busy server may keep a page's lines waiting for an hour."""

StepLimit = Fixed | Adaptive


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a page's way, in seconds of work: waiting for a device, and a paused run, do not count."""

    steps: Mapping[Step, StepLimit]
    """Of every step."""
    given_seconds: float = 120
    """From a page's being given until its first step begins."""
    page_seconds: float | None = None
    """For all steps together; None where each step's own limit is enough."""


def cpu_limits(*, segment_seconds: float | None = None, page_seconds: float | None = None) -> Limits:
    """Give the limits where networks run on the CPU; a number of seconds fixes a limit."""
    return _limits(Adaptive(300) if segment_seconds is None else Fixed(segment_seconds), page_seconds)


def gpu_limits(*, segment_seconds: float | None = None, page_seconds: float | None = None) -> Limits:
    """Give the limits where networks run on a GPU; a number of seconds fixes a limit."""
    return _limits(Fixed(30 if segment_seconds is None else segment_seconds), page_seconds)


def asking_limits(*, segment_seconds: float | None = None, page_seconds: float | None = None) -> Limits:
    """Give the limits where an inference server reads: every request has its own, and waits count for none."""
    limits = cpu_limits(segment_seconds=segment_seconds, page_seconds=page_seconds)
    return Limits({**limits.steps, Step.RECOGNISE: Fixed(ASKING_SECONDS)}, page_seconds=page_seconds)


def patient(limits: Limits, *, page_seconds: float) -> Limits:
    """Give the limits for an engine that takes so long for a usual page here: ten such pages, if that is more."""
    recognise = limits.steps[Step.RECOGNISE]
    match recognise:
        case Adaptive():
            longer = replace(recognise, first_seconds=max(recognise.first_seconds, page_seconds * recognise.medians))
            return replace(limits, steps={**limits.steps, Step.RECOGNISE: longer})
        case Fixed():
            return limits


def _limits(segment: StepLimit, page_seconds: float | None) -> Limits:
    steps = {
        Step.OPEN: Fixed(120),
        Step.LAYOUT: Fixed(120),
        Step.SEGMENT: segment,
        Step.RECOGNISE: Adaptive(600),
        Step.RENDER: Fixed(120),
        Step.WRITE: Fixed(300),
    }
    return Limits(steps, page_seconds=page_seconds)


class LimitsInForce:
    """The limits as they stand after the steps seen so far."""

    def __init__(self, limits: Limits) -> None:
        self.given_seconds = limits.given_seconds
        self.page_seconds = limits.page_seconds
        self._steps = limits.steps
        self._seen = {
            # The latest pages tell best what the next ones take, and memory stays flat over any number of pages.
            step: deque[float](maxlen=max(101, limit.after_pages))
            for step, limit in limits.steps.items()
            if isinstance(limit, Adaptive)
        }

    def learn(self, step: Step, seconds: float) -> None:
        """Take in how long a page was in a step that it came through."""
        if step in self._seen:
            self._seen[step].append(seconds)

    def of(self, step: Step) -> float:
        """Give the seconds that a page which enters a step now may stay in it."""
        match self._steps[step]:
            case Fixed(seconds):
                return seconds
            case Adaptive() as limit if len(self._seen[step]) < limit.after_pages:
                return limit.first_seconds
            case Adaptive() as limit:
                return max(limit.least_seconds, limit.medians * median(self._seen[step]))
