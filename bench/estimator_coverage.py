"""How often the estimator's 90 % intervals hold, over runs whose page costs are drawn from journals of real ones.

    python bench/estimator_coverage.py [RUNS]

Before a run, from pages that are measured; while it goes on, from those that have ended. Fails where an interval holds
in less than 85 or more than 95 % of a table's runs, or where the median error after 5 % of the pages is above 10 %.
"""

import argparse
import sys
from collections.abc import Iterator
from statistics import fmean

from tests.fakes.simulated_runs import DRAWS, Coverage, coverage, told_before, told_while

RUNS = 50
PAGES = 200
PAGES_DURING = 800
WORKERS = (4,)
MEASURED = (5, 10, 20)
SHARES = (0.05, 0.2, 0.5)
COVERED = (0.85, 0.95)
MOST_ERROR = 0.1


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=RUNS)
    runs = parser.parse_args().runs
    failures: list[str] = []
    for table in (before, during):
        for line in table(runs, failures):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    sys.exit("; ".join(failures) or None)


def before(runs: int, failures: list[str]) -> Iterator[str]:
    """Estimates before a run."""
    yield f"before a run of {PAGES} pages, {runs} runs a row"
    yield f"{'costs drawn as':16}{'measured':>9}{'workers':>8}{'covered':>9}{'median error':>14}{'width':>8}"
    rows = []
    for name, draw in DRAWS.items():
        for measured in MEASURED:
            for workers in WORKERS:
                told = [
                    told_before(draw, seed=seed, pages=PAGES, measured=measured, workers=workers)
                    for seed in range(runs)
                ]
                found = coverage(told)
                rows.append(found)
                yield f"{name:16}{measured:>9}{workers:>8}{_figures(found)}"
    yield f"{'all':33}{_figures(_judged(rows, failures))}"


def during(runs: int, failures: list[str]) -> Iterator[str]:
    """Estimates while a run goes on."""
    yield f"while a run of {PAGES_DURING} pages goes on, {runs} runs a row"
    yield f"{'costs drawn as':16}{'ended':>9}{'workers':>8}{'covered':>9}{'median error':>14}{'width':>8}"
    rows = []
    for name, draw in DRAWS.items():
        for share in SHARES:
            for workers in WORKERS:
                told = [
                    told_while(draw, seed=seed, pages=PAGES_DURING, share=share, workers=workers)
                    for seed in range(runs)
                ]
                found = coverage(told)
                rows.append(found)
                if share == SHARES[0] and found.median_error > MOST_ERROR:
                    failures.append(f"{name}: after {share:.0%} the median error is {found.median_error:.1%}")
                yield f"{name:16}{share:>9.0%}{workers:>8}{_figures(found)}"
    yield f"{'all':33}{_figures(_judged(rows, failures))}"


def _figures(found: Coverage) -> str:
    return f"{found.covered:>9.1%}{found.median_error:>14.1%}{found.median_width:>8.0%}"


def _judged(rows: list[Coverage], failures: list[str]) -> Coverage:
    """Give all rows as one, and note where it is not covered as it should be."""
    found = Coverage(
        sum(row.runs for row in rows),
        fmean(row.covered for row in rows),
        fmean(row.median_error for row in rows),
        fmean(row.median_width for row in rows),
    )
    if not COVERED[0] <= found.covered <= COVERED[1]:
        failures.append(f"the intervals hold in {found.covered:.1%} of the runs")
    return found


if __name__ == "__main__":
    main()
