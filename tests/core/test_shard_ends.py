"""What all shards of a run come to, by the pages that each owns and by what each was told to fail for."""

import pytest

from htrkit.config.choices import FailOn
from htrkit.core.shard_ends import ShardEnd, whole_end
from htrkit.domain.events import RunEnded
from htrkit.domain.exits import ExitCode

FAILURE, ALARM, NEVER = FailOn.FAILURE, FailOn.ALARM, FailOn.NEVER


def ended(code: ExitCode, *, failed: int = 0, left: int = 0, reason: str = "finished") -> RunEnded:
    return RunEnded(4, 4 - failed - left, failed, 0, left, reason, int(code))


@pytest.mark.parametrize(
    ("end", "fail_on", "code"),
    [
        (ShardEnd(1, 0, 0, None), FAILURE, 4),
        (ShardEnd(1, 0, 0, None), NEVER, 0),
        (ShardEnd(0, 1, 0, None), FAILURE, 0),
        (ShardEnd(0, 1, 0, None), ALARM, 4),
        (ShardEnd(1, 0, 0, ended(ExitCode.WARNED, failed=1, left=2)), FAILURE, 4),
        (ShardEnd(0, 0, 0, ended(ExitCode.WARNED, left=2)), FAILURE, 0),
        (ShardEnd(1, 0, 0, ended(ExitCode.FAILED_PAGES, failed=1)), NEVER, 4),
        (ShardEnd(0, 0, 0, ended(ExitCode.FAILED_PAGES, failed=1)), FAILURE, 0),
        (ShardEnd(0, 1, 0, ended(ExitCode.FAILED_PAGES, failed=1)), FAILURE, 0),
        (ShardEnd(0, 1, 0, ended(ExitCode.FAILED_PAGES, failed=1)), ALARM, 4),
        (ShardEnd(0, 1, 0, ended(ExitCode.FAILED_PAGES)), FAILURE, 4),
        (ShardEnd(1, 1, 0, ended(ExitCode.DONE, failed=1)), ALARM, 0),
    ],
    ids=str,
)
def test_a_shards_pages_count_as_it_was_told_and_as_the_plan_says_where_its_end_tells_nothing(
    end: ShardEnd, fail_on: FailOn, code: int
) -> None:
    good = ShardEnd(0, 0, 0, ended(ExitCode.DONE))

    assert (whole_end([good, end], fail_on).exit_code, whole_end([end, good], fail_on).reason) == (code, "finished")


def test_those_that_stopped_early_say_why_and_the_highest_code_counts() -> None:
    warned, interrupted = (
        ended(code, left=1, reason=reason)
        for code, reason in ((ExitCode.WARNED, "warned"), (ExitCode.INTERRUPTED, "interrupted"))
    )
    end = whole_end([ShardEnd(1, 0, 1, warned), ShardEnd(0, 0, 1, interrupted), ShardEnd(0, 0, 1, warned)], FAILURE)

    assert (end.reason, end.exit_code) == ("warned, interrupted", ExitCode.WARNED)


def test_failed_pages_are_not_hidden_by_a_shard_that_read_some_of_its_pages_and_ended_well() -> None:
    partly = ShardEnd(0, 0, 1, ended(ExitCode.DONE, left=1))

    assert whole_end([partly, ShardEnd(1, 0, 0, None)], FAILURE).exit_code == ExitCode.FAILED_PAGES
