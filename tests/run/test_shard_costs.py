"""What pages may cost is told from their files, and of very many from the sizes that the plan has of them."""

from pathlib import Path

import pytest

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import KRAKEN
from htrkit.run import shard_costs
from htrkit.run.input_files import Stamp, stamps_of
from htrkit.run.shard_costs import costs_of
from tests.fakes.runs import Shelf

SETTINGS = Settings()


def page(name: str, *sidecars: str) -> PageSource:
    return PageSource(PageKey(name), name, sidecars=sidecars)


def test_files_are_looked_into_where_there_are_few(tmp_path: Path) -> None:
    place = Shelf(tmp_path).scan("a/1.png")
    pages = [page(str(place)), page(str(tmp_path / "gone.png"))]
    costs = costs_of(pages, stamps_of(pages), SETTINGS, KRAKEN)

    assert all(cost > 0 for cost in costs)
    assert costs[0] >= costs[1]


def test_of_very_many_only_the_plans_sizes_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_costs, "MOST_OPENED", 2)
    monkeypatch.setattr(shard_costs, "features_of", None)
    pages = [page("small"), page("large"), page("given", "given.xml"), page("gone")]
    files = {"small": Stamp(10**6, 0), "large": Stamp(90 * 10**6, 0), "given": Stamp(10**6, 0)}
    files |= {"given.xml": Stamp(60_000, 0)}
    small, large, given, gone = costs_of(pages, {**files, "gone": None}, SETTINGS, KRAKEN)

    assert given < gone < small < large


def test_lines_that_are_not_to_be_found_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_costs, "MOST_OPENED", 0)
    whole = Settings(segmenter=Segmenter.NONE)
    (found,) = costs_of([page("a")], {"a": None}, SETTINGS, KRAKEN)
    (given,) = costs_of([page("a")], {"a": None}, whole, KRAKEN)

    assert given < found
