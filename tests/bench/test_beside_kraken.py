"""The command: everyone reads in turn, who fails is left out with the reason, and figures are kept as they come."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bench import beside_kraken
from bench.beside.comparing import Bench, compared, environment_of
from bench.beside.contenders import FP32, KRAKEN, Contender, Family, ours
from bench.beside.pages import copied, sources
from bench.beside.setting import CPU, Lines
from bench.beside.whole import Part
from bench.beside_kraken import Measures
from bench.simulated.gains import Gain
from tests.fakes.compared import FOUND, SPENT, failing, gain, pages_in, row, steadily, writing

STEADILY = Measures(
    commands=steadily, rows=lambda: [row(100), row(1000, 1.01)], gains=lambda: [gain(200.0, 100.0), gain(60.0, 60.0)]
)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    found = sources(pages_in(tmp_path / "in", 4))
    pages = {lines: copied(found, tmp_path / lines, lines) for lines in Lines}
    return Bench(pages, tmp_path / "work", CPU, 2, lambda _: None, steadily)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the documentation's page, with places for tables in it."""
    place = tmp_path / "speed.md"
    place.write_text("<!-- bench cpu: begin -->\n<!-- bench cpu: end -->\n")
    monkeypatch.setattr(beside_kraken, "DOCS_PAGE", place)
    monkeypatch.setattr(beside_kraken, "DOCS_FIGURES", tmp_path / "figures")
    return place


def only(monkeypatch: pytest.MonkeyPatch, contenders: Sequence[Contender]) -> None:
    monkeypatch.setattr(beside_kraken, "CONTENDERS", tuple(contenders))


def refusing(*_: object, **__: object) -> Iterator[Gain]:
    """Measure what nobody asked for."""
    raise AssertionError


def broken_off() -> Iterator[Gain]:
    """Give a case, and fail in the next."""
    yield gain(200.0, 100.0)
    raise SystemExit("7 of 160 pages done")


def test_everyone_reads_the_same_pages_in_turn(bench: Bench) -> None:
    found, left_out = compared(bench, FOUND, [writing("kraken", "arma"), writing("another", "arms")])
    assert left_out == []
    kraken, other = found.figures
    assert (kraken.contender, kraken.cer_fraction, kraken.agreement_fraction) == ("kraken", 0.0, None)
    assert (other.cer_fraction, other.agreement_fraction) == (0.25, 0.75)
    assert (kraken.seconds_per_page, kraken.start_up_seconds) == (1.0, 4.0)
    assert kraken.first_text_page == "000"


def test_who_fails_is_left_out_with_the_reason_and_the_others_go_on(bench: Bench) -> None:
    found, (left,) = compared(bench, FOUND, [failing("kraken"), writing("another", "arma")])
    assert [one.contender for one in found.figures] == ["another"]
    assert left.failed
    assert "there is no such model" in left.reason


def test_who_needs_what_this_version_lacks_is_left_out_untried(bench: Bench) -> None:
    one = ours("htrkit", needs=(("warp_factor", "9"),))
    found, (left,) = compared(bench, FOUND, [one])
    assert found.figures == ()
    assert not left.failed
    assert "--warp-factor" in left.reason


def test_pages_that_take_no_time_say_nothing(bench: Bench) -> None:
    at_once = replace(bench, measuring=lambda *_, **__: SPENT)
    _, (left,) = compared(at_once, FOUND, [writing("kraken", "arma")])
    assert "4 pages took no longer than 2" in left.reason


def test_neither_settings_nor_threads_come_in_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTRKIT_DPI", "400")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert environment_of(KRAKEN, tmp_path)["OMP_NUM_THREADS"] == "1"
    ours_ = environment_of(FP32, tmp_path)
    assert {"HTRKIT_DPI", "OMP_NUM_THREADS"}.isdisjoint(ours_)
    assert ours_["XDG_CACHE_HOME"] == str(tmp_path / "cache")


def test_the_command_prints_tables_and_writes_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(monkeypatch, [writing("kraken", "arma"), failing("another")])
    monkeypatch.setattr(beside_kraken, "PAGES", 3)
    place = tmp_path / "found.json"
    words = ["--folder", str(pages_in(tmp_path / "in", 4)), "--setup", FOUND.name, "--json", str(place)]
    assert beside_kraken.main([*words, "--device", "cpu"], measures=STEADILY) == 1
    printed = capsys.readouterr().out
    assert "**latin-medieval, lines found** (3 pages)" in printed
    assert "- another, latin-medieval, lines found: it ended with 3" in printed
    told = json.loads(place.read_text())
    assert [one["contender"] for one in told["comparisons"][0]["contenders"]] == ["kraken"]
    assert {one["what"] for one in told["not_run"] if not one["failed"]} == {
        "latin-medieval, lines given",
        "latin-modern, lines given",
        "latin-modern, lines found",
    }


def test_with_docs_the_tables_go_between_the_markers(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, [writing("kraken", "arma")])
    words = ["--folder", str(pages_in(tmp_path / "in", 3)), "--setup", FOUND.name, "--device", "cpu", "--docs"]
    assert beside_kraken.main(words, measures=STEADILY) == 0
    assert "| kraken |" in page.read_text()
    assert "Never run, for these figures: scaling, devices." in page.read_text()
    assert (tmp_path / "figures" / "bench-cpu.json").is_file()


def test_in_full_runs_that_grow_and_two_devices_follow_the_comparison(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, [writing("kraken", "arma")])
    words = ["--folder", str(pages_in(tmp_path / "in", 3)), "--setup", FOUND.name, "--device", "cpu", "--full"]
    assert beside_kraken.main(words, measures=STEADILY) == 0
    text = page.read_text()
    assert text.index("| kraken |") < text.index("| 1000 pages |") < text.index("| device |")
    told = json.loads((tmp_path / "figures" / "bench-cpu.json").read_text())
    assert [one["pages"] for one in told["scaling"]["rows"]] == [100, 1000]
    assert [bar["name"][:2] for bar in told["bars"]] == ["5."] * 5
    assert all(one["others_cpu_share"] is not None for one in told["devices"]["cases"])


def test_parts_are_measured_anew_and_the_others_stay_as_they_stand(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, [writing("kraken", "arma")])
    words = ["--folder", str(pages_in(tmp_path / "in", 3)), "--setup", FOUND.name, "--device", "cpu", "--full"]
    beside_kraken.main(words, measures=STEADILY)
    figures = tmp_path / "figures" / "bench-cpu.json"
    before, shown = json.loads(figures.read_text()), page.read_text()
    dearer = replace(STEADILY, commands=refusing, rows=lambda: [row(100), row(1000, 1.5)], gains=refusing)
    assert beside_kraken.main(["--full", "--device", "cpu", "--parts", "scaling"], measures=dearer) == 0
    after = json.loads(figures.read_text())
    assert after["scaling"]["rows"][1]["seconds_a_page"] == 1.5
    assert [key for key in before if before[key] != after[key]] == ["bars", "scaling"]
    assert page.read_text() != shown
    assert shown.partition("| kraken |")[2].partition("**As a run")[0] in page.read_text()


def test_what_was_measured_before_a_run_broke_off_is_written(page: Path, tmp_path: Path) -> None:
    broken = replace(STEADILY, gains=broken_off)
    with pytest.raises(SystemExit, match="7 of 160 pages done"):
        beside_kraken.main(["--full", "--device", "cpu", "--parts", "scaling,devices"], measures=broken)
    told = json.loads((tmp_path / "figures" / "bench-cpu.json").read_text())
    assert "scaling" in told
    assert "devices" not in told
    assert "| 1000 pages |" in page.read_text()


def test_a_json_of_something_else_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    place = tmp_path / "other.json"
    place.write_text("[]")
    with pytest.raises(SystemExit, match="no JSON of this bench"):
        beside_kraken.main(["--parts", "devices", "--json", str(place)], measures=replace(STEADILY, gains=refusing))


def test_without_full_the_comparison_alone_is_run_and_a_choice_goes_before() -> None:
    parse = beside_kraken.options().parse_args
    assert beside_kraken.parts(parse([])) == (Part.KRAKEN,)
    assert beside_kraken.parts(parse(["--full"])) == (Part.KRAKEN, Part.SCALING, Part.DEVICES)
    assert beside_kraken.parts(parse(["--full", "--parts", "devices, scaling"])) == (Part.DEVICES, Part.SCALING)


def test_an_unknown_part_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        beside_kraken.options().parse_args(["--parts", "scaling,speed"])
    assert "'speed' is not a valid Part: kraken, scaling, devices" in capsys.readouterr().err


def test_too_few_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2 pages with XML beside them are there, and 3 are needed"):
        beside_kraken.main(["--folder", str(pages_in(tmp_path / "in", 2))])


def test_a_card_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside_kraken, "visible_cards", lambda _: ("a card",))
    parse = beside_kraken.options().parse_args
    assert beside_kraken.device_of(parse([])) == "cuda:0"
    assert beside_kraken.device_of(parse(["--device", "cpu"])) == "cpu"
    monkeypatch.setattr(beside_kraken, "visible_cards", lambda _: ())
    assert beside_kraken.device_of(parse([])) == "cpu"


def test_all_comparisons_are_made_in_full_and_those_of_the_bars_otherwise() -> None:
    parse = beside_kraken.options().parse_args
    assert len(beside_kraken.setups(parse(["--full"]))) == 4
    assert len(beside_kraken.setups(parse([]))) == 3
    assert beside_kraken.setups(parse(["--setup", FOUND.name])) == [FOUND]


def test_what_nobody_asked_for_is_said() -> None:
    asked = beside_kraken.options().parse_args(["--full", "--only", "kraken"])
    told = [one.what for one in beside_kraken.unasked(asked)]
    assert "kraken" not in told
    assert "htrkit fp32" in told
    assert FP32.family is Family.HTRKIT
