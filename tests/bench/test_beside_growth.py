"""Bar 5 has its rows, and runs that grow and second devices have their tables, each with its day and machine."""

from dataclasses import replace

import pytest

from bench.beside.bars import Bar, Sense
from bench.beside.growth_bars import all_bars
from bench.beside.growth_tables import whole_tables
from bench.beside.others import Look, beside_others
from bench.beside.whole import Whole
from tests.fakes.compared import MACHINE, comparison, devices, figures, gain, outcome, row, scaling, whole

GIGABYTE = 10**9


def rows(found: Whole) -> dict[str, Bar]:
    return {bar.name: bar for bar in all_bars(found)}


def cells(text: str, begin: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {begin} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(("two", "holds"), [(100.0, True), (110.0, False)])
def test_two_devices_are_held_against_one_where_runs_wait_for_devices(two: float, holds: bool) -> None:
    found = whole(devices=devices(gain(200.0, two), gain(60.0, 60.0, case="CPU, 16 workers")))
    (bar,) = all_bars(found)
    assert bar.name == "5. two simulated devices beside one"
    assert (bar.figure, bar.bar, bar.holds) == (pytest.approx(200 / two), 1.9, holds)


@pytest.mark.parametrize(("cost", "holds"), [(1.04, True), (1.06, False), (0.9, True)])
def test_a_page_of_a_thousand_may_cost_a_twentieth_more_than_one_of_a_hundred(cost: float, holds: bool) -> None:
    found = rows(whole(scaling=scaling(row(10, 9.0), row(100, 1.0), row(1000, cost))))
    for what in ("seconds", "CPU seconds"):
        bar = found[f"5. {what} that one of 1,000 pages takes beyond one of 100"]
        assert (bar.figure, bar.bar, bar.holds) == (pytest.approx((cost - 1) * 100), 5.0, holds)


@pytest.mark.parametrize(("peak", "holds"), [(109, True), (112, False)])
def test_memory_of_a_thousand_pages_is_flat(peak: int, holds: bool) -> None:
    (bar,) = all_bars(whole(scaling=scaling(row(1000, peak=peak, early=100))))
    assert (bar.figure, bar.bar, bar.holds) == (pytest.approx(peak - 100), pytest.approx(10), holds)


def test_only_runs_of_rising_pages_are_held_against_each_other() -> None:
    assert all_bars(whole(scaling=scaling(row(100, series="lines"), row(1000, series="real pages")))) == []


@pytest.mark.parametrize(("held", "holds"), [(3.3, True), (3.6, False)])
def test_two_workers_in_single_precision_hold_less_than_three_and_a_half_gigabytes(held: float, holds: bool) -> None:
    fp32 = figures("htrkit fp32", together_bytes=round(held * GIGABYTE))
    (bar,) = all_bars(whole(kraken=outcome(comparison(fp32))))
    assert (bar.figure, bar.unit, bar.bar, bar.holds) == (held, "GB", 3.5, holds)


def test_memory_has_no_bar_with_other_workers_on_a_card_or_unmeasured() -> None:
    found = outcome(comparison(figures("htrkit fp32")))
    assert all_bars(whole(kraken=replace(found, machine=replace(MACHINE, cores=4)))) == []
    assert all_bars(whole(kraken=replace(found, device="cuda:0"))) == []
    assert all_bars(whole(kraken=outcome(comparison(figures("htrkit fp32", together_bytes=None))))) == []
    assert all_bars(whole(kraken=outcome(comparison(figures("htrkit bf16"))))) == []


def test_bars_stand_in_the_order_of_their_numbers() -> None:
    others = [Bar(name, 1.0, "s", Sense.AT_MOST, 2.0) for name in ("3. z", "3. a", "6. first text")]
    found = whole(kraken_bars=others, devices=devices(gain(2.0, 1.0)))
    assert [bar.name for bar in all_bars(found)] == [
        "3. z",
        "3. a",
        "5. two simulated devices beside one",
        "6. first text",
    ]


def test_each_part_has_its_tables_with_its_day_and_machine() -> None:
    run = replace(
        row(1000, 0.1234, peak=3 * 10**8, early=2 * 10**8), full_share=0.95, others_cpu_share=0.31, lines_a_page=5
    )
    compared = outcome(comparison(figures("htrkit fp32")))
    text = whole_tables(whole(kraken=compared, scaling=scaling(run), devices=devices(gain(200.0, 100.0))))
    assert text.startswith("2026-11-25: A Processor")
    grown = text[text.index("**As a run grows**") : text.index("**Two simulated devices**")]
    assert "2026-11-26: Another Processor (avx2, amx_bf16), 2 cores" in grown
    assert cells(grown, "pages | 1000 pages")[2:] == [
        "1000",
        "0.1234",
        "0.0123",
        "2.47",
        "300",
        "50.0",
        "95",
        "-",
        "31",
    ]
    second = text[text.index("**Two simulated devices**") :]
    assert "2026-11-27: A Third Processor" in second
    assert cells(second, "device")[1:] == ["160", "200.0", "100.0", "2.00", "95, 7", "90, 12", "-"]
    assert "| 5. two simulated devices beside one | 2.00 times | at least 1.9 | yes |" in text
    assert "Never run" not in text


def test_a_part_that_others_disturbed_says_so_and_no_other_does() -> None:
    disturbed = replace(gain(200.0, 110.0), others_cpu_share=0.88)
    quiet = replace(row(1000), others_cpu_share=0.04)
    text = whole_tables(whole(scaling=scaling(quiet), devices=devices(disturbed, gain(60.0, 60.0))))
    grown, _, second = text.partition("**Two simulated devices**")
    assert "Others took up to 88% of the machine meanwhile" in second
    assert "Others took" not in grown
    assert "Load before: 0." in grown


def test_what_was_never_run_is_said() -> None:
    assert whole_tables(whole()) == "Never run, for these figures: kraken, scaling, devices."
    text = whole_tables(whole(kraken=outcome(comparison(figures("htrkit fp32")))))
    assert text.endswith("Never run, for these figures: scaling, devices.")


def test_what_others_took_is_told_run_by_run() -> None:
    looks = iter(
        [
            Look(at_seconds=0.0, machine_cpu_seconds=100.0, own_cpu_seconds=10.0, cores=2),
            Look(at_seconds=10.0, machine_cpu_seconds=110.0, own_cpu_seconds=15.0, cores=2),
            Look(at_seconds=50.0, machine_cpu_seconds=200.0, own_cpu_seconds=90.0, cores=2),
            Look(at_seconds=60.0, machine_cpu_seconds=205.0, own_cpu_seconds=96.0, cores=2),
            Look(at_seconds=70.0, machine_cpu_seconds=210.0, own_cpu_seconds=99.0, cores=2),
        ]
    )
    shares = [run.others_cpu_share for run in beside_others([row(10), row(100)], lambda: next(looks))]
    assert shares == [0.25, 0.0]


def test_the_machine_is_looked_at_as_it_is() -> None:
    before = Look.now()
    after = Look.now()
    assert after.at_seconds >= before.at_seconds
    assert after.machine_cpu_seconds >= before.machine_cpu_seconds > 0
    assert after.own_cpu_seconds >= before.own_cpu_seconds > 0
