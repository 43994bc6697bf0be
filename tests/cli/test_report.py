"""`htrkit report`: what it prints, where, and how it exits."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.cli.main import main
from htrkit.domain.events import RunEnded, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.files.atomic import Aside, write_unit
from tests.fakes.journals import done, failed, write_run

Htrkit = Callable[..., tuple[int, str, str]]


@pytest.fixture
def htrkit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Htrkit:
    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["htrkit", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def out(tmp_path: Path) -> Path:
    place = tmp_path / "OUT"
    files = write_unit([Aside("txt/a.txt", b"a line\n")], out=place)
    events = RunStarted("r1", 2, "f"), done("a", files=files), failed("trunc"), RunEnded(2, 1, 1, 0, 0, "finished", 4)
    return write_run(place, ["a", "trunc"], *events)


def test_a_run_with_failures_is_reported_with_exit_0(htrkit: Htrkit, out: Path) -> None:
    code, said, _ = htrkit("report", out)

    assert code == ExitCode.DONE
    assert "FAILURES 1/2" in said
    assert "in/trunc.jpg" in said


def test_a_run_that_was_cut_off_is_reported_with_exit_0(htrkit: Htrkit, tmp_path: Path) -> None:
    code, said, _ = htrkit("report", write_run(tmp_path, ["a"], RunStarted("r1", 1, "f")))

    assert code == ExitCode.DONE
    assert "htrkit resume" in said


@pytest.mark.parametrize("words", [["--json"], ["--format", "json"]])
def test_json_is_one_document_on_stdout(htrkit: Htrkit, out: Path, words: list[str]) -> None:
    code, said, _ = htrkit("report", out, *words)

    assert code == ExitCode.DONE
    assert json.loads(said)["counts"]["failed"] == 1


@pytest.mark.parametrize(("form", "start"), [("csv", "page,image,state"), ("html", "<!DOCTYPE html>")])
def test_a_report_goes_to_a_file_when_asked(htrkit: Htrkit, out: Path, tmp_path: Path, form: str, start: str) -> None:
    place = tmp_path / f"report.{form}"
    code, said, told = htrkit("report", out, "--format", form, "--output", place)

    assert (code, said) == (ExitCode.DONE, "")
    assert str(place) in told
    assert place.read_text(encoding="utf-8").startswith(start)


def test_rows_of_csv_end_as_rfc_4180_wants(htrkit: Htrkit, out: Path, tmp_path: Path) -> None:
    htrkit("report", out, "--format", "csv", "--output", tmp_path / "report.csv")

    content = (tmp_path / "report.csv").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") == 3


def test_verify_is_content_with_whole_files(htrkit: Htrkit, out: Path) -> None:
    code, said, _ = htrkit("report", out, "--verify")

    assert code == ExitCode.DONE
    assert "VERIFIED 1 promised file" in said


def test_verify_exits_4_and_names_the_changed_file(htrkit: Htrkit, out: Path) -> None:
    (out / "txt/a.txt").write_bytes(b"a lime\n")
    code, said, _ = htrkit("report", out, "--verify")

    assert code == ExitCode.FAILED_PAGES
    assert "txt/a.txt  changed" in said


def test_follow_ends_with_the_run(htrkit: Htrkit, out: Path) -> None:
    code, said, _ = htrkit("report", out, "--follow")

    assert code == ExitCode.DONE
    assert said.count("outcome") == 1


def test_follow_and_verify_look_at_the_files_when_the_run_has_ended(htrkit: Htrkit, out: Path) -> None:
    (out / "txt/a.txt").unlink()

    assert htrkit("report", out, "--follow", "--verify")[0] == ExitCode.FAILED_PAGES


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_without_a_run_is_a_usage_error(htrkit: Htrkit, tmp_path: Path, made: bool) -> None:
    place = tmp_path / "nothing"
    if made:
        place.mkdir()
    code, said, told = htrkit("report", place)

    assert (code, said) == (ExitCode.USAGE, "")
    assert str(place) in told
