"""The tables say what was measured, on what, what disturbed it, and what was not run."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.beside.bars import Bar, Sense
from bench.beside.figures import NotRun
from bench.beside.setting import ROOT
from bench.beside.steps import BY_HAND, AloneStep
from bench.beside.table import put_between, tables
from tests.fakes.compared import MACHINE, alone, comparison, figures, outcome


def cells(text: str, name: str) -> list[str]:
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_a_contender_has_a_row_and_the_limit_another() -> None:
    text = tables(outcome(comparison(figures("htrkit fp32", seconds=2.0), limits={"htrkit fp32": alone()})), [])
    row = ["30.0", "2.00", "20.0", "1.00", "4.0", "5.0", "1.00", "2.00", "10.00", "-"]
    assert cells(text.replace("step by step", "")[: text.index("CPU seconds a page, step")], "htrkit fp32")[1:] == row
    assert cells(text, "networks alone, htrkit fp32")[1:5] == ["120.0", "0.50", "-", "1.00"]


def test_steps_and_all_else_add_up_to_the_runs_cpu() -> None:
    text = tables(outcome(comparison(figures("htrkit fp32", cpu=2.0), limits={"htrkit fp32": alone()})), [])
    steps = text[text.index("CPU seconds a page, step") :]
    assert cells(steps, "contender")[1:] == [
        "decode",
        "segmentation network",
        "find lines, but for it",
        "cut and decode lines",
        "all else",
    ]
    assert cells(steps, "htrkit fp32")[1:] == ["0.00", "1.00", "0.25", "0.12", "0.62"]


def test_krakens_steps_stand_beside_ours() -> None:
    by_hand = {BY_HAND: {AloneStep.OPEN: 0.1, AloneStep.FIND: 9.0, AloneStep.FIND_NETWORK: 4.0}}
    text = tables(outcome(comparison(figures("kraken API", cpu=10.0, step_seconds=by_hand))), [])
    assert cells(text[text.index("step by step") :], "kraken API")[1:] == ["0.10", "4.00", "5.00", "0.90"]


def test_the_runs_own_journal_has_a_table() -> None:
    told = {"step_seconds": {"open": 0.125, "segment": 2.0}}
    text = tables(outcome(comparison(figures("htrkit fp32", step_seconds=told))), [])
    assert cells(text[text.index("`step_seconds`") :], "htrkit fp32") == ["htrkit fp32", "0.12", "2.00"]


def test_how_busy_the_device_was_is_told_on_a_card_only() -> None:
    busy = comparison(figures("htrkit fp32", device_busy_fraction=0.914))
    assert "device busy" not in tables(outcome(busy), [])
    card = replace(outcome(busy, device="cuda:0"), machine=replace(MACHINE, card="NVIDIA L40S", card_driver="570.1"))
    text = tables(card, [])
    assert cells(text, "htrkit fp32")[-1] == "91"
    assert "NVIDIA L40S, driver 570.1; A Processor" in text


def test_bars_say_figure_bar_and_whether_it_holds() -> None:
    bars = [Bar("1. whole pages", 6.5, "times", Sense.AT_LEAST, 6), Bar("3. CPU", 0.75, "s", Sense.AT_MOST, 0.5)]
    text = tables(outcome(), bars)
    assert cells(text, "1. whole pages")[1:] == ["6.50 times", "at least 6", "yes"]
    assert cells(text, "3. CPU")[1:] == ["0.75 s", "at most 0.5", "**no**"]


def test_what_disturbed_and_what_is_missing_is_said() -> None:
    spoilt = figures("kraken", others_cpu_fraction=0.31, pages_without_text=("000", "001"))
    left_out = NotRun("a", "nobody asked for it"), NotRun("bf16", "it ended"), NotRun("b", "nobody asked for it")
    text = tables(outcome(comparison(spoilt), not_run=left_out), [])
    assert "While kraken ran, others took 31% of the machine." in text
    assert "kraken wrote nothing of 2 pages; they count as wrong altogether." in text
    assert text.endswith("Not run:\n\n- a; b: nobody asked for it\n- bf16: it ended")
    assert "others took" not in tables(outcome(comparison(figures("kraken"))), [])


def test_the_machine_and_the_software_are_described() -> None:
    text = tables(outcome(), [])
    assert "A Processor (avx2, amx_bf16), 2 cores, 8 GiB" in text
    assert "htrkit 0.1.0, kraken 7.1.1" in text
    assert "8 pages of demo with 346 lines" in text


def test_only_what_stands_between_the_markers_of_a_name_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text("a\n<!-- bench cpu: begin -->\nold\n<!-- bench cpu: end -->\nb\n")
    for text in ("one", "two"):
        put_between(page, "cpu", text)
    assert page.read_text() == "a\n<!-- bench cpu: begin -->\n\ntwo\n\n<!-- bench cpu: end -->\nb\n"


def test_a_page_without_the_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text("a\n")
    with pytest.raises(ValueError, match="no <!-- bench gpu: begin -->"):
        put_between(page, "gpu", "one")
    assert page.read_text() == "a\n"


def test_the_documentation_has_a_place_for_both() -> None:
    text = (ROOT / "docs" / "explanation" / "speed.md").read_text()
    for kind in ("cpu", "gpu"):
        assert f"<!-- bench {kind}: begin -->" in text
        assert f"<!-- bench {kind}: end -->" in text
