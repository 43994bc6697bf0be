"""`htrkit resume` as people type it, with Kraken's own small model and pages of one line."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from htrkit.cli.main import main
from htrkit.domain.exits import ExitCode
from htrkit.journal.lines import decode
from htrkit.models.catalog import STARTERS

pytestmark = pytest.mark.slow

QUICK = ("-s", "none", "-d", "cpu", "--threads", "1", "--workforce", "inline", "-f", "txt,page,csv")
PAGES = ("a/1", "a/2", "b/3", "b/9")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Htrkit = Callable[..., Ended]


@pytest.fixture
def htrkit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Htrkit:
    """The command line in this process and in a folder of its own, so that Kraken is imported once for all tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["htrkit", *map(str, words)])
        code: object = ExitCode.DONE
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        assert isinstance(code, int)
        return Ended(code, said.out, said.err)

    return run


def strip(path: Path, text: str) -> None:
    picture = Image.new("L", (900, 70), 235)
    ImageDraw.Draw(picture).text((20, 5), text, fill=20, font_size=46)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Three good pages in two folders, and a file that is no picture."""
    for place, text in (("a/1", "Notes of the walk"), ("a/2", "The first snow"), ("b/3", "Seven ducks")):
        strip(tmp_path / "scans" / f"{place}.png", text)
    (tmp_path / "scans" / "b" / "9.jpg").write_bytes(b"")
    return tmp_path / "scans"


def outputs(out: Path) -> dict[str, bytes]:
    """Every file that is for readers and does not tell when the run did what."""
    files = (path for path in out.rglob("*") if path.is_file() and ".htrkit" not in path.parts)
    of_a_course = {"failures.csv", "report.html"}
    return {str(path.relative_to(out)): path.read_bytes() for path in files if path.name not in of_a_course}


def cut(out: Path, after: int) -> None:
    """Leave of a run what a kill after so many pages would leave: their files, and the journal up to there."""
    journal = out / ".htrkit" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines) if b'"PageDone"' in line]
    kept = lines[: ends[after - 1] + 1]
    journal.write_bytes(b"".join(kept) + lines[len(kept)][:-5])
    promised = {file["path"] for line in kept for file in decode(line).get("files", ())}  # type: ignore[attr-defined]
    for path in outputs(out):
        if path not in promised:
            (out / path).unlink()
    (out / "failures.csv").unlink(missing_ok=True)
    (out / "txt" / ".htrkit-4242-0").write_bytes(b"half a pa")


@pytest.fixture
def undisturbed(htrkit: Htrkit, scans: Path) -> dict[str, bytes]:
    """The outputs of a run over `scans` into `out`, which is there and has come to its end."""
    assert htrkit("run", scans.name, "-o", "out", *QUICK, "-q").code == ExitCode.FAILED_PAGES
    return outputs(Path("out"))


def test_a_run_cut_after_its_first_page_comes_to_the_same_bytes(htrkit: Htrkit, undisturbed: dict[str, bytes]) -> None:
    cut(Path("out"), after=1)
    ended = htrkit("resume", "out")

    assert ended.code == ExitCode.FAILED_PAGES
    assert outputs(Path("out")) == undisturbed
    assert "3 pages left of 4" in ended.err
    assert "selected 4 = done 3 + failed 1 + skipped 0 + not run 0" in ended.err
    assert "journal.torn" in ended.err
    assert "1 unfinished file of" in ended.err
    assert Path("out/failures.csv").exists()


def test_a_run_goes_on_from_another_folder(
    htrkit: Htrkit, undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(tmp_path / "out", after=2)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    ended = htrkit("resume", "../../out")

    assert ended.code == ExitCode.FAILED_PAGES
    assert outputs(tmp_path / "out") == undisturbed


@pytest.mark.usefixtures("undisturbed")
def test_a_run_that_has_ended_says_so_and_keeps_its_exit_code(htrkit: Htrkit) -> None:
    ended = htrkit("resume", "out")

    assert ended.code == ExitCode.FAILED_PAGES
    assert "Nothing is left to do." in ended.err
    assert "`htrkit resume out --retry-failed` takes them again." in ended.err
    assert htrkit("resume", "out", "-q").err == ""


@pytest.mark.usefixtures("undisturbed")
def test_a_failed_page_is_taken_again_when_its_file_is_mended(htrkit: Htrkit, scans: Path) -> None:
    strip(scans / "b" / "9.jpg", "A ninth page")

    other = htrkit("resume", "out", "--class", "timeout")
    assert (other.code, "Nothing is left" in other.err) == (ExitCode.FAILED_PAGES, True)
    ended = htrkit("resume", "out", "--retry-failed")
    assert ended.code == ExitCode.DONE
    assert "done 4 + failed 0" in ended.err
    assert not Path("out/failures.csv").exists()
    assert Path("out/txt/b/9.txt").exists()


@pytest.mark.usefixtures("undisturbed")
def test_a_class_of_failed_pages_is_taken_again_alone(htrkit: Htrkit) -> None:
    ended = htrkit("resume", "out", "--class", "empty")

    assert ended.code == ExitCode.FAILED_PAGES
    assert "1 page left of 4" in ended.err
    assert htrkit("resume", "out", "--class", "blot").code == ExitCode.USAGE


def test_only_some_pages_are_taken_this_time(htrkit: Htrkit, undisturbed: dict[str, bytes]) -> None:
    cut(Path("out"), after=1)
    some = htrkit("resume", "out", "--pages", "3-4")
    assert some.code == ExitCode.FAILED_PAGES
    assert "selected 4 = done 2 + failed 1 + skipped 0 + not run 1" in some.err
    assert not Path("out/txt/a/2.txt").exists()
    assert htrkit("resume", "out", "--pages", "5").code == ExitCode.USAGE

    assert htrkit("resume", "out").code == ExitCode.FAILED_PAGES
    assert outputs(Path("out")) == undisturbed


@pytest.mark.usefixtures("undisturbed")
def test_failed_pages_are_taken_again_only_among_those_that_are_asked_for(htrkit: Htrkit, scans: Path) -> None:
    strip(scans / "b" / "9.jpg", "A ninth page")

    assert htrkit("resume", "out", "--retry-failed", "--pages", "1-3").code == ExitCode.FAILED_PAGES
    assert htrkit("resume", "out", "--retry-failed", "--pages", "4").code == ExitCode.DONE


@pytest.mark.usefixtures("undisturbed")
def test_added_pages_that_are_in_out_already_are_refused_skipped_or_overwritten(htrkit: Htrkit, tmp_path: Path) -> None:
    strip(tmp_path / "more" / "7.png", "A seventh page")
    mine = Path("out/txt/more/7.txt")
    mine.parent.mkdir()
    mine.write_text("mine")

    assert htrkit("resume", "out", "--add", "more").code == ExitCode.PREFLIGHT
    alone = htrkit("resume", "out", "--existing", "skip")
    assert (alone.code, "--add" in alone.err) == (ExitCode.USAGE, True)
    ended = htrkit("resume", "out", "--add", "more", "--existing", "overwrite")
    assert "done 4 + failed 1" in ended.err
    assert mine.read_text() != "mine"


def test_a_changed_model_is_refused_and_then_accepted(htrkit: Htrkit, scans: Path, tmp_path: Path) -> None:
    first, second = (starter.path for starter in STARTERS[:2])
    model = tmp_path / "mine.safetensors"
    model.write_bytes(first.read_bytes())
    htrkit("run", scans, "-o", "out", *QUICK, "-q", "-m", "mine.safetensors")
    cut(Path("out"), after=1)
    model.write_bytes(second.read_bytes())

    refused = htrkit("resume", "out")
    assert refused.code == ExitCode.HELD
    assert "model: was mine.safetensors, sha256" in refused.err
    assert "--accept-changes" in refused.err
    accepted = htrkit("resume", "out", "--accept-changes")
    assert accepted.code == ExitCode.FAILED_PAGES
    assert "done 3 + failed 1" in accepted.err
    models = [json.loads(Path(f"out/json/{key}.json").read_bytes())["reading"]["model"] for key in PAGES[:2]]
    assert models[0] != models[1]


@pytest.mark.usefixtures("undisturbed")
def test_pages_are_added_to_a_run(htrkit: Htrkit, tmp_path: Path) -> None:
    strip(tmp_path / "more" / "1.png", "Another walk")
    strip(tmp_path / "still" / "2.png", "And another")
    ended = htrkit("resume", "out", "--add", "more", "still")

    assert "Added: 2 pages." in ended.err
    assert "selected 6 = done 5 + failed 1" in ended.err
    assert Path("out/txt/more/1.txt").exists()
    assert Path("out/txt/still/2.txt").exists()
    assert b"more/1" in Path("out/pages.csv").read_bytes()
    assert b"a/1" in Path("out/pages.csv").read_bytes()
    again = htrkit("resume", "out", "--add", "more", "-v")
    assert "passed over: more/1.png: in the plan already" in again.err


@pytest.mark.usefixtures("undisturbed")
def test_environment_and_files_of_today_do_not_count_but_screens_may_be_given_anew(
    htrkit: Htrkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTRKIT_MODEL", "nowhere.mlmodel")
    cut(Path("out"), after=2)
    ended = htrkit("resume", "out", "-d", "cpu", "--threads", "2", "--progress", "json")

    events = [json.loads(line) for line in ended.err.splitlines()]
    assert events[0]["event"] == "RunResumed"
    assert (events[-1]["done"], events[-1]["failed"]) == (3, 1)


@pytest.mark.usefixtures("undisturbed")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "nowhere: holds no run"),
        (("scans",), "scans: holds no run"),
        (("out", "more"), "--add"),
        (("out", "--dpi", "400"), "--dpi"),
        (("out", "--add", "gone"), "gone: there is no such file"),
        ((), "OUT"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error_that_says_why(htrkit: Htrkit, words: tuple[str, ...], said: str) -> None:
    ended = htrkit("resume", *words)

    assert ended.code == ExitCode.USAGE
    assert said in ended.err


@pytest.mark.usefixtures("undisturbed")
def test_a_run_over_the_same_out_names_the_command_that_goes_on(htrkit: Htrkit) -> None:
    Path("out").rename("my out")
    ended = htrkit("run", "scans", "-o", "my out", *QUICK)

    assert ended.code == ExitCode.HELD
    assert "htrkit resume 'my out'" in ended.err


def test_help_names_every_option(htrkit: Htrkit) -> None:
    said = htrkit("resume", "--help").out

    for option in ("--retry-failed", "--class", "--add", "--accept-changes", "--device", "--threads", "--progress"):
        assert option in said
    for option in ("--config", "--set", "--dpi", "--model"):
        assert f"{option} " not in said
