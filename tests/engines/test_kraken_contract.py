"""Kraken does what every engine must, with each of the starters."""

from collections.abc import Callable

import pytest

from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines.kraken_lines import KrakenLines
from htrkit.models.catalog import STARTERS, Starter
from htrkit.testing import CHECKS, Tried, sample_pages

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.name)
def test_it_keeps_the_contract_of_engines(starter: Starter, check: Callable[[Tried], None]) -> None:
    order = LoadOrder(str(starter.path), ModelFacts(starter.name, "0" * 64))
    check(Tried(lambda: KrakenLines(order), sample_pages()))
