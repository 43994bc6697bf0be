"""`htrkit engines` prints the one table."""

import json

import pytest

from htrkit.cli.engines import engines
from htrkit.domain.errors import UsageProblem
from htrkit.engines.catalog import ENGINES

NAMES = [row.name for row in ENGINES]


def test_all_six_have_their_row_and_those_not_built_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    engines(None, as_json=False)
    out = capsys.readouterr().out

    assert NAMES == ["kraken", "pylaia", "trocr", "churro", "qwen3-vl", "party"]
    for row in ENGINES:
        (line,) = [line for line in out.split("\n") if line.startswith(f"{row.name} ")]
        assert line.endswith("yes" if row.code else "no")
    assert "trocr: not built yet" in out


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

    assert document["schema"] == 1
    assert [engine["name"] for engine in document["engines"]] == NAMES
    assert document["engines"][0]["missing"] == []


def test_an_engine_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UsageProblem, match="qwen3-vl"):
        engines("qwen", as_json=False)
