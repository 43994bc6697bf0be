"""Scripts are written and submitted, and whatever sbatch says instead of a job's id is told with the next step."""

import os
from pathlib import Path

import pytest

from htrkit.core.slurm_script import FIRST_LINES
from htrkit.domain.errors import OutputUnwritable, PreflightRefused, UsageProblem
from htrkit.run.slurm_submitting import submitted, write_script
from tests.fakes.fake_slurm import FakeSlurm

SCRIPT = f"{FIRST_LINES}#SBATCH --array=1-2\nexec true\n"


@pytest.fixture
def slurm(tmp_path: Path) -> FakeSlurm:
    return FakeSlurm(tmp_path / "bin")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    place = tmp_path / "my array.sh"
    write_script(SCRIPT, place)
    return place


def test_a_script_is_written_whole_and_written_anew(script: Path) -> None:
    assert script.read_text() == SCRIPT
    write_script(SCRIPT + "# more\n", script)
    assert script.read_text().endswith("# more\n")


def test_a_file_that_is_no_script_of_ours_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("ten years")
    with pytest.raises(UsageProblem, match=r"thesis\.tex"):
        write_script(SCRIPT, tmp_path / "thesis.tex")
    with pytest.raises(UsageProblem, match="--output"):
        write_script(SCRIPT, tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "ten years"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((OutputUnwritable, UsageProblem), match="file"):
        write_script(SCRIPT, tmp_path / "file" / "array.sh")


@pytest.mark.parametrize("answer", ["4711\n", "4711;leuven\n", "a site's own greeting\n4711\n"])
def test_the_id_of_the_job_is_given(slurm: FakeSlurm, script: Path, answer: str) -> None:
    slurm.answers(answer, complaint="your group has 12 hours left\n")
    told = submitted(script, {"PATH": slurm.path})

    assert (told.job_id, told.remark) == ("4711", "your group has 12 hours left")
    assert slurm.calls() == ["--parsable", str(script)]


def test_without_sbatch_the_script_waits_for_a_machine_that_has_it(script: Path, tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match="no sbatch") as refused:
        submitted(script, {"PATH": str(tmp_path)})
    assert f"sbatch '{script}'" in refused.value.mend


def test_an_sbatch_that_cannot_be_started_is_named(slurm: FakeSlurm, script: Path) -> None:
    slurm.answers()
    (slurm.folder / "sbatch").write_bytes(b"\x7fELF, or not")
    with pytest.raises(PreflightRefused, match="cannot be started"):
        submitted(script, {"PATH": slurm.path})


def test_a_refusal_is_told_in_slurms_own_words(slurm: FakeSlurm, script: Path) -> None:
    slurm.answers(complaint="sbatch: error: invalid account\n\x1b[31m" + os.fsdecode(b"\xff") + "\n", code=1)
    with pytest.raises(PreflightRefused, match="invalid account") as refused:
        submitted(script, {"PATH": slurm.path})
    assert "--account" in refused.value.mend
    assert "\x1b" not in refused.value.what


def test_a_refusal_without_a_word_has_at_least_its_code(slurm: FakeSlurm, script: Path) -> None:
    slurm.answers(code=7)
    with pytest.raises(PreflightRefused, match="exit code 7"):
        submitted(script, {"PATH": slurm.path})


@pytest.mark.parametrize("answer", ["", "Submitted batch job 4711\n", "4711 or so\n"])
def test_an_answer_without_an_id_may_be_an_array_all_the_same(slurm: FakeSlurm, script: Path, answer: str) -> None:
    slurm.answers(answer)
    with pytest.raises(PreflightRefused, match="no job's id") as refused:
        submitted(script, {"PATH": slurm.path})
    assert "squeue --me" in refused.value.mend
