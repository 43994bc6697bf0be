"""What all shards of a run have come to when nobody is at work on it: why it has ended, and its exit code."""

from collections.abc import Iterable
from dataclasses import dataclass

from htrkit.config.choices import FailOn
from htrkit.core.tally import Tally, finished_with
from htrkit.domain.events import RunEnded
from htrkit.domain.exits import ExitCode


@dataclass(frozen=True, slots=True)
class ShardEnd:
    """How the pages stand that a shard owns, and the end of its last sitting."""

    failed: int
    flagged: int
    left: int
    ended: RunEnded | None
    """None for one that died, and for one that never ran."""


@dataclass(frozen=True, slots=True)
class WholeEnd:
    """The end of a run in shards."""

    reason: str
    exit_code: int


def whole_end(shards: Iterable[ShardEnd], fail_on: FailOn) -> WholeEnd:
    """Give the end of all; `fail_on` is the plan's, and a shard may have been given another.

    A shard that has pages left has stopped early, and says why. Failed pages count with whoever owns them now: those
    that a later cut has taken are nothing to the shard that they failed in.
    """
    told = list(shards)
    stopped = [one.ended for one in told if one.left and one.ended is not None]
    reasons = ", ".join(dict.fromkeys(one.reason for one in stopped))
    codes = [*(_code(one, fail_on) for one in told), *(one.exit_code for one in stopped)]
    return WholeEnd(reasons or "finished", max(codes, default=int(ExitCode.DONE)))


def _code(shard: ShardEnd, fail_on: FailOn) -> int:
    """Give the code that a shard's own pages come to; one that ended with 0 was content with them."""
    ended = shard.ended
    if ended is not None and ended.exit_code == ExitCode.DONE:
        return ended.exit_code
    if ended is not None and ended.exit_code == ExitCode.FAILED_PAGES:
        fail_on = _given(ended, fail_on)
    return finished_with(Tally(failed=shard.failed, flagged=shard.flagged), fail_on)


def _given(ended: RunEnded, fail_on: FailOn) -> FailOn:
    """Give what a shard that ended with 4 was told to fail for, as far as its end shows it."""
    if not ended.failed:
        return FailOn.ALARM
    return FailOn.FAILURE if fail_on is FailOn.NEVER else fail_on
