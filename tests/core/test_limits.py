"""Limits follow what pages take here, and never fall on good pages."""

from collections.abc import Callable

import pytest

from htrkit.core.limits import Limits, LimitsInForce, asking_limits, cpu_limits, gpu_limits, patient
from htrkit.domain.failure import Step


def after(limits: Limits, seconds: float, pages: int, step: Step = Step.SEGMENT) -> float:
    in_force = LimitsInForce(limits)
    for _ in range(pages):
        in_force.learn(step, seconds)
    return in_force.of(step)


@pytest.mark.parametrize(
    ("seconds", "pages", "limit"),
    [(1, 0, 300), (1, 9, 300), (1, 10, 120), (11.9, 10, 120), (40, 10, 400), (40, 500, 400)],
)
def test_segmentation_on_the_cpu_has_300_s_until_ten_pages_then_ten_medians_at_least_120_s(
    seconds: float, pages: int, limit: float
) -> None:
    assert after(cpu_limits(), seconds, pages) == limit


def test_recognition_has_600_s_until_ten_pages_are_done() -> None:
    assert after(cpu_limits(), 70, 9, Step.RECOGNISE) == 600
    assert after(cpu_limits(), 70, 10, Step.RECOGNISE) == 700


def test_segmentation_on_a_gpu_has_30_s() -> None:
    assert after(gpu_limits(), 25, 50) == 30


@pytest.mark.parametrize("make", [cpu_limits, gpu_limits])
def test_a_number_of_seconds_fixes_a_limit(make: Callable[..., Limits]) -> None:
    limits = make(segment_seconds=7, page_seconds=70)

    assert after(limits, 40, 50) == 7
    assert LimitsInForce(limits).page_seconds == 70


def test_every_step_has_a_limit_and_the_steps_without_a_network_keep_theirs() -> None:
    in_force = LimitsInForce(cpu_limits())

    for step in (Step.OPEN, Step.LAYOUT, Step.RENDER, Step.WRITE):
        before = in_force.of(step)
        for _ in range(20):
            in_force.learn(step, 999)
        assert in_force.of(step) == before


def test_a_few_slow_pages_do_not_move_the_median_and_old_pages_are_forgotten() -> None:
    in_force = LimitsInForce(cpu_limits())
    for seconds in [20] * 20 + [900] * 5:
        in_force.learn(Step.SEGMENT, seconds)
    assert in_force.of(Step.SEGMENT) == 200

    for _ in range(200):
        in_force.learn(Step.SEGMENT, 50)
    assert in_force.of(Step.SEGMENT) == 500


def test_an_engine_whose_usual_page_takes_minutes_has_ten_times_as_long_for_the_first_ones() -> None:
    limits = patient(cpu_limits(), page_seconds=1_000)
    assert LimitsInForce(limits).of(Step.RECOGNISE) == 10_000
    assert LimitsInForce(limits).of(Step.SEGMENT) == LimitsInForce(cpu_limits()).of(Step.SEGMENT)


def test_a_quick_engine_has_no_longer_for_it_and_a_fixed_limit_stays() -> None:
    assert patient(cpu_limits(), page_seconds=11) == cpu_limits()
    assert patient(asking_limits(), page_seconds=1_000) == asking_limits()
