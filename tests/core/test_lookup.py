"""Engines are found by name, and a mistyped one is offered its neighbour."""

import pytest

from htrkit.core.lookup import engine_named
from htrkit.domain.errors import UsageProblem
from htrkit.engines.catalog import ENGINES


def test_every_engine_of_the_table_is_found() -> None:
    assert [engine_named(row.name, ENGINES) for row in ENGINES] == list(ENGINES)


def test_a_mistyped_engine_is_offered_its_neighbour() -> None:
    with pytest.raises(UsageProblem, match=r"`kracken`.*`kraken`"):
        engine_named("kracken", ENGINES)


def test_the_table_holds_the_six_engines_and_sane_limits() -> None:
    assert [row.name for row in ENGINES] == ["kraken", "pylaia", "trocr", "churro", "qwen3-vl", "party"]
    assert all(row.batch.least <= row.batch.default <= row.batch.most for row in ENGINES)
