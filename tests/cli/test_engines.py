"""`htrkit engines` prints the one table."""

import json
import os

import pytest

from htrkit.cli.engines import engines
from htrkit.config.meanings import MEANINGS
from htrkit.core.lacking import lacking
from htrkit.devices.cards import card_count
from htrkit.domain.errors import UsageProblem
from htrkit.engines.catalog import ENGINES
from htrkit.run.package_findings import is_met

NAMES = [row.name for row in ENGINES]


def test_every_engine_has_its_row_and_says_whether_it_can_run_here(capsys: pytest.CaptureFixture[str]) -> None:
    engines(None, as_json=False)
    out = capsys.readouterr().out

    assert NAMES == ["kraken", "pylaia", "trocr", "churro", "qwen3-vl", "party", "server"]
    for row in ENGINES:
        (line,) = [line for line in out.split("\n") if line.startswith(f"{row.name} ")]
        here = not lacking(row, installed=is_met, cards=card_count(os.environ))
        assert line.endswith("yes" if here else "no")


@pytest.mark.parametrize("name", NAMES)
def test_one_engine_comes_with_its_source_licence_and_citation(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = [row for row in ENGINES if row.name == name]
    engines(name, as_json=False)
    out = capsys.readouterr().out

    assert row.licence in out
    assert row.citation in out
    assert row.source in out


def test_json_is_one_document_with_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    engines(None, as_json=True)
    document = json.loads(capsys.readouterr().out)

    assert document["schema"] == 2
    assert [engine["name"] for engine in document["engines"]] == NAMES
    assert document["engines"][0]["missing"] == []


def test_json_has_options_models_and_extras_of_each_engine(capsys: pytest.CaptureFixture[str]) -> None:
    engines("pylaia", as_json=True)
    (engine,) = json.loads(capsys.readouterr().out)["engines"]

    options = {option["setting"]: option for option in engine["options"]}
    assert options["language_model"]["flags"] == ["--language-model"]
    assert options["language_model_weight"]["default"] == "1.5"
    assert engine["models"][0]["name"] == "Teklia/pylaia-iam"
    assert engine["extras"][0]["need"]["command"] == 'pip install "htrkit[lm]"'


@pytest.mark.parametrize("name", NAMES)
def test_one_engine_comes_with_its_options_and_models(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = [row for row in ENGINES if row.name == name]
    engines(name, as_json=False)
    out = capsys.readouterr().out

    assert row.options
    assert all(MEANINGS[option] in out for option in row.options)
    assert all(model.name in out and model.address in out for model in row.models)
    assert all(extra.need.command in out for extra in row.extras)


def test_options_stand_as_they_are_typed(capsys: pytest.CaptureFixture[str]) -> None:
    engines("party", as_json=False)
    out = capsys.readouterr().out

    assert "-B, --batch-size: " in out
    assert "--set party_languages=...: " in out
    assert "(Default: off.)" in out


def test_an_engine_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UsageProblem, match="qwen3-vl"):
        engines("qwen", as_json=False)
