"""Intervals that are drawn from how far off a model was."""

import pytest

from htrkit.core.cost_interval import CHUNK_PAGES, Ahead, chunked, total_interval
from htrkit.core.cost_model import Fitted, fitted
from htrkit.core.interval import Interval, within_factor
from htrkit.core.page_costs import PageCost, PageFeatures

AHEAD = [Ahead(1.0, label=number // 20) for number in range(200)]


def fit(*seconds: float) -> Fitted:
    return fitted([PageCost(PageFeatures(lines=10), one) for one in seconds])


def width(interval: Interval) -> float:
    return (interval.high - interval.low) / interval.expected


def test_what_is_expected_is_the_sum() -> None:
    found = total_interval(fit(1, 1.2, 0.8), AHEAD)

    assert found.expected == pytest.approx(200)
    assert found.low < found.expected < found.high


def test_the_same_figures_give_the_same_interval() -> None:
    assert total_interval(fit(1, 1.2, 0.8), AHEAD) == total_interval(fit(1, 1.2, 0.8), AHEAD)


def test_more_pages_behind_it_make_it_narrower() -> None:
    few, many = fit(*[0.8, 1.2] * 3), fit(*[0.8, 1.2] * 40)

    assert width(total_interval(many, AHEAD)) < 0.5 * width(total_interval(few, AHEAD))


def test_pages_that_vary_more_make_it_wider() -> None:
    calm, wild = fit(*[0.9, 1.1] * 10), fit(*[0.2, 1.8] * 10)

    assert width(total_interval(wild, AHEAD)) > 2 * width(total_interval(calm, AHEAD))


def test_volumes_that_are_off_together_make_it_wider() -> None:
    costs = fit(*[0.7] * 20, *[1.3] * 20, *[0.7] * 20, *[1.3] * 20)
    labels = [place // 20 for place in range(80)]

    assert width(total_interval(costs, AHEAD, behind=labels)) > 1.5 * width(total_interval(costs, AHEAD))


def test_one_page_behind_it_gives_a_wide_interval_and_no_error() -> None:
    assert width(total_interval(fit(1.0), AHEAD)) > 0.4


def test_a_machine_with_moods_makes_it_wider() -> None:
    calm = fit(*[0.95, 1.05] * 20)

    assert width(total_interval(calm, AHEAD, moods=(0.7, 1.0, 1.4))) > width(total_interval(calm, AHEAD)) + 0.4


def test_no_page_takes_no_time() -> None:
    assert total_interval(fit(1.0), []) == Interval(0, 0, 0)


def test_a_folder_of_many_pages_is_told_apart_in_chunks() -> None:
    assert len(set(chunked(["box"] * (2 * CHUNK_PAGES + 1)))) == 3
    assert len(set(chunked(["box", "other"] * 5))) == 2


def test_an_interval_is_scaled_and_shifted_whole() -> None:
    assert within_factor(10, 2).times(2).plus(1) == Interval(11, 21, 41)
