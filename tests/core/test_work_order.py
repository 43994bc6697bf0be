"""The order of work: early pages early, no worker alone at the end."""

from random import Random

import pytest

from htrkit.core.cost_model import fitted
from htrkit.core.work_order import makespan_seconds, order_by_cost
from htrkit.domain.names import PageKey
from tests.fakes.simulated_runs import DRAWS, beside_the_bound, keyed

KEYS = tuple(PageKey(f"{number:03d}") for number in range(100))
FLAT = dict.fromkeys(KEYS, 1.0)


def test_all_pages_are_read_once() -> None:
    predicted = {key: float(number % 7) for number, key in enumerate(KEYS)}

    assert sorted(order_by_cost(KEYS, predicted, 4)) == sorted(KEYS)


def test_the_first_pages_are_the_first_to_be_seen() -> None:
    predicted = {key: float(number) for number, key in enumerate(KEYS)}

    assert order_by_cost(KEYS, predicted, 16)[:25] == KEYS[:25]
    assert order_by_cost(KEYS, predicted, 2)[:84] == KEYS[:84]


def test_pages_of_one_cost_stay_as_they_are() -> None:
    assert order_by_cost(KEYS, FLAT, 4) == KEYS


def test_pages_that_nothing_is_known_of_stay_as_they_are() -> None:
    assert order_by_cost(KEYS, {}, 4) == KEYS


def test_one_worker_needs_no_order() -> None:
    assert order_by_cost(KEYS, {KEYS[99]: 9.0}, 1) == KEYS


def test_the_costliest_page_is_not_the_last() -> None:
    predicted = {**FLAT, KEYS[99]: 10.0}
    order = order_by_cost(KEYS, predicted, 4)

    assert makespan_seconds([predicted[key] for key in order], 4) < makespan_seconds(
        [predicted[key] for key in KEYS], 4
    )


def test_a_page_that_takes_as_long_as_half_the_run_is_begun_in_time() -> None:
    predicted = {**FLAT, KEYS[99]: 25.0}
    order = order_by_cost(KEYS, predicted, 4)

    assert makespan_seconds([predicted[key] for key in order], 4) <= 1.03 * (124 / 4)


@pytest.mark.parametrize("workers", [2, 4, 8])
@pytest.mark.parametrize("draw", DRAWS)
def test_real_pages_end_within_three_per_cent_of_the_bound(draw: str, workers: int) -> None:
    beyond = []
    for seed in range(6):
        costs = keyed(DRAWS[draw](Random(seed), 400))
        model = fitted(list(costs.values())).model
        predicted = {key: model.seconds_of(cost.features) for key, cost in costs.items()}
        came, bound = beside_the_bound(costs, predicted, workers)
        beyond.append(came / bound - 1)

    assert sorted(beyond)[3] <= 0.03


def test_nothing_takes_no_time() -> None:
    assert makespan_seconds([], 4) == 0
