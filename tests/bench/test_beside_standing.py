"""What stands in a JSON comes back: parts that are not run again are written as they were, and shown as they were."""

import json
from pathlib import Path

import pytest

from bench.beside.bars import bars_of
from bench.beside.figures import NotRun
from bench.beside.growth_tables import whole_tables
from bench.beside.setting import MODERN, ROOT, Lines, Setup
from bench.beside.standing import Unreadable, standing, whole_document
from bench.beside.steps import BY_HAND, AloneStep, apart, together
from bench.beside.table import BEGIN, END
from bench.beside.whole import Whole
from tests.fakes.compared import alone, comparison, devices, figures, gain, outcome, row, scaling, whole

GIVEN = Setup(MODERN, Lines.GIVEN)


def all_parts() -> Whole:
    by_hand = {BY_HAND: {AloneStep.OPEN: 0.1, AloneStep.FIND: 9.0, AloneStep.FIND_NETWORK: 4.0}}
    compared = outcome(
        comparison(
            figures("kraken", seconds=12.0),
            figures("kraken API", step_seconds=by_hand),
            figures("htrkit fp32", pages_without_text=("003",), others_cpu_fraction=0.3),
            limits={"htrkit fp32": alone(network=0.75, decoding=0.125)},
        ),
        comparison(figures("htrkit bf16", step_seconds={"step_seconds": {"open": 0.5}}), setup=GIVEN),
        not_run=(NotRun("two krakens", "it ended with 3", failed=True),),
    )
    return whole(
        kraken=compared,
        kraken_bars=bars_of(compared),
        scaling=scaling(row(100), row(1000, 1.01)),
        devices=devices(gain(200.0, 104.0), gain(60.0, 60.0, case="CPU, 16 workers")),
    )


def written(found: Whole, place: Path) -> Path:
    place.write_text(json.dumps(whole_document(found)), encoding="utf-8")
    return place


def test_what_was_written_comes_back_shown_and_written_as_it_was(tmp_path: Path) -> None:
    found = all_parts()
    back = standing(written(found, tmp_path / "bench.json"))
    assert whole_tables(back) == whole_tables(found)
    assert json.loads(json.dumps(whole_document(back))) == json.loads(json.dumps(whole_document(found)))


@pytest.mark.parametrize("part", ["kraken", "scaling", "devices"])
def test_a_part_stands_by_itself(part: str, tmp_path: Path) -> None:
    everything = all_parts()
    only = whole(**{part: getattr(everything, part)})
    back = standing(written(only, tmp_path / "bench.json"))
    assert set(back.lacking) == {"kraken", "scaling", "devices"} - {part}
    assert whole_tables(back) == whole_tables(only)


def test_where_no_json_is_nothing_stands(tmp_path: Path) -> None:
    assert standing(tmp_path / "none.json") == Whole()


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"schema": 2, "bars": []}', '{"schema": 1, "bars": [{}]}'])
def test_another_json_is_refused_by_name(text: str, tmp_path: Path) -> None:
    place = tmp_path / "bench.json"
    place.write_text(text)
    with pytest.raises(Unreadable, match=r"bench\.json: no JSON of this bench: .*--json"):
        standing(place)


def test_networks_go_back_into_their_steps() -> None:
    steps = {AloneStep.OPEN: 0.5, AloneStep.FIND: 3.0, AloneStep.FIND_NETWORK: 2.0, AloneStep.READ: 1.0}
    assert together(apart(steps)) == steps


def test_the_documentation_shows_what_its_json_holds() -> None:
    text = (ROOT / "docs" / "explanation" / "speed.md").read_text(encoding="utf-8")
    shown = text.partition(BEGIN.format("cpu"))[2].partition(END.format("cpu"))[0].strip()
    assert shown == whole_tables(standing(ROOT / "docs" / "_figures" / "bench-cpu.json"))
