"""A cache in a folder of its own, with runs in it."""

from htrkit.core.page_costs import PageCost, PageFeatures
from htrkit.run.cost_memory import Circumstances, RunCosts

HERE = Circumstances("kraken", "a" * 64, "b" * 64, "A processor", 1)


def run_costs(run_id: str = "one", pages: int = 10, seconds: float = 2.0) -> RunCosts:
    costs = tuple(PageCost(PageFeatures(5.0, number, 1.0), seconds) for number in range(pages))
    return RunCosts(run_id, "2026-11-25T07:00:00Z", 2, 5.0, 1000.0, costs)
