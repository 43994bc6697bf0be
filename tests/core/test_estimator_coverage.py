"""The estimator's intervals hold, over runs whose page costs are drawn from journals of real ones."""

import pytest

from tests.fakes.simulated_runs import DRAWS, coverage, told_before, told_while


def test_before_a_run_nine_of_ten_intervals_hold() -> None:
    """Over 240 runs: `bench/estimator_coverage.py` has more, row by row."""
    told = [
        told_before(draw, seed=seed, pages=200, measured=measured, workers=4)
        for draw in DRAWS.values()
        for measured in (5, 10, 20)
        for seed in range(20)
    ]

    assert len(told) >= 200
    assert 0.85 <= coverage(told).covered <= 0.95


@pytest.mark.parametrize("draw", DRAWS)
def test_after_a_twentieth_of_the_pages_the_rest_is_foretold_within_a_tenth(draw: str) -> None:
    told = [told_while(DRAWS[draw], seed=seed, pages=800, share=0.05, workers=4) for seed in range(12)]

    assert coverage(told).median_error <= 0.1
