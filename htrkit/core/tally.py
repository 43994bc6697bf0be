"""What a run has come to so far, counted from its events and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from htrkit.config.choices import FailOn
from htrkit.domain.events import (
    Event,
    MachineSampled,
    OfMemory,
    OfProcess,
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
from htrkit.domain.exits import ExitCode


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of pages, lines and characters; `selected = done + failed + skipped + not_run` always holds."""

    selected: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    flagged: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)
    """Each flag, and how many pages carry it."""
    retried: int = 0
    """Times that a page was put back, after a death or a passing trouble."""
    blank: int = 0
    """Pages that are done and hold no lines."""
    lines: int = 0
    characters: int = 0
    weighed_confidence: float = 0.0
    weight: int = 0
    ended: RunEnded | None = None

    @property
    def not_run(self) -> int:
        """Pages that have not ended."""
        return self.selected - self.done - self.failed - self.skipped

    @property
    def confidence(self) -> float | None:
        """Mean confidence over all characters of all pages, 0 to 1; None before anything was read."""
        return self.weighed_confidence / self.weight if self.weight else None

    @property
    def identity(self) -> str:
        """The accounting in one line."""
        return (
            f"selected {self.selected} = done {self.done} + failed {self.failed} + skipped {self.skipped}"
            f" + not run {self.not_run}"
        )


def finished_with(tally: Tally, fail_on: FailOn) -> ExitCode:
    """Give the exit code of a run that came to its end."""
    match fail_on:
        case FailOn.NEVER:
            bad = 0
        case FailOn.FAILURE:
            bad = tally.failed
        case FailOn.ALARM:
            bad = tally.failed + tally.flagged
    return ExitCode.FAILED_PAGES if bad else ExitCode.DONE


def told(tally: Tally, event: Event) -> Tally:
    """Give the tally after one more event; processes come and go without counting."""
    if isinstance(event, OfProcess | OfMemory | MachineSampled):
        return tally
    match event:
        case RunStarted():
            return replace(tally, selected=event.pages)
        case RunResumed():
            return replace(tally, selected=event.pages)
        case PageStruck() | PageRetried():
            return replace(tally, retried=tally.retried + 1)
        case PageStarted() | PageRemade():
            return tally
        case RunPaused() | RunContinued() | RunDraining():
            return tally
        case PageDone():
            return _done(tally, event)
        case PageFailed():
            return replace(tally, failed=tally.failed + 1)
        case PageSkipped():
            return replace(tally, skipped=tally.skipped + 1)
        case RunEnded():
            return replace(tally, ended=event)


def _done(tally: Tally, page: PageDone) -> Tally:
    weight = page.characters if page.confidence is not None else 0
    return replace(
        tally,
        done=tally.done + 1,
        flagged=tally.flagged + bool(page.flags),
        flags={**tally.flags, **{flag: tally.flags.get(flag, 0) + 1 for flag in dict.fromkeys(page.flags)}},
        blank=tally.blank + (page.lines == 0),
        lines=tally.lines + page.lines,
        characters=tally.characters + page.characters,
        weighed_confidence=tally.weighed_confidence + weight * (page.confidence or 0.0),
        weight=tally.weight + weight,
    )
