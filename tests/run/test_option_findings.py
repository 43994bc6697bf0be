"""A setting that the engine has no use for is said, with the engines that have."""

import pytest

from htrkit.config.layers import Layer, resolve
from htrkit.domain.engine import EngineRow
from htrkit.domain.finding import Severity
from htrkit.engines.catalog import ENGINES, KRAKEN, PYLAIA, TROCR
from htrkit.run.option_findings import OF_ONE_ENGINE, option_findings


def said(row: EngineRow, **given: object) -> list[str]:
    found = list(option_findings(resolve([Layer("command line", given)]), row))
    assert all(one.severity is Severity.WARNING and one.mend for one in found)
    return [one.message for one in found]


def test_a_setting_of_another_engine_is_said() -> None:
    (message,) = said(KRAKEN, language_model="auto")
    assert message == "The setting language_model is given, and the engine kraken has no use for it."


def test_the_engines_that_would_listen_are_named() -> None:
    (found,) = option_findings(resolve([Layer("command line", {"adapter": "x"})]), TROCR)
    assert "churro and qwen3-vl" in found.mend


def test_its_own_settings_and_defaults_are_no_finding() -> None:
    assert said(PYLAIA, language_model="auto", language_model_weight=2.0) == []
    assert said(KRAKEN) == []


def test_every_such_setting_is_some_engines() -> None:
    assert all(any(name in row.options for row in ENGINES) for name in OF_ONE_ENGINE)


@pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)
def test_what_an_engine_listens_to_is_no_finding_of_it(row: EngineRow) -> None:
    given = {"language_model": "auto", "processor": "p", "adapter": "a", "prompt": "p", "max_new_tokens": 9}
    assert said(row, **{name: value for name, value in given.items() if name in row.options}) == []
