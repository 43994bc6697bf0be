"""Engines are found by name, and a mistyped one is offered its neighbour."""

from dataclasses import replace

import pytest

from htrkit.core.lookup import code_of, engine_named
from htrkit.domain.errors import UsageProblem
from htrkit.engines.catalog import CHURRO, ENGINES, KRAKEN, SERVER


def test_every_engine_of_the_table_is_found() -> None:
    assert [engine_named(row.name, ENGINES) for row in ENGINES] == list(ENGINES)


def test_a_mistyped_engine_is_offered_its_neighbour() -> None:
    with pytest.raises(UsageProblem, match=r"`kracken`.*`kraken`"):
        engine_named("kracken", ENGINES)


def test_the_table_holds_the_engines_and_sane_limits() -> None:
    assert [row.name for row in ENGINES] == ["kraken", "pylaia", "trocr", "churro", "qwen3-vl", "party", "server"]
    assert all(row.batch.least <= row.batch.default <= row.batch.most for row in ENGINES)


def test_a_server_has_what_speaks_with_it_whether_the_engine_reads_here_or_not() -> None:
    assert code_of(CHURRO, "http://gpu7/v1") == CHURRO.served
    assert code_of(replace(CHURRO, code=None), "http://gpu7/v1") == CHURRO.served
    assert code_of(SERVER, "http://gpu7/v1") == SERVER.served


def test_an_engine_that_reads_here_alone_takes_no_server_and_one_that_needs_a_server_is_given_one() -> None:
    with pytest.raises(UsageProblem, match="kraken reads here"):
        code_of(KRAKEN, "http://gpu7/v1")
    with pytest.raises(UsageProblem, match="--server http://"):
        code_of(SERVER)
