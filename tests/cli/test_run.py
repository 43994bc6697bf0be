"""The whole way on small pictures of one line each: run, export, evaluate, and what is said of it."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from htrkit.cli.main import main
from htrkit.domain.exits import ExitCode
from htrkit.journal.journal import read

pytestmark = pytest.mark.slow

LINES = ("Notes of the walk", "The first snow lies", "Counted seven ducks")
QUICK = ("-s", "none", "-d", "cpu", "--threads", "1", "--workforce", "inline")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Htrkit = Callable[..., Ended]


@pytest.fixture
def htrkit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Htrkit:
    """The command line in this process, so that Kraken is imported once for all tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["htrkit", *map(str, words)])
        code: Sequence[object] | object = ExitCode.DONE
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return Ended(int(code or 0), said.out, said.err)  # type: ignore[call-overload]  # our codes are numbers

    return run


@pytest.fixture(scope="session")
def strips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three good pages in two folders, their texts as truth, and a file that is no picture."""
    folder = tmp_path_factory.mktemp("strips")
    for number, text in enumerate(LINES, 1):
        strip = Image.new("L", (900, 70), 235)
        ImageDraw.Draw(strip).text((20, 5), text, fill=20, font_size=46)
        place = folder / "scans" / ("a" if number < 3 else "b") / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        strip.save(place)
        truth = folder / "truth" / place.parent.name / f"{number}.txt"
        truth.parent.mkdir(parents=True, exist_ok=True)
        truth.write_text(text + "\n", encoding="utf-8")
    (folder / "scans" / "b" / "9.jpg").write_bytes(b"")
    return folder


@pytest.fixture
def good(strips: Path) -> Path:
    return strips / "scans" / "a"


def test_a_run_reads_every_page_names_the_broken_one_and_its_counts_add_up(
    htrkit: Htrkit, strips: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ended = htrkit("run", strips / "scans", "-o", out, *QUICK, "-f", "txt,page,alto,hocr,csv")

    assert ended.code == ExitCode.FAILED_PAGES
    assert ended.out == ""
    assert "selected 4 = done 3 + failed 1 + skipped 0 + not run 0" in ended.err
    assert "`latin-modern` is taken" in ended.err
    assert "latin-medieval" in ended.err
    for folder, suffix in (("txt", "txt"), ("page", "xml"), ("alto", "xml"), ("hocr", "html"), ("json", "json")):
        found = sorted(str(path.relative_to(out / folder)) for path in (out / folder).rglob("*") if path.is_file())
        assert found == [f"a/1.{suffix}", f"a/2.{suffix}", f"b/3.{suffix}"]
    with (out / "failures.csv").open(encoding="utf-8", newline="") as file:
        (failure,) = csv.DictReader(file)
    assert list(failure) == ["image", "error", "timestamp", "stage", "class", "attempts"]
    assert (failure["class"], failure["stage"], failure["attempts"]) == ("empty", "open", "1")
    assert failure["image"].endswith("scans/b/9.jpg")
    with (out / "pages.csv").open(encoding="utf-8", newline="") as file:
        assert [row["page"] for row in csv.DictReader(file)] == ["a/1", "a/2", "b/3"]
    plan = json.loads((out / ".htrkit" / "run.json").read_bytes())
    assert plan["settings"]["segmenter"] == {"value": "none", "origin": "command line"}
    assert len(plan["fingerprint"]) == 64


def test_a_good_run_ends_with_0_and_leaves_no_table_of_failures(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    ended = htrkit("run", good, "-o", tmp_path / "out", *QUICK, "--progress", "none")

    assert ended.code == ExitCode.DONE
    assert not (tmp_path / "out" / "failures.csv").exists()
    assert ended.err.count("\n") <= 6


def test_events_for_programs_are_all_that_is_on_stderr(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    ended = htrkit("run", good, "-o", tmp_path / "out", *QUICK, "--progress", "json")

    events = [json.loads(line) for line in ended.err.splitlines()]
    pages = ["PageStarted", "PageDone"] * 2
    assert [event["event"] for event in events] == ["RunStarted", *pages, "RunEnded", "Summary"]
    assert {event["schema"] for event in events} == {1}
    assert events[-1]["done"] == 2


def test_quiet_says_nothing_that_is_no_error(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    assert htrkit("run", good, "-o", tmp_path / "out", *QUICK, "-q") == Ended(0, "", "")
    assert "finished; exit code 0" in (tmp_path / "out" / "report.html").read_text()


def test_an_out_that_holds_a_run_is_refused(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    htrkit("run", good, "-o", tmp_path / "out", *QUICK, "-q")
    ended = htrkit("run", good, "-o", tmp_path / "out", *QUICK)

    assert ended.code == ExitCode.HELD
    assert "holds a run already" in ended.err


def test_files_that_nobody_promised_are_kept_unless_told(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    mine = tmp_path / "out" / "txt" / "1.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")

    refused = htrkit("run", good, "-o", tmp_path / "out", *QUICK)
    assert (refused.code, mine.read_text(encoding="utf-8")) == (ExitCode.PREFLIGHT, "mine")
    skipped = htrkit("run", good, "-o", tmp_path / "out", *QUICK, "--existing", "skip")
    assert skipped.code == ExitCode.DONE
    assert "done 1 + failed 0 + skipped 1" in skipped.err
    assert mine.read_text(encoding="utf-8") == "mine"


def test_abort_stops_at_the_first_failed_page(htrkit: Htrkit, strips: Path, tmp_path: Path) -> None:
    ended = htrkit(
        "run", strips / "scans" / "b", "-o", tmp_path / "out", *QUICK, "--pages", "2,1", "--on-error", "abort"
    )

    assert ended.code == ExitCode.STOPPED_EARLY
    assert "failed 1" in ended.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-e", "krakn"], ExitCode.USAGE, "kraken"),
        (["-e", "trocr"], ExitCode.PREFLIGHT, "no model of its own"),
        (["-m", "nowhere.mlmodel"], ExitCode.PREFLIGHT, "nowhere.mlmodel"),
        (["--segmenter-model", "nowhere"], ExitCode.PREFLIGHT, "nowhere"),
        (["--set", "dip=3"], ExitCode.USAGE, "dpi"),
        (["--dpi", "5"], ExitCode.USAGE, "dpi"),
        (["-f", "docx"], ExitCode.USAGE, "formats"),
        (["-d", "cuda:7"], ExitCode.PREFLIGHT, "cuda:7"),
        (["--pages", "99"], ExitCode.USAGE, "99"),
        (["-c", "none.toml"], ExitCode.USAGE, "none.toml"),
    ],
)
def test_what_cannot_end_well_is_refused_before_anything_is_written(
    htrkit: Htrkit, good: Path, tmp_path: Path, words: list[str], code: ExitCode, said: str
) -> None:
    ended = htrkit("run", good, "-o", tmp_path / "out", "-s", "none", *words)

    assert ended.code == code
    assert said in ended.err
    assert ended.err.startswith(("error:", "note:"))
    assert not (tmp_path / "out" / "json").exists()


def test_no_page_is_a_refusal(htrkit: Htrkit, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    ended = htrkit("run", tmp_path / "scans", "-o", tmp_path / "out")

    assert ended.code == ExitCode.PREFLIGHT
    assert "No page" in ended.err


def test_a_file_that_is_no_model_is_refused_by_name(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.safetensors").write_bytes(b"x" * 100)
    ended = htrkit("run", good, "-o", tmp_path / "out", "-m", tmp_path / "odd.safetensors", *QUICK)

    assert ended.code == ExitCode.PREFLIGHT
    assert "odd.safetensors" in ended.err


def test_paths_come_from_stdin_and_from_lists(good: Path, tmp_path: Path) -> None:
    names = "\n".join(str(path) for path in sorted(good.iterdir()))
    (tmp_path / "list.txt").write_text(names, encoding="utf-8")
    command = [sys.executable, "-m", "htrkit", "run", "-o", str(tmp_path / "out"), *QUICK, "--progress", "none"]

    piped = subprocess.run([*command, "-"], input=names, capture_output=True, text=True, check=False)
    listed = subprocess.run(
        [*command[:5], str(tmp_path / "out2"), *command[6:], f"@{tmp_path / 'list.txt'}"],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C"},
    )  # fmt: skip

    assert (piped.returncode, listed.returncode) == (0, 0), piped.stderr + listed.stderr
    assert sorted(path.name for path in (tmp_path / "out" / "txt").iterdir()) == ["1.txt", "2.txt"]
    assert sorted(path.name for path in (tmp_path / "out2" / "txt").iterdir()) == ["1.txt", "2.txt"]


def test_formats_are_made_again_and_joined_without_a_device(htrkit: Htrkit, strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    htrkit("run", strips / "scans", "-o", out, *QUICK, "-q", "-f", "txt")
    once = (out / "txt/a/1.txt").read_bytes()
    (out / "txt/a/1.txt").unlink()
    ended = htrkit("export", out, "-f", "txt,alto,csv", "--join", "folder")

    assert ended.code == ExitCode.DONE
    assert (out / "txt/a/1.txt").read_bytes() == once
    assert len(list((out / "alto").rglob("*.xml"))) == 3
    assert (out / "lines.csv").read_bytes().count(b"\r\n") == 4
    assert (out / "joined/a.txt").read_text(encoding="utf-8").count("\n") == 3
    assert (out / "joined/b.txt").exists()


def test_export_says_what_it_lacks(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    nothing = htrkit("export", tmp_path, "-f", "txt")
    gone = htrkit("export", tmp_path / "gone", "-f", "txt")
    htrkit("run", good, "-o", tmp_path / "out", *QUICK, "-q")
    formats = htrkit("export", tmp_path / "out")
    (tmp_path / "out/json/1.json").write_bytes(b"{}")
    damaged = htrkit("export", tmp_path / "out", "-f", "txt")

    assert [nothing.code, gone.code, formats.code, damaged.code] == [
        ExitCode.USAGE,
        ExitCode.USAGE,
        ExitCode.USAGE,
        ExitCode.FAILED_PAGES,
    ]
    assert "holds no run" in nothing.err
    assert "no such folder" in gone.err
    assert "No format" in formats.err
    assert "json/1.json" in damaged.err


def test_evaluate_measures_pages_folders_and_all(htrkit: Htrkit, strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    htrkit("run", strips / "scans", "-o", out, *QUICK, "-q")
    told = htrkit("evaluate", out, "--truth", strips / "truth")
    ended = htrkit("evaluate", out, "--truth", strips / "truth", "--json")
    document = json.loads(ended.out)

    assert (told.code, ended.code) == (0, 0)
    assert "normal form nfc" in told.out
    assert document["schema"] == 1
    assert [page["key"] for page in document["pages"]] == ["a/1", "a/2", "b/3"]
    assert [folder["folder"] for folder in document["folders"]] == ["a", "b"]
    assert document["unread"] == ["b/9"]
    assert document["cer"] == document["character_errors"] / document["characters"]
    assert document["characters"] == sum(len(line) for line in LINES)
    assert 0 <= document["cer"] < 0.2


def test_evaluate_writes_to_a_file_and_names_what_has_no_truth(htrkit: Htrkit, strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    htrkit("run", strips / "scans" / "a", "-o", out, *QUICK, "-q")
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "1.txt").write_text("", encoding="utf-8")
    ended = htrkit("evaluate", out, "--truth", tmp_path / "truth", "--json", "--output", tmp_path / "cer.json")
    document = json.loads((tmp_path / "cer.json").read_bytes())

    assert (ended.code, ended.out) == (0, "")
    assert document["pages"][0]["cer"] is None
    assert document["cer"] is None
    assert document["character_errors"] > 0
    assert document["without_truth"] == ["2"]
    none = htrkit("evaluate", out, "--truth", strips / "scans")
    assert none.code == ExitCode.USAGE


def test_validate_names_every_trouble_and_writes_nothing(htrkit: Htrkit, strips: Path, tmp_path: Path) -> None:
    before = sorted(strips.rglob("*"))
    ended = htrkit("validate", strips / "scans", "-o", tmp_path / "out", *QUICK)

    assert ended.code == ExitCode.DONE
    assert "b/9.jpg: is an empty file" in ended.err
    assert "4 pages found" in ended.err
    assert "a/1: 1 line" in ended.out
    assert not (tmp_path / "out").exists()
    assert sorted(strips.rglob("*")) == before


def test_validate_for_programs_is_one_document(htrkit: Htrkit, strips: Path) -> None:
    ended = htrkit("validate", strips / "scans", *QUICK, "--json", "--no-try-page")
    document = json.loads(ended.out)

    assert (document["schema"], document["pages"]) == (1, 4)
    assert {"code", "severity", "message", "mend"} <= set(document["findings"][0])
    assert "page-empty" in [finding["code"] for finding in document["findings"]]


def test_strict_makes_warnings_block(htrkit: Htrkit, strips: Path) -> None:
    assert htrkit("validate", strips / "scans", *QUICK, "--strict", "--no-try-page").code == ExitCode.PREFLIGHT


def test_strict_blocks_where_the_trial_page_fails_though_its_head_is_good(htrkit: Htrkit, tmp_path: Path) -> None:
    Image.effect_noise((400, 60), 90).save(tmp_path / "1.bmp")
    (tmp_path / "1.bmp").write_bytes((tmp_path / "1.bmp").read_bytes()[:9000])

    assert htrkit("validate", tmp_path / "1.bmp", *QUICK).code == ExitCode.DONE
    strict = htrkit("validate", tmp_path / "1.bmp", *QUICK, "--strict")
    assert (strict.code, "trial page failed" in strict.err) == (ExitCode.PREFLIGHT, True)
    document = htrkit("validate", tmp_path / "1.bmp", *QUICK, "--strict", "--json")
    assert document.code == ExitCode.PREFLIGHT
    assert [one["code"] for one in json.loads(document.out)["findings"]][-1] == "trial"
    assert htrkit("validate", tmp_path / "1.bmp", *QUICK, "--strict", "--no-try-page").code == ExitCode.DONE


def test_strict_lets_a_good_page_pass_and_shows_its_text(htrkit: Htrkit, strips: Path) -> None:
    ended = htrkit("validate", strips / "scans" / "a", *QUICK, "--strict")

    assert (ended.code, "1: 1 line" in ended.out) == (ExitCode.DONE, True)


def test_deep_finds_what_a_look_does_not(htrkit: Htrkit, tmp_path: Path) -> None:
    whole = Image.effect_noise((400, 60), 90)
    whole.save(tmp_path / "1.bmp")
    (tmp_path / "1.bmp").write_bytes((tmp_path / "1.bmp").read_bytes()[:9000])

    assert "page-broken" not in htrkit("validate", tmp_path / "1.bmp", "--json", "--no-try-page", *QUICK).out
    assert "page-broken" in htrkit("validate", tmp_path / "1.bmp", "--json", "--no-try-page", "--deep", *QUICK).out


def test_validate_gathers_blockers_instead_of_stopping_at_the_first(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / ".htrkit").mkdir(parents=True)
    (tmp_path / "out" / ".htrkit" / "run.json").write_bytes(b"{}")
    ended = htrkit("validate", good, "-o", tmp_path / "out", "-m", "gone", "-d", "cuda:9", "--json")
    blockers = [one["code"] for one in json.loads(ended.out)["findings"] if one["severity"] == "blocker"]

    assert blockers == ["model", "device", "out"]
    assert ended.code == ExitCode.PREFLIGHT


def test_another_trial_page_and_one_that_is_not_there(htrkit: Htrkit, strips: Path) -> None:
    assert "b/3: 1 line" in htrkit("validate", strips / "scans", *QUICK, "--try-page", "3").out
    assert htrkit("validate", strips / "scans", *QUICK, "--try-page", "77").code == ExitCode.USAGE
    failing = htrkit("validate", strips / "scans", *QUICK, "--try-page", "4")
    assert "trial page failed" in failing.err


def test_a_dry_run_validates(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    ended = htrkit("run", good, "-o", tmp_path / "out", *QUICK, "--dry-run")

    assert ended.code == ExitCode.DONE
    assert "2 pages found" in ended.err
    assert not (tmp_path / "out").exists()


def test_settings_come_from_file_environment_and_command_line(
    htrkit: Htrkit, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("dpi = 200\nsample = 1\n", encoding="utf-8")
    monkeypatch.setenv("HTRKIT_SAMPLE", "2")
    ended = htrkit("validate", good, "-c", tmp_path / "mine.toml", "--set", "dpi=400", "--show-config", "--json")
    settings = json.loads(ended.out)["settings"]

    assert settings["dpi"] == {"value": 400, "origin": "command line"}
    assert settings["sample"] == {"value": 2, "origin": "environment"}
    assert settings["engine"] == {"value": "kraken", "origin": "default"}
    assert "environment" in htrkit("validate", good, "--show-config").out


def test_pages_of_a_pdf_are_written_as_images_that_the_xml_names(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    pages = [Image.open(path).convert("L") for path in sorted(good.iterdir())]
    pages[0].save(tmp_path / "vol.pdf", save_all=True, append_images=pages[1:], resolution=300)
    pages[0].save(tmp_path / "one.pdf", resolution=300)
    inputs = (tmp_path / "vol.pdf", tmp_path / "one.pdf")
    ended = htrkit("run", *inputs, "-o", tmp_path / "out", *QUICK, "--write-images", "-f", "page")

    assert ended.code == ExitCode.DONE, ended.err
    for name in ("vol.p0001", "vol.p0002", "one"):
        assert (tmp_path / "out" / "images" / f"{name}.png").exists()
        xml = (tmp_path / "out" / "page" / f"{name}.xml").read_text(encoding="utf-8")
        assert f'imageFilename="{name}.png"' in xml


def test_the_journal_promises_what_is_there(htrkit: Htrkit, good: Path, tmp_path: Path) -> None:
    htrkit("run", good, "-o", tmp_path / "out", *QUICK, "-q")
    events = list(read(tmp_path / "out" / ".htrkit" / "journal.jsonl"))

    assert [event["event"] for event in events][-1] == "RunEnded"
    for event in events:
        for file in event.get("files", ()):  # type: ignore[attr-defined]  # JSON
            assert (tmp_path / "out" / file["path"]).stat().st_size == file["size"]
