"""`htrkit run --shard` and what finishes it, as people type them, with Kraken's small model and pages of one line."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.cli import going_on
from htrkit.domain.exits import ExitCode
from htrkit.run.out_folder import OutFolder
from tests.cli.test_resume import QUICK, Ended, Htrkit, htrkit, outputs, scans
from tests.fakes.shards import times_ended

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("scans")]
__all__ = ["htrkit", "scans"]
"""Fixtures that are that command's own."""

WORDS = ("run", "scans", "-o", "out", *QUICK)


@pytest.fixture
def whole(htrkit: Htrkit, scans: Path) -> dict[str, bytes]:
    """What one run comes to, but for what cites when it was started."""
    assert htrkit("run", scans.name, "-o", "local", *QUICK, "-q").code == ExitCode.FAILED_PAGES
    return readable(Path("local"))


def readable(out: Path) -> dict[str, bytes]:
    return {name: content for name, content in outputs(out).items() if name.startswith("txt/") or name == "lines.csv"}


def test_two_shards_come_to_what_one_run_comes_to(htrkit: Htrkit, whole: dict[str, bytes]) -> None:
    second = htrkit(*WORDS, "--shard", "2/2")
    report = json.loads(htrkit("report", "out", "--json").out)
    first = htrkit(*WORDS, "--shard", "1/2")

    assert {first.code, second.code} == {ExitCode.DONE, ExitCode.FAILED_PAGES}
    assert "selected 2 = " in first.err
    assert "selected 2 = " in second.err
    assert [one["state"] for one in report["shards"]] == ["never ran", "finished"]
    assert report["next"][0] == "htrkit resume out --shard 1/2"
    assert readable(Path("out")) == whole
    assert set(times_ended(OutFolder(Path("out"))).values()) == {1}
    assert htrkit("report", "out").code == ExitCode.DONE
    assert Path("out/report.html").exists()


def test_a_shard_given_again_has_nothing_left(htrkit: Htrkit) -> None:
    htrkit(*WORDS, "--shard", "1/2", "-q")
    again = htrkit(*WORDS, "--shard", "1/2")

    assert "Nothing is left to do." in again.err
    assert times_ended(OutFolder(Path("out"))).total() == 2


def test_another_setting_is_refused_by_name(htrkit: Htrkit) -> None:
    htrkit(*WORDS, "--shard", "1/2", "-q")
    refused = htrkit(*WORDS, "--dpi", "400", "--shard", "2/2")

    assert refused.code == ExitCode.USAGE
    assert "dpi: was 300, now 400" in refused.err
    assert "htrkit resume out --shard 2/2" in refused.err


def test_its_script_is_written_for_what_was_planned_alone(htrkit: Htrkit) -> None:
    htrkit(*WORDS, "--shard", "1/2", "-q")
    words = ("cluster", "slurm", *WORDS[1:], "--shards")
    refused = [htrkit(*words, "3"), htrkit(*words, "2", "--dpi", "400")]

    assert [one.code for one in refused] == [ExitCode.USAGE] * 2
    assert "was cut into 2" in refused[0].err
    assert "dpi: was 300, now 400" in refused[1].err
    assert not Path("out/.htrkit/slurm").exists()
    assert "#SBATCH --time=08:00:00" in htrkit(*words, "2", "--time", "08:00:00", "--mem", "64G").out


def test_what_never_ran_is_cut_anew_by_the_command_that_says_how_to_go_on(
    htrkit: Htrkit, whole: dict[str, bytes]
) -> None:
    htrkit(*WORDS, "--shard", "1/2", "-q")
    cut = htrkit("cluster", "recut", "out", "--shards", "2")

    assert cut.code == ExitCode.DONE
    assert cut.out.splitlines() == [f"htrkit resume out --shard {number}/2@2" for number in (1, 2)]
    assert "cut 2: 2 pages of 2/2 (2 pages) went to 2 shards, 1 each" in cut.err
    for line in cut.out.splitlines():
        htrkit(*line.split()[1:], "-q")
    assert readable(Path("out")) == whole
    assert "nothing was cut: no page is left" in htrkit("cluster", "recut", "out", "--shards", "2").err


def test_the_script_of_an_array_is_submitted_for_the_cut_that_was_made(htrkit: Htrkit) -> None:
    htrkit(*WORDS, "--shard", "1/2", "-q")
    script = Path("out/.htrkit/slurm/array.sh")
    script.parent.mkdir()
    script.write_text("#!/bin/bash\n")
    cut = htrkit("cluster", "recut", "out", "--shards", "2")
    assert f"sbatch --export=ALL,HTRKIT_SHARDS=2@2 --array=1-2 {script}" in cut.err

    # Cut anew once more: whoever is put back into the queue means its own cut, and takes none of the other's pages.
    htrkit("cluster", "recut", "out", "--shards", "2")
    old = htrkit("resume", "out", "--shard", "1/2@2")
    none = htrkit("resume", "out", "--shard", "1/2@7")

    assert "went to cut 3" in old.err
    assert "Nothing is left to do." in old.err
    assert none.code == ExitCode.USAGE
    assert "was cut 3 times" in none.err
    assert times_ended(OutFolder(Path("out"))).total() == 2


def test_resume_takes_what_is_left_of_all_shards(htrkit: Htrkit, whole: dict[str, bytes]) -> None:
    htrkit(*WORDS, "--shard", "1/3", "-q")
    rest = htrkit("resume", "out")

    assert rest.code == ExitCode.FAILED_PAGES
    assert "Taken over: 2/3 (1 page), 3/3 (1 page)." in rest.err
    assert "selected 4 = done 3 + failed 1 + skipped 0 + not run 0" in rest.err
    assert readable(Path("out")) == whole


@pytest.mark.parametrize("words", [("--requeue",), ("--shard", "3/2"), ("--shard", "x")])
def test_what_is_no_shard_is_refused(htrkit: Htrkit, words: tuple[str, ...]) -> None:
    refused = htrkit(*WORDS, *words)

    assert refused.code == ExitCode.USAGE
    assert not Path("out").exists()


def test_recut_wants_a_run(htrkit: Htrkit) -> None:
    assert htrkit("cluster", "recut", "scans", "--shards", "2").code == ExitCode.USAGE


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Let the scheduler warn of the end."""

    def carried_out(*_: object) -> int:
        return ExitCode.WARNED

    monkeypatch.setattr(going_on.Going, "to_its_end", carried_out)
    return lambda htrkit, *words: htrkit(*WORDS, "--shard", "2/2", "--requeue", *words)


def test_a_warned_shard_puts_its_job_into_the_queue_again(
    htrkit: Htrkit, warned: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scontrol = tmp_path / "bin" / "scontrol"
    scontrol.parent.mkdir()
    scontrol.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\n')
    scontrol.chmod(0o755)
    monkeypatch.setenv("PATH", f"{scontrol.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "70")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "2")
    monkeypatch.setenv("SLURM_JOB_ID", "71")
    ended = warned(htrkit)

    assert ended.code == ExitCode.WARNED
    assert (tmp_path / "told").read_text() == "requeue 70_2\n"
    assert "job 70_2 is in the queue again" in ended.err

    (tmp_path / "told").unlink()
    again = htrkit("resume", "out", "--shard", "2/2", "--requeue")

    assert again.code == ExitCode.WARNED
    assert (tmp_path / "told").read_text() == "requeue 70_2\n"


def test_a_shard_that_is_warned_before_its_first_page_goes_into_the_queue_too(
    htrkit: Htrkit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scontrol = tmp_path / "bin" / "scontrol"
    scontrol.parent.mkdir()
    # The scheduler's ending comes while its controller answers.
    scontrol.write_text(f'#!/bin/sh\nkill -TERM $PPID\necho "$@" > {tmp_path}/told\n')
    scontrol.chmod(0o755)
    monkeypatch.setenv("PATH", f"{scontrol.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SLURM_JOB_ID", "71")
    monkeypatch.setattr(going_on, "made_ready_again", lambda _: os.kill(os.getpid(), signal.SIGUSR1))
    ended = htrkit(*WORDS, "--shard", "2/2", "--requeue")

    assert ended.code == ExitCode.WARNED
    assert (tmp_path / "told").read_text() == "requeue 71\n"
    assert "warned of the job's end before the first page" in ended.err

    monkeypatch.setenv("SLURM_RESTART_COUNT", "7")
    (tmp_path / "told").unlink()
    idle = htrkit("resume", "out", "--shard", "2/2", "--requeue")

    assert idle.code == ExitCode.WARNED
    assert not (tmp_path / "told").exists()
    assert "no page came to its end, and the job was started again 7 times" in idle.err


def test_only_a_shard_is_gone_on_with_by_slurm(htrkit: Htrkit) -> None:
    refused = htrkit("resume", "out", "--requeue")

    assert refused.code == ExitCode.USAGE
    assert "only a shard" in refused.err


def test_a_warned_shard_outside_of_slurm_says_how_to_go_on(
    htrkit: Htrkit, warned: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_ID"):
        monkeypatch.delenv(name, raising=False)
    ended = warned(htrkit)

    assert ended.code == ExitCode.WARNED
    assert "htrkit resume out --shard 2/2" in ended.err
