"""How a screen's knowledge of a run grows: with each event, and with each glimpse between events."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from htrkit.core.tally import Tally
from htrkit.domain.events import (
    DeviceEnough,
    DeviceShort,
    Event,
    MachineSampled,
    MemoryEnough,
    MemoryShort,
    OfPage,
    OfProcess,
    OfRun,
    PageDone,
    PageFailed,
    PageRemade,
    PageRetried,
    PageSkipped,
    PageStarted,
    PageStruck,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
)
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.names import PageKey
from htrkit.domain.sample import MachineSample
from htrkit.domain.schedule import InHand
from htrkit.ui.live_devices import batches_seen, device_heard, device_sampled, page_on_device
from htrkit.ui.live_series import Pace
from htrkit.ui.live_state import CONFIDENCE_BINS, MOST_NOTICES, MOST_SLOWEST, Course, LiveState, Notice, SlowPage

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def heard(state: LiveState, event: Event, at: float, tally: Tally) -> LiveState:
    """Give what is known after one more event, and what the run has come to with it."""
    state = replace(state, tally=tally, heard_at=at)
    if isinstance(event, OfPage):
        return _of_page(state, event, at)
    return device_heard(state, event, at) if isinstance(event, OfProcess) else _of_run(state, event, at)


def seen(state: LiveState, glimpse: Glimpse) -> LiveState:
    """Give what is known after a glimpse."""
    return batches_seen(replace(state, glimpse=glimpse), glimpse)


def _of_page(state: LiveState, event: OfPage, at: float) -> LiveState:
    match event:
        case PageStarted():
            hand = InHand("", event.key, event.attempt, None, at)
            return replace(state, hands=_put(state.hands, event.key, hand))
        case PageDone():
            return _done(_let_go(state, event.key), event, at)
        case PageFailed():
            notice = Notice(at, event.key, event.message, failed=True)
            classes = _put(state.classes, event.failure, state.classes.get(event.failure, 0) + 1)
            failures = (notice, *state.failures)[:MOST_NOTICES]
            return replace(_let_go(state, event.key), failures=failures, classes=classes)
        case PageSkipped() | PageStruck() | PageRetried():
            return _let_go(state, event.key)
        case PageRemade():
            return state


def _done(state: LiveState, page: PageDone, at: float) -> LiveState:
    state = page_on_device(state, page, at)
    slowest = sorted((*state.slowest, SlowPage(page.seconds, page.key)), key=lambda one: -one.seconds)
    flagged = state.flagged
    if page.flags:
        flagged = (Notice(at, page.key, _flag_words(page), failed=False), *flagged)[:MOST_NOTICES]
    return replace(
        state,
        pace=state.pace.after(at, lines=page.lines),
        bins=_binned(state.bins, page.confidence),
        slowest=tuple(slowest[:MOST_SLOWEST]),
        flagged=flagged,
    )


def _flag_words(page: PageDone) -> str:
    """Give the first reason to look at the page, and how many more there are; where none is told, the codes."""
    if not page.reasons:
        return ", ".join(page.flags)
    first = page.reasons[0]
    more = f" and {len(page.reasons) - 1} more" if len(page.reasons) > 1 else ""
    return f"{first.code}: {first.message.removesuffix('.')}{more}"


def _binned(bins: tuple[int, ...], confidence: float | None) -> tuple[int, ...]:
    if confidence is None:
        return bins
    place = max(bisect_right(CONFIDENCE_BINS, confidence) - 1, 0)
    return tuple(count + (index == place) for index, count in enumerate(bins))


def _of_run(state: LiveState, event: OfRun, at: float) -> LiveState:
    match event:
        case RunStarted() | RunResumed():
            return _begun(state, at)
        case MachineSampled():
            return device_sampled(state, _sample_of(event), at)
        case MemoryShort():
            return replace(state, short_of_memory=True)
        case MemoryEnough():
            return replace(state, short_of_memory=False)
        case DeviceShort() | DeviceEnough():
            return state
        case RunPaused():
            return _turned(state, Course.PAUSED, event.reason, at)
        case RunContinued():
            return _turned(state, Course.GOING, "", at) if state.course is Course.PAUSED else state
        case RunDraining():
            return _turned(state, Course.DRAINING, event.reason, at)
        case RunEnded():
            return _turned(state, Course.ENDED, event.reason, at)


def _begun(state: LiveState, at: float) -> LiveState:
    """Begin anew where a run goes on: what its pages came to stays, the processes of then are gone."""
    new = LiveState(at, state.tally, since=at, heard_at=at, pace=Pace(at))
    return replace(
        new,
        failures=state.failures,
        flagged=state.flagged,
        classes=state.classes,
        bins=state.bins,
        slowest=state.slowest,
    )


def _sample_of(event: MachineSampled) -> MachineSample:
    return MachineSample(event.total_bytes, event.free_bytes, event.ahead_bytes, event.devices, event.processes)


def _turned(state: LiveState, course: Course, reason: str, at: float) -> LiveState:
    return replace(state, course=course, reason=reason, since=at)


def _let_go(state: LiveState, key: PageKey) -> LiveState:
    hands = {other: hand for other, hand in state.hands.items() if other != key}
    return replace(state, hands=MappingProxyType(hands))


def _put(known: Mapping[_Key, _Value], key: _Key, value: _Value) -> Mapping[_Key, _Value]:
    return MappingProxyType({**known, key: value})
