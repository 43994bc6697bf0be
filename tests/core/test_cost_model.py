"""A regression on what is known of pages, fitted to pages whose costs follow a law, and to those of real runs."""

import pytest

from htrkit.core.cost_model import SEGMENTING_SECONDS, fitted
from htrkit.core.nonnegative import nonnegative_fit
from htrkit.core.page_costs import PageCost, PageFeatures
from tests.fakes.simulated_runs import journals


def page(lines: int | None = None, megapixels: float | None = 5.0, *, to_segment: bool = False) -> PageFeatures:
    return PageFeatures(megapixels, lines, 1.0, to_segment=to_segment)


def test_coefficients_are_found_and_none_is_below_nothing() -> None:
    rows = [(1.0, float(x), float(x % 3)) for x in range(20)]
    values = [2 + 0.5 * x - 0.4 * z for _, x, z in rows]

    constant, slope, third = nonnegative_fit(rows, values, [1.0] * 20)

    assert third == 0
    assert slope == pytest.approx(0.5, abs=0.05)
    assert constant > 0


def test_a_page_costs_what_its_lines_say() -> None:
    model = fitted([PageCost(page(lines), 1 + 0.1 * lines) for lines in range(5, 60, 4)]).model

    assert model.seconds_of(page(100)) == pytest.approx(11, rel=0.02)


def test_a_page_whose_lines_nobody_knows_costs_what_most_do() -> None:
    costs = [PageCost(page(lines), 0.1 * lines) for lines in (10, 20, 30, 40, 50)]

    assert fitted(costs).model.seconds_of(page(None)) == pytest.approx(3)


def test_one_page_is_enough_to_say_something() -> None:
    fit = fitted([PageCost(page(3), 7.0)])

    assert fit.model.seconds_of(page(90)) == 7
    assert fit.checks == ()


def test_over_its_own_pages_a_model_says_in_all_what_they_cost() -> None:
    for journal in journals():
        costs = [real.cost for real in journal.pages]
        model = fitted(costs).model

        assert sum(model.seconds_of(cost.features) for cost in costs) == pytest.approx(
            sum(cost.seconds for cost in costs), rel=0.02
        )


def test_one_page_that_took_ages_bends_no_line() -> None:
    costs = [PageCost(page(lines), 0.1 * lines) for lines in range(10, 60, 2)]
    worst = PageCost(page(11), 500.0)
    model = fitted([*costs, worst]).model

    assert model.seconds_of(page(50)) / model.seconds_of(page(25)) == pytest.approx(2, rel=0.2)


def test_pages_to_segment_have_a_regression_of_their_own() -> None:
    given = [PageCost(page(lines), 0.1 * lines) for lines in range(10, 30)]
    to_segment = [PageCost(page(to_segment=True), 60.0) for _ in range(3)]
    model = fitted([*given, *to_segment]).model

    assert model.seconds_of(page(to_segment=True)) == pytest.approx(60)
    assert model.seconds_of(page(20)) == pytest.approx(2)


def test_a_kind_that_no_page_was_of_is_told_by_the_other() -> None:
    given = fitted([PageCost(page(20), 2.0)]).model
    to_segment = fitted([PageCost(page(to_segment=True), 30.0)]).model

    assert given.seconds_of(page(to_segment=True)) == 2 + SEGMENTING_SECONDS
    assert to_segment.seconds_of(page(20)) == 30 - SEGMENTING_SECONDS


def test_lines_tell_more_of_real_pages_than_their_mean_does() -> None:
    quiet = [real.cost for real in journals()[0].pages]
    mean = sum(cost.seconds for cost in quiet) / len(quiet)
    checks = fitted(quiet).checks

    error = sum(abs(check.seconds - check.expected_seconds) for check in checks)
    assert error < 0.5 * sum(abs(cost.seconds - mean) for cost in quiet)
