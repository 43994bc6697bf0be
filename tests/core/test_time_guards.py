"""A slow engine on many pages is told in hours, and confirmed."""

from dataclasses import replace

import pytest

from htrkit.core.guarded import Guard
from htrkit.domain.finding import Severity
from htrkit.engines.catalog import CHURRO, KRAKEN, PARTY, PYLAIA, QWEN3_VL, TROCR
from tests.fakes.set_ups import card, cpu, found, only, set_up


def test_a_slow_engine_on_a_large_batch_is_told_in_hours_and_confirmed() -> None:
    long = set_up(QWEN3_VL, pages=1000)
    finding = only(long, Guard.CONFIRM)

    assert (finding.severity, "--yes" in finding.mend) == (Severity.BLOCKER, True)
    assert "1,000 pages take about 25.0 hours on 1 GPU (published" in finding.message
    assert only(replace(long, can_ask=True), Guard.CONFIRM).severity is Severity.WARNING
    assert found(set_up(QWEN3_VL, pages=1000, yes=True), Guard.CONFIRM) == []
    assert only(set_up(QWEN3_VL, pages=1000, yes=True), Guard.LONG_RUN).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("pages", "code"), [(20, None), (21, Guard.LONG_RUN), (80, Guard.LONG_RUN), (81, Guard.CONFIRM)]
)
def test_half_an_hour_is_nothing_and_two_hours_are_confirmed(pages: int, code: Guard | None) -> None:
    findings = found(set_up(QWEN3_VL, pages=pages), Guard.LONG_RUN, Guard.CONFIRM)
    assert [one.code for one in findings] == ([] if code is None else [code])


def test_days_are_told_as_days() -> None:
    assert "12.5 days (300 hours)" in only(set_up(QWEN3_VL, pages=12_000), Guard.CONFIRM).message


def test_quick_engines_may_read_as_many_pages_as_there_are() -> None:
    for row in (KRAKEN, PYLAIA, TROCR, CHURRO, PARTY):
        assert found(set_up(row, pages=100_000), Guard.LONG_RUN, Guard.CONFIRM) == []


def test_on_the_cpu_pages_are_shared_among_its_cores() -> None:
    assert "5.8 hours on 2 cores" in only(set_up(TROCR, cpu(), pages=400), Guard.CONFIRM).message
    assert found(set_up(TROCR, cpu(cores=16), pages=400), Guard.CONFIRM) == []
    assert found(set_up(KRAKEN, cpu(), pages=100_000), Guard.LONG_RUN, Guard.CONFIRM) == []


@pytest.mark.parametrize(("seconds", "slow"), [(29.9, False), (30, True)])
def test_an_engine_is_slow_that_takes_half_a_minute_for_a_page(seconds: float, slow: bool) -> None:
    on_cpu = replace(KRAKEN, cpu_page=replace(KRAKEN.cpu_page, seconds=seconds))
    on_card = replace(PARTY, speed=replace(PARTY.speed, one_card=seconds * 100 / 60))
    assert bool(found(set_up(on_cpu, cpu(), pages=9999), Guard.CONFIRM)) is slow
    assert bool(found(set_up(on_card, pages=9999), Guard.CONFIRM)) is slow


def test_a_cpu_whose_cores_nobody_tells_is_taken_for_one() -> None:
    assert "on 1 core:" in only(set_up(TROCR, replace(cpu(), cores=None), pages=100), Guard.CONFIRM).message


def test_two_cards_are_told_as_such() -> None:
    slow = replace(CHURRO, speed=replace(CHURRO.speed, one_card=100, two_cards=60, two_cards_per_1000=600))
    assert "10.0 hours on 2 GPUs" in only(set_up(slow, card(), card(1), pages=1000), Guard.CONFIRM).message


def test_pages_that_could_not_be_listed_take_no_time() -> None:
    assert found(replace(set_up(QWEN3_VL), pages=None), Guard.LONG_RUN, Guard.CONFIRM) == []
