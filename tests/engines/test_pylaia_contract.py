"""PyLaia does what every engine must, in each of its forms."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder, ReadingOptions
from htrkit.engines.pylaia_lines import PylaiaLines
from htrkit.testing import CHECKS, Tried, sample_pages
from tests.fakes.language_models import write_language
from tests.fakes.polyscriptors_models import write_polyscriptors
from tests.fakes.pylaia_models import SYMBOLS, plan, write_model


def any_height(folder: Path) -> ReadingOptions:
    write_model(folder, plan())
    return ReadingOptions()


def fixed_height(folder: Path) -> ReadingOptions:
    write_model(folder, plan(sequencer="none"))
    return ReadingOptions()


def polyscriptors(folder: Path) -> ReadingOptions:
    write_polyscriptors(folder, says=(2, 3))
    return ReadingOptions()


def with_language(folder: Path) -> ReadingOptions:
    if find_spec("flashlight") is None:
        pytest.skip("needs flashlight-text: htrkit[lm]")
    write_model(folder, plan())
    write_language(folder, SYMBOLS, "abcdefghij")
    return ReadingOptions(language_model="auto")


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("form", [any_height, fixed_height, polyscriptors, with_language])
def test_it_keeps_the_contract_of_engines(
    tmp_path: Path, form: Callable[[Path], ReadingOptions], check: Callable[[Tried], None]
) -> None:
    order = LoadOrder(str(tmp_path), ModelFacts("m", "0" * 64), options=form(tmp_path))
    check(Tried(lambda: PylaiaLines(order), sample_pages()))
