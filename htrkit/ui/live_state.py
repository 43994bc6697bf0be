"""What live panels show: everything that a screen knows of a run, as one value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from htrkit.core.tally import Tally
from htrkit.domain.failure import FailureClass
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.names import PageKey
from htrkit.domain.sample import DeviceSample, MachineSample
from htrkit.domain.schedule import InHand
from htrkit.ui.live_series import Curve, Pace

CONFIDENCE_BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)
"""Where each bin of the histogram begins."""
MOST_NOTICES = 6
MOST_SLOWEST = 6


class Course(StrEnum):
    """How the run as a whole stands."""

    GOING = "going"
    PAUSED = "paused"
    DRAINING = "draining"
    ENDED = "ended"


class DeviceCourse(StrEnum):
    """How a device of the run stands."""

    STARTING = "starting"
    READY = "ready"
    LOST = "lost"
    """Its server died, and is started anew."""
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that failed or was flagged, in the words of a line."""

    at: float
    key: PageKey
    words: str
    failed: bool


@dataclass(frozen=True, slots=True)
class DevicePanel:
    """What is known of a device."""

    name: str
    course: DeviceCourse
    pace: Pace
    batch: int | None = None
    """Items in its batches; None before the first."""
    sample: DeviceSample | None = None
    pages: Curve = field(default_factory=lambda: Curve(0.0))
    """One reading for each page that it did."""
    memory: Curve = field(default_factory=lambda: Curve(0.0))
    """Shares of its memory in use, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SlowPage:
    """A page and how long it took."""

    seconds: float
    key: PageKey


@dataclass(frozen=True, slots=True)
class LiveState:
    """A run as a screen knows it; all moments are seconds of one clock that never goes back."""

    began: float
    tally: Tally = Tally()  # noqa: RUF009 - a frozen value
    course: Course = Course.GOING
    reason: str = ""
    """Why it is paused, draining or over."""
    since: float = 0.0
    """When its course last changed."""
    heard_at: float = 0.0
    """When anything last happened."""
    pace: Pace = field(default_factory=lambda: Pace(0.0))
    devices: Mapping[str, DevicePanel] = field(default_factory=lambda: MappingProxyType({}))
    hands: Mapping[PageKey, InHand] = field(default_factory=lambda: MappingProxyType({}))
    """Pages begun and not ended, as far as events tell: without steps."""
    workers: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    """By name, whether the process lives, as far as events tell."""
    failures: tuple[Notice, ...] = ()
    """The newest first."""
    flagged: tuple[Notice, ...] = ()
    classes: Mapping[FailureClass, int] = field(default_factory=lambda: MappingProxyType({}))
    bins: tuple[int, ...] = (0,) * len(CONFIDENCE_BINS)
    """Pages by confidence."""
    slowest: tuple[SlowPage, ...] = ()
    sample: MachineSample | None = None
    short_of_memory: bool = False
    glimpse: Glimpse | None = None

    @property
    def pages_in_hand(self) -> tuple[InHand, ...]:
        """What is in hand, the longest first: as the newest glimpse has it, but for what events told since."""
        hands: Iterable[InHand] = self.hands.values()
        if (glimpse := self.glimpse) is not None:
            seen = (hand for hand in glimpse.hands if hand.key in self.hands)
            begun = (hand for hand in hands if hand.since > glimpse.at)
            hands = {hand.key: hand for hand in (*begun, *seen)}.values()
        return tuple(sorted(hands, key=lambda hand: hand.since))
