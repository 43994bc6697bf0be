"""A warned job goes into Slurm's queue again, by the name of its task and never by that of its whole array."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from htrkit.run.requeue import MOST_IDLE_STARTS, NotRequeued, job_of, refuse_idle, requeue, run_command

TASK = {"SLURM_JOB_ID": "77", "SLURM_ARRAY_JOB_ID": "70", "SLURM_ARRAY_TASK_ID": "7"}
AGAIN = "htrkit resume out --shard 2/4"


@pytest.fixture
def scontrol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `scontrol` that writes down what it was told, and fails where a file says how."""
    told = tmp_path / "told"
    command = tmp_path / "bin" / "scontrol"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\necho "$@" >> {told}\nif [ -e {told}.fails ]; then cat {told}.fails >&2; exit 1; fi\n'
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    return told


def test_a_task_of_an_array_is_put_back_alone(scontrol: Path) -> None:
    assert requeue(TASK, again=AGAIN) == "70_7"
    assert scontrol.read_text() == "requeue 70_7\n"


def test_a_job_that_is_no_array_is_put_back_by_its_number() -> None:
    assert job_of({"SLURM_JOB_ID": "77"}) == "77"
    assert job_of({"SLURM_JOB_ID": "77", "SLURM_ARRAY_JOB_ID": "70"}) == "77"


def test_outside_of_slurm_the_command_that_goes_on_is_said(scontrol: Path) -> None:
    with pytest.raises(NotRequeued) as caught:
        requeue({}, again=AGAIN)

    assert AGAIN in caught.value.mend
    assert not scontrol.exists()


def test_a_refusal_says_why_and_the_command_to_type(scontrol: Path) -> None:
    scontrol.with_name("told.fails").write_text("Requested operation is presently disabled\n")
    with pytest.raises(NotRequeued, match="presently disabled") as caught:
        requeue(TASK, again=AGAIN)

    assert "scontrol requeue 70_7" in caught.value.mend


def test_a_machine_without_scontrol_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotRequeued, match="No such file") as caught:
        requeue(TASK, again=AGAIN)

    assert "scontrol requeue 70_7" in caught.value.mend


def test_a_controller_that_does_not_answer_is_not_waited_for_ever() -> None:
    def late(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(list(words), 60)

    with pytest.raises(NotRequeued, match="did not answer"):
        requeue(TASK, again=AGAIN, command=late)


def test_a_refusal_without_words_tells_its_exit_code(scontrol: Path) -> None:
    scontrol.with_name("told.fails").write_text("")
    with pytest.raises(NotRequeued, match="exit code 1"):
        requeue(TASK, again=AGAIN, command=run_command)


@pytest.mark.parametrize("starts", ["", "0", str(MOST_IDLE_STARTS - 1), "many"])
def test_a_sitting_without_a_page_is_no_harm_at_first(starts: str) -> None:
    refuse_idle({"SLURM_RESTART_COUNT": starts}, again=AGAIN)
    refuse_idle({}, again=AGAIN)


def test_a_job_that_never_brings_a_page_to_its_end_is_not_started_for_ever() -> None:
    with pytest.raises(NotRequeued, match=f"again {MOST_IDLE_STARTS} times") as caught:
        refuse_idle({"SLURM_RESTART_COUNT": str(MOST_IDLE_STARTS)}, again=AGAIN)

    assert "--time" in caught.value.mend
    assert AGAIN in caught.value.mend
