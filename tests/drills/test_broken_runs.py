"""Real runs, broken on purpose: what they leave is whole, and they say how they ended."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from htrkit.domain.exits import ExitCode
from htrkit.journal.journal import read

pytestmark = pytest.mark.slow

PAGES = 40


def started(folder: Path, out: Path, *more: str, **where: object) -> subprocess.Popen[str]:
    words = ["run", str(folder), "-o", str(out), "-s", "none", "-d", "cpu", "-f", "txt,page,csv", "--progress", "json"]
    command: Sequence[str] = [sys.executable, "-m", "htrkit", *words, *more]
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, **where
    )


def wait_for(going: subprocess.Popen[str], event: str) -> None:
    for line in going.stderr or ():
        if json.loads(line)["event"] == event:
            return
    pytest.fail(f"the run ended without {event}")


def check_whole(out: Path) -> int:
    """Every promised file is there with its size, and every file that is there is promised; give the pages done."""
    done = [line for line in read(out / ".htrkit" / "journal.jsonl") if line["event"] == "PageDone"]
    promised = {file["path"]: file["size"] for page in done for file in page["files"]}
    for path, size in promised.items():
        assert (out / path).stat().st_size == size
    for path in (out / "json").rglob("*.json"):
        json.loads(path.read_bytes())
    return len(done)


def test_an_interrupted_run_ends_with_130_and_counts_what_it_left(strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with started(strips, out) as going:
        wait_for(going, "PageDone")
        going.send_signal(signal.SIGINT)
        events = [json.loads(line) for line in going.stderr or ()]

    assert going.returncode == ExitCode.INTERRUPTED
    last = events[-2]
    assert [event["event"] for event in events[-2:]] == ["RunEnded", "Summary"]
    assert last["selected"] == PAGES == last["done"] + last["failed"] + last["skipped"] + last["not_run"]
    assert check_whole(out) == last["done"]


def test_a_killed_run_leaves_whole_files_and_a_journal_that_reads(strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with started(strips, out) as going:
        wait_for(going, "PageDone")
        going.kill()
        going.communicate()

    assert check_whole(out) >= 1


def test_an_out_that_turns_unwritable_pauses_the_run_and_fails_no_page(strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with started(strips, out) as going:
        wait_for(going, "PageDone")
        (out / "page").rename(out / "moved")
        (out / "page").write_bytes(b"in the way")
        wait_for(going, "RunPaused")
        (out / "page").unlink()
        (out / "moved").rename(out / "page")
        wait_for(going, "RunContinued")
        events = [json.loads(line) for line in going.stderr or ()]

    assert going.returncode == ExitCode.DONE
    assert events[-1]["done"] == PAGES
    assert check_whole(out) == PAGES
    assert not (out / "failures.csv").exists()


def test_a_second_run_into_one_out_is_refused_while_the_first_goes_on(strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with started(strips, out) as going:
        wait_for(going, "PageDone")
        with started(strips, out) as second:
            _, said = second.communicate()
        going.send_signal(signal.SIGINT)
        going.communicate()

    assert second.returncode == ExitCode.HELD
    assert "holds a run already" in said


def test_a_reader_of_the_screen_that_goes_away_costs_no_page(strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with started(strips, out) as going:
        wait_for(going, "PageDone")
        assert going.stderr is not None
        going.stderr.close()
        going.wait(120)

    assert going.returncode == ExitCode.DONE
    assert check_whole(out) == PAGES
