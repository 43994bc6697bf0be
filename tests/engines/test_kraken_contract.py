"""Kraken does what every engine must, with each of the starters."""

from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.devices.processor import brain_floats
from htrkit.domain.computing import Brain, Computing, CpuBackend
from htrkit.domain.engine import Precision
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines.kraken_lines import KrakenLines
from htrkit.models.catalog import MEDIEVAL, STARTERS, Starter
from htrkit.networks.converting import convert
from htrkit.networks.kept import FOLDER, RECOGNITION, entry_name
from htrkit.testing import CHECKS, Tried, sample_pages

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.name)
def test_it_keeps_the_contract_of_engines(starter: Starter, check: Callable[[Tried], None]) -> None:
    order = LoadOrder(str(starter.path), ModelFacts(starter.name, "0" * 64))
    check(Tried(lambda: KrakenLines(order), sample_pages()))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds a starter."""
    made = tmp_path_factory.mktemp("cache")
    convert(MEDIEVAL.path, RECOGNITION, made / FOLDER / entry_name((MEDIEVAL.path,), RECOGNITION))
    return made


@pytest.mark.parametrize("precision", [Precision.SINGLE, Precision.BRAIN])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_it_with_openvino(cache: Path, check: Callable[[Tried], None], precision: Precision) -> None:
    if precision is Precision.BRAIN and brain_floats() in {Brain.NONE, Brain.TORCH}:
        pytest.skip("OpenVINO has no bfloat16 on this CPU")
    computing = Computing(CpuBackend.OPENVINO, precision)
    facts = ModelFacts(MEDIEVAL.name, "0" * 64)
    order = LoadOrder(str(MEDIEVAL.path), facts, computing=computing, cache=str(cache))
    # In bfloat16 the last digits depend on what a line shares its batch with.
    tolerance = 0.001 if precision is Precision.SINGLE else 0.05
    check(Tried(lambda: KrakenLines(order), sample_pages(), tolerance))
