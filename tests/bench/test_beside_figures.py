"""Start-up is taken out, CER counts what is missing, and steps add up."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.beside.figures import Read, document, figures_of
from bench.beside.machine import flags_in
from bench.beside.steps import AloneStep, PageSteps, apart, journal_steps, mean_steps, pages_in
from bench.beside.truth import Texts, agreement, errors, texts_below
from htrkit.journal.journal import Journal
from tests.fakes.compared import SPENT, alone, comparison, figures, outcome
from tests.fakes.journals import done, failed, records

TRUTH = Texts({"000": "arma virumque", "001": "cano", "002": "Troiae", "003": "qui\nprimus"})
FEW = replace(SPENT, wall_seconds=9.0, cpu_seconds=10.0)
ALL = replace(SPENT, wall_seconds=13.0, cpu_seconds=16.0)


def read(texts: Texts = TRUTH) -> Read:
    return Read("kraken", FEW, ALL, texts, {})


def test_start_up_is_what_two_pages_take_beyond_what_two_more_do() -> None:
    found = figures_of(read(), TRUTH, None)
    assert found.seconds_per_page == 2.0
    assert found.cpu_seconds_per_page == 3.0
    assert found.pages_per_minute == 30.0
    assert found.start_up_seconds == 5.0
    assert found.lines_per_second == 5 / 4 / 2


def test_a_page_without_a_text_is_wrong_altogether_and_named() -> None:
    texts = Texts({name: text for name, text in TRUTH.by_page.items() if name != "001"})
    found = figures_of(read(texts), TRUTH, None)
    assert found.pages_without_text == ("001",)
    assert found.cer_fraction == pytest.approx(4 / 33)


def test_line_ends_and_normal_forms_are_no_errors() -> None:
    assert errors(Texts({"000": "a\u0304rma\n virumque"}), Texts({"000": "\u0101rma virumque"})).errors == 0


def test_agreement_is_of_the_longer_text() -> None:
    assert agreement(Texts({"000": "arma"}), Texts({"000": "arms"})) == 0.75
    assert agreement(Texts({"000": "arm"}), Texts({"000": "arma"})) == 0.75
    assert agreement(Texts({"000": "arma"}), Texts({})) == 0.0
    assert agreement(Texts({}), Texts({})) is None
    assert figures_of(read(), TRUTH, TRUTH).agreement_fraction == 1.0


def test_texts_are_found_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "txt").mkdir()
    (tmp_path / "txt" / "000.txt").write_text("arma\n\ncano")
    texts = texts_below(tmp_path)
    assert texts.by_page == {"000": "arma\n\ncano"}
    assert texts.lines == 2


def test_a_network_is_taken_out_of_the_step_it_runs_in() -> None:
    steps = {AloneStep.OPEN: 0.5, AloneStep.FIND: 3.0, AloneStep.FIND_NETWORK: 2.0, AloneStep.READ: 1.0}
    left = apart(steps)
    assert left == {"open": 0.5, "find": 1.0, "find network": 2.0, "read": 1.0}
    assert sum(left.values()) == 4.5


def test_a_page_that_lacks_a_step_spent_nothing_in_it() -> None:
    assert mean_steps([{"open": 1.0}, {"open": 2.0, "find": 3.0}]) == {"open": 1.5, "find": 1.5}


def test_steps_come_back_from_json_as_they_were() -> None:
    steps = PageSteps("000", {"open": 1.0})
    assert pages_in(json.loads(json.dumps([steps.document()]))) == [steps]


def test_the_journal_tells_the_mean_of_each_step(tmp_path: Path) -> None:
    with Journal(tmp_path / ".htrkit" / "journal.jsonl") as journal:
        for record in records(done("a", seconds=1.0), failed("b"), done("c", seconds=2.0)):
            journal(record)
    assert journal_steps(tmp_path) == {"step_seconds": {"open": 0.25, "segment": 1.25}}


def test_without_a_journal_no_step_is_told(tmp_path: Path) -> None:
    assert journal_steps(tmp_path) == {}


def test_networks_alone_are_told_page_by_page_and_as_a_mean() -> None:
    limits = alone(network=2.0, decoding=0.5)
    assert limits.network_wall_seconds == 2.0
    assert limits.open_cpu_seconds == 0.5
    assert limits.network_cpu_of("001") == 2.0
    assert limits.network_cpu_of("no such page") == 2.0


def test_the_document_holds_everything_with_its_unit() -> None:
    held = document(outcome(comparison(figures("kraken"), limits={"htrkit fp32": alone()})), [])
    told = json.loads(json.dumps(held))
    assert told["schema"] == 1
    assert told["machine"]["cores"] == 2
    (one,) = told["comparisons"]
    assert one["contenders"][0]["cpu_seconds_per_page"] == 1.0
    assert one["contenders"][0]["spent_on_few"]["wall_seconds"] == 10.0
    assert one["networks_alone"]["htrkit fp32"]["step_cpu_seconds_per_page"]["find"] == 0.25


def test_flags_are_read_of_intel_amd_and_arm(tmp_path: Path) -> None:
    place = tmp_path / "cpuinfo"
    place.write_text("processor\t: 0\nflags\t\t: fpu avx2 amx_bf16 avx512_bf16x\n")
    assert flags_in(place) == ("avx2", "amx_bf16")
    place.write_text("processor\t: 0\nFeatures\t: fp asimd bf16\n")
    assert flags_in(place) == ("asimd", "bf16")
    assert flags_in(tmp_path / "none") == ()
