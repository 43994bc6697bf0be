"""Simulated devices: their law, and what the queue makes of lines as real pages have them."""

import pytest

from bench.batch_filling import LEAST_FULL, MOST_PADDING, Run
from bench.scales.rows import document, table
from bench.scales.series import middle
from bench.scaling import misses
from bench.simulated.law import Law, real_widths
from bench.simulated.runs import Took
from bench.two_devices import main as two_devices
from tests.fakes.compared import gain, row


def test_a_page_costs_what_the_law_says_at_full_batches_without_padding() -> None:
    law = Law(page_seconds=1.0, room=32)
    pages = real_widths()
    columns = sum(map(sum, pages)) / len(pages)
    full = law.batch_seconds([500.0] * 32)
    assert full * columns / (32 * 500) == pytest.approx(1.0)


def test_a_batch_that_is_not_full_costs_as_much_as_one_that_is() -> None:
    law = Law()
    assert law.batch_seconds([500.0]) == law.batch_seconds([500.0, *[10.0] * 31])


def test_pages_are_the_same_in_every_run() -> None:
    assert list(Law().widths(120)) == list(real_widths()[120 % len(real_widths())])
    assert Law(lines=7).widths(3) == Law(lines=7).widths(3)
    assert len(Law(lines=7).widths(3)) == 7


@pytest.mark.parametrize("workers", [8, 16])
def test_batches_of_a_busy_device_are_full_and_hold_little_padding(workers: int) -> None:
    run = Run(Law(room=32), 342, workers, worker_seconds=0.1 * workers).go()
    full, padding = run.shares()
    assert full >= LEAST_FULL
    assert padding <= MOST_PADDING


def test_no_page_waits_for_ever_and_every_line_is_computed_once() -> None:
    run = Run(Law(room=32), 114, 8, worker_seconds=0.1).go()
    assert sum(batch.items for batch in run.batches) == sum(map(len, real_widths()))
    assert run.longest_wait < 60


def test_a_page_that_costs_more_in_a_larger_run_misses_the_bar() -> None:
    assert list(misses([row(10, 9.0), row(100, 1.0), row(1000, 1.04)])) == []
    assert len(list(misses([row(100, 1.0), row(1000, 1.06)]))) == 2


def test_of_short_runs_the_one_of_the_middle_counts() -> None:
    runs = [Took(100, 0.0, 0.0, 0.0, cpu, 0.0, 0, 0, ()) for cpu in (3.1, 3.5, 2.8)]
    assert middle(runs).steady_cpu_seconds == 3.1
    assert middle(runs[:1]) is runs[0]


def test_memory_that_grows_or_is_too_much_misses_the_bar() -> None:
    assert len(list(misses([row(1000, 1.0, peak=2 * 10**8)]))) == 1
    assert len(list(misses([row(10, 1.0, peak=4 * 10**9)]))) == 1


def test_rows_are_shown_and_written() -> None:
    rows = [row(100, 1.0)]
    assert "100 pages" in table(rows).splitlines()[1]
    assert document(rows, {"cores": 2})["rows"][0]["seconds_a_page"] == 1.0


def test_two_devices_that_gain_too_little_fail_where_the_devices_are_waited_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bound_by_cpu = gain(60.0, 60.0, case="CPU, 16 workers")
    two_devices(["160"], measured=lambda _: [gain(200.0, 100.0), bound_by_cpu])
    assert "2.00  95% full, 7% padding, 90% full, 12% padding" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"less than 1.9 times as fast"):
        two_devices(["160"], measured=lambda _: [gain(200.0, 120.0), bound_by_cpu])
