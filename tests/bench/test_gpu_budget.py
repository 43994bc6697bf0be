"""Each check has a process and a time of its own; one that hangs, dies or raises is told, and the others go on."""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from bench.gpu.budget import Budget
from bench.gpu.catalog import CHECKS, Check, Sees
from bench.gpu.one import made
from bench.gpu.outcomes import Figure, Findings, Outcome, Result, Skip
from bench.gpu.setting import Setting

WRITES = "import json, os, pathlib, sys; pathlib.Path(sys.argv[1], 'result.json').write_text(sys.argv[2])"


def never(_: Setting) -> Findings:
    raise AssertionError("it is made in another process")


def check(name: str, *, limit: float = 20.0, sees: Sees = Sees.ONE) -> Check:
    return Check(name, "", limit, never, sees)


def script(tmp_path: Path, code: str, *, total: float = 60.0, pinned: dict[str, str] | None = None) -> Budget:
    return Budget(tmp_path, lambda _, folder: [sys.executable, "-c", code, str(folder)], total, pinned or {})


def test_the_result_that_a_check_leaves_is_taken(tmp_path: Path) -> None:
    left = Result("text", Outcome.PASS, 1.5, "", (Figure("lines", 3),))
    text = json.dumps(asdict(left))
    budget = Budget(tmp_path, lambda _, folder: [sys.executable, "-c", WRITES, str(folder), text], 60.0)
    assert list(budget.results([check("text")])) == [left]


def test_a_check_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path(sys.argv[1], 'pid').write_text(str(child.pid))\n"
        "child.wait()\n"
    )
    (result,) = script(tmp_path, code).results([check("killed server", limit=2.0)])
    assert (result.outcome, result.said) == (Outcome.FAIL, "took longer than its 2 s")
    child = int((tmp_path / "killed-server" / "pid").read_text())
    # A kill is heard when the system next looks at the process.
    until = time.monotonic() + 30
    while not is_gone(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert is_gone(child)


def is_gone(pid: int) -> bool:
    """A child whose parent is dead may wait for whoever inherits it."""
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_check_whose_process_dies_fails_with_its_last_words(tmp_path: Path) -> None:
    (result,) = script(tmp_path, "raise SystemExit('out of luck')").results([check("text")])
    assert (result.outcome, result.said) == (Outcome.FAIL, "its process ended with 1: out of luck")


def test_when_the_time_is_over_nothing_more_is_begun(tmp_path: Path) -> None:
    times: Iterator[float] = iter((0.0, 61.0))
    budget = Budget(tmp_path, lambda *_: ["false"], 60.0, clock=lambda: next(times))
    (result,) = budget.results([check("text")])
    assert (result.outcome, result.said) == (Outcome.FAIL, "no time was left of 60 s")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("sees", "visible"), [(Sees.ONE, "GPU-1"), (Sees.ALL, "unset")])
def test_only_the_checks_of_one_card_are_pinned_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sees: Sees, visible: str
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    code = "import os; raise SystemExit(os.environ.get('CUDA_VISIBLE_DEVICES', 'unset'))"
    (result,) = script(tmp_path, code, pinned={"CUDA_VISIBLE_DEVICES": "GPU-1"}).results([check("x", sees=sees)])
    assert result.said.endswith(visible)
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


def test_all_checks_together_have_names_and_limits_of_their_own() -> None:
    assert len({one.name for one in CHECKS}) == len(CHECKS)
    assert all(0 < one.limit_seconds < 600 for one in CHECKS)


def test_a_check_that_skips_or_raises_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def skips(_: Setting) -> Findings:
        raise Skip("needs CUDA")

    def breaks(_: Setting) -> Findings:
        raise RuntimeError("CUDA error:\n  misaligned address")

    setting = Setting("cpu", tmp_path, 1)
    skipped, broken = (made(Check("x", "", 1.0, make), setting) for make in (skips, breaks))
    assert (skipped.outcome, skipped.said) == (Outcome.SKIPPED, "needs CUDA")
    assert (broken.outcome, broken.said) == (Outcome.FAIL, "RuntimeError: CUDA error: misaligned address")
    assert "misaligned address" in capsys.readouterr().err
