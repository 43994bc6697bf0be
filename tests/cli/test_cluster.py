"""`htrkit cluster` as it is typed, on a machine that is no node of any cluster."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from htrkit.cli.cluster_script import environment_variables, program
from htrkit.core.slurm_script import FIRST_LINES
from htrkit.domain.exits import ExitCode
from tests.fakes.fake_slurm import FakeSlurm
from tests.fakes.sbatch_words import options_in

Typed = Callable[..., subprocess.CompletedProcess[str]]
SMALL = ("-d", "cpu", "-s", "none", "--shards", "2")

pytestmark = pytest.mark.slow


@pytest.fixture
def slurm(tmp_path: Path) -> FakeSlurm:
    return FakeSlurm(tmp_path / "bin")


@pytest.fixture
def typed(tmp_path: Path, slurm: FakeSlurm) -> Typed:
    """Types `htrkit cluster slurm scans -o out …` in a folder with three scans."""
    (tmp_path / "scans").mkdir()
    for number in range(3):
        Image.new("L", (40, 60), 200).save(tmp_path / "scans" / f"{number}.png")

    def type_it(*words: str, out: str = "out", **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": slurm.path, "HOME": str(tmp_path), "COLUMNS": "100", **variables}
        command = [sys.executable, "-m", "htrkit", "cluster", "slurm", "scans", "-o", out, *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return type_it


def test_stdout_is_the_script_and_everything_else_is_for_people(typed: Typed, tmp_path: Path) -> None:
    done = typed(*SMALL, "--partition", "long", "--extra", "--nice=5", "--max-running", "1", "--dpi", "400")
    options = options_in(done.stdout)

    assert done.returncode == ExitCode.DONE, done.stderr
    assert done.stdout.startswith(FIRST_LINES)
    assert {"--array=1-2%1", "--partition=long", "--nice=5", "--requeue", "--open-mode=append"} <= set(options)
    assert f"--output={tmp_path}/out/.htrkit/slurm/%A_%a.log" in options
    assert (tmp_path / "out" / ".htrkit" / "slurm").is_dir()
    assert f"cd -- {tmp_path} || exit" in done.stdout
    for word in ("--out=out", "--dpi=400", "--jobs=8", "--progress=plain", "--segmenter=none", "-- scans"):
        assert word in done.stdout
    assert "time limit of a shard" in done.stderr


def test_the_same_words_give_the_same_script(typed: Typed) -> None:
    assert typed(*SMALL).stdout == typed(*SMALL).stdout


def test_settings_of_files_and_of_the_environment_count_and_keys_are_never_written(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "scans" / "htrkit.toml").write_text("page_timeout = 40\nprogress = 'json'\n")
    (tmp_path / "own.toml").write_text("page_timeout = 100\n")
    variables = {"HTRKIT_DPI": "250", "HTRKIT_API_KEY": "secret", "HTRKIT_SHARDS": "9"}
    beside, given = (typed(*SMALL, "--time", "8:00:00", *more, **variables) for more in ((), ("-c", "own.toml")))

    assert "--signal=B:USR1@160" in beside.stdout
    assert "--signal=B:USR1@220" in given.stdout
    assert "--config=own.toml" in given.stdout
    assert "export HTRKIT_DPI=250" in given.stdout
    assert "--progress=plain" in beside.stdout
    assert "secret" not in given.stdout


def test_a_screen_that_was_asked_for_by_name_is_kept(typed: Typed) -> None:
    assert "--progress=json" in typed(*SMALL, "--progress", "json").stdout


def test_submitted_it_is_kept_and_the_id_is_on_stdout(typed: Typed, slurm: FakeSlurm, tmp_path: Path) -> None:
    slurm.answers("4711\n")
    done = typed(*SMALL, "--submit")
    script = tmp_path / "out" / ".htrkit" / "slurm" / "array.sh"

    assert (done.returncode, done.stdout) == (ExitCode.DONE, "4711\n"), done.stderr
    assert slurm.calls() == ["--parsable", str(script)]
    assert script.read_text().startswith(FIRST_LINES)
    for words in ("squeue -j 4711", "htrkit report out", "htrkit resume out", f"sbatch {script}"):
        assert words in done.stderr


def test_written_to_a_file_it_is_named_with_the_next_command(typed: Typed, tmp_path: Path) -> None:
    done = typed(*SMALL, "--output", "my array.sh")

    assert (done.returncode, done.stdout) == (ExitCode.DONE, "")
    assert f"sbatch '{tmp_path}/my array.sh'" in done.stderr
    assert (tmp_path / "my array.sh").read_text().startswith(FIRST_LINES)


def test_a_refused_submission_leaves_the_script_and_says_why(typed: Typed, slurm: FakeSlurm, tmp_path: Path) -> None:
    slurm.answers(complaint="sbatch: error: invalid partition specified: gold\n", code=1)
    done = typed(*SMALL, "--submit", "--partition", "gold")

    assert (done.returncode, done.stdout) == (ExitCode.PREFLIGHT, "")
    assert "invalid partition" in done.stderr
    assert (tmp_path / "out" / ".htrkit" / "slurm" / "array.sh").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((*SMALL, "--time", "soon"), ExitCode.USAGE, "--time soon"),
        ((*SMALL, "--mem", "much"), ExitCode.USAGE, "--mem 64G"),
        ((*SMALL, "--extra", "module load x"), ExitCode.USAGE, "--constraint"),
        ((*SMALL, "--gpus-per-shard", "1"), ExitCode.USAGE, "stand idle"),
        (("-d", "cpu", "--shards", "9"), ExitCode.USAGE, "--shards 3"),
        (("-d", "cpu", "--shards", "0"), ExitCode.USAGE, "--shards"),
        (("-d", "cpu"), ExitCode.USAGE, "--shards"),
        (("-d", "cpu", "--shards", "2", "-m", "/nowhere"), ExitCode.PREFLIGHT, "/nowhere"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_before_anything_is_submitted(
    typed: Typed, slurm: FakeSlurm, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    slurm.answers("4711\n")
    done = typed(*words, "--submit")

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert slurm.calls() == []


def test_krakens_time_on_gpus_is_what_the_cores_take_and_nobody_has_to_know_it(typed: Typed) -> None:
    done = typed("-s", "none", "--shards", "2", "--cpus-per-shard", "3")

    assert done.returncode == ExitCode.DONE, done.stderr
    assert "#SBATCH --gres=gpu:1\n" in done.stdout
    assert "#SBATCH --time=00:" in done.stdout
    assert "what 3 cores take without one" in done.stderr


def test_an_out_of_another_run_is_held(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "out" / ".htrkit").mkdir(parents=True)
    (tmp_path / "out" / ".htrkit" / "run.json").write_text(json.dumps({}))

    assert typed(*SMALL).returncode == ExitCode.HELD


def test_odd_names_come_through_as_they_are(typed: Typed, tmp_path: Path) -> None:
    out = os.fsdecode(b"my out\n50%\xff")
    done = typed(*SMALL, out=out)

    assert done.returncode == ExitCode.DONE, done.stderr
    assert r"$'--out=my out\x0a50%\xff'" in done.stdout
    assert "--output=/dev/null" in options_in(done.stdout)
    assert (tmp_path / out / ".htrkit" / "slurm").is_dir()


def test_it_is_started_by_its_own_script_or_by_its_own_python(tmp_path: Path) -> None:
    python = tmp_path / "python"
    assert program(python) == (str(python), "-m", "htrkit")
    (tmp_path / "htrkit").touch(mode=0o755)
    assert program(python) == (str(tmp_path / "htrkit"),)


def test_only_settings_are_handed_on() -> None:
    environment = {"HTRKIT_DPI": "400", "HTRKIT_API_KEY": "x", "HTRKIT_RUN_ID": "y", "HOME": "/home", "HTRKIT_SET": ""}

    assert environment_variables(environment) == [("HTRKIT_DPI", "400")]
