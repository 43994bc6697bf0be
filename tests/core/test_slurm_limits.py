"""What a shard is asked for is enough, and is said in Slurm's steps."""

import pytest

from htrkit.core.device_plan import PARENT_BYTES
from htrkit.core.interval import Interval
from htrkit.core.limits import cpu_limits, gpu_limits
from htrkit.core.slurm_limits import (
    GIB,
    JOURNALS_BYTES_A_PAGE,
    LEAST_WARNED_SECONDS,
    MARGIN,
    MOST_WARNED_SECONDS,
    REPORT_BYTES_A_PAGE,
    START_UP_SECONDS,
    STEP_SECONDS,
    WRITING_SECONDS,
    drain_seconds,
    limit_seconds,
    memory_words,
    shard_bytes,
    warned_seconds,
)


@pytest.mark.parametrize("shards", [1, 3, 16])
def test_the_limit_is_the_upper_end_over_the_shards_with_a_margin_start_and_end(shards: int) -> None:
    whole = Interval(1000.0, 20_000.0, 40_000.0)
    limit = limit_seconds(whole, shards, drain_seconds=300)

    needed = 40_000 / shards * MARGIN + START_UP_SECONDS + 300
    assert 0 <= limit - needed < STEP_SECONDS
    assert limit % STEP_SECONDS == 0


def test_the_warning_leaves_time_for_all_steps_of_a_page_and_the_tables() -> None:
    open_layout, recognise, render_write = 120 + 120, 600, 120 + 300
    besides = open_layout + recognise + render_write + WRITING_SECONDS
    assert drain_seconds(cpu_limits()) == 300 + besides
    assert drain_seconds(gpu_limits(segment_seconds=45)) == 45 + besides
    assert drain_seconds(gpu_limits(segment_seconds=900)) == MOST_WARNED_SECONDS
    assert drain_seconds(gpu_limits(page_seconds=90.5)) == 91 + WRITING_SECONDS
    assert drain_seconds(gpu_limits(page_seconds=86_400)) == 30 + besides


@pytest.mark.parametrize(("limit", "warned"), [(None, 720), (86_400, 720), (1200, 300), (60, LEAST_WARNED_SECONDS)])
def test_a_short_job_is_not_warned_before_it_has_done_most_of_its_work(limit: int | None, warned: int) -> None:
    assert warned_seconds(720, limit) == warned


def test_a_shard_holds_plan_and_journals_while_it_works_and_the_report_at_its_end() -> None:
    worker = PARENT_BYTES + 2_500_000_000
    assert shard_bytes(worker, 0) == worker
    assert shard_bytes(worker, 10**6) == worker + 10**6 * JOURNALS_BYTES_A_PAGE
    assert shard_bytes(worker, 10**7) == PARENT_BYTES + 10**7 * REPORT_BYTES_A_PAGE


def test_memory_holds_the_run_within_its_own_limit() -> None:
    assert memory_words(round(9 * GIB), limit_share=0.9) == "10G"
    assert memory_words(round(9 * GIB) + 10, limit_share=0.9) == "11G"
    assert memory_words(1, limit_share=0.5) == "1G"
