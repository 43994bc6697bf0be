"""The engine does what every engine must; run it with `pytest` where the package is installed."""

from collections.abc import Callable

import pytest
from my_engine.reading import InkRuns

from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.testing import CHECKS, Tried, sample_pages


def loaded() -> InkRuns:
    """Load the engine, as a run would."""
    return InkRuns(LoadOrder("", ModelFacts("ink-runs", "")))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_does_what_every_engine_must(check: Callable[[Tried], None]) -> None:
    """One test a check."""
    check(Tried(loaded, sample_pages()))
