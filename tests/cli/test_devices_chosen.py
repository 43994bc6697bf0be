"""`-d` as people meet it: what is there, what is taken, and what to type instead, before anything is loaded."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from htrkit.domain.exits import ExitCode
from tests.fake_nvml.fixtures import FakeDriver
from tests.fake_nvml.states import DRIVER_NOT_LOADED, FIRST, GB, LOST, SECOND, FakeInstance, FakeProcess, state_text

pytestmark = pytest.mark.slow

Row = dict[str, str]
Validated = Callable[..., tuple[int, list[Row]]]
HANDED_OVER = """
import os, pathlib, sys
from htrkit.config.layers import Layer
from htrkit.domain.errors import SetUpRefused
from htrkit.run.crew import servers_of
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Request, made_ready
from htrkit.run.running import first_work, planned
scans, out, wish = sys.argv[1:]
out = pathlib.Path(out)
typed = (Layer("command line", {"device": wish, "segmenter": "none"}),)
ready = made_ready(Request((scans,), out, None, typed, os.environ, pathlib.Path.home()))
work = first_work(planned(ready, inputs=(scans,), started=""), ready, OutFolder(out))
print(*(server.environment["CUDA_VISIBLE_DEVICES"] for server in servers_of(work.settings, work.devices)))
assert "torch" not in sys.modules
"""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    (tmp_path / "scans").mkdir()
    Image.new("L", (40, 10), 200).save(tmp_path / "scans" / "1.png")
    return tmp_path / "scans"


@pytest.fixture
def surroundings(tmp_path: Path, fake_driver: FakeDriver) -> dict[str, str]:
    """Give what a process is started with that finds two L40S, and a torch whose files say that it fits them."""
    (tmp_path / "site/torch").mkdir(parents=True)
    (tmp_path / "site/torch/__init__.py").write_text("raise AssertionError('torch was loaded')")
    torch_of(tmp_path, "'12.4'")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CUDA", "SLURM", "HTRKIT"))}
    return {**clean, **fake_driver.environment, "PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path)}


def torch_of(folder: Path, cuda: str) -> None:
    (folder / "site/torch/version.py").write_text(f"__version__ = '2.9.1'\ncuda = {cuda}\n")


@pytest.fixture
def validated(scans: Path, surroundings: dict[str, str]) -> Validated:
    """Validates the scans and gives the exit code and the findings that are more than notes."""

    def validate(*words: str, **environment: str) -> tuple[int, list[Row]]:
        command = [sys.executable, "-m", "htrkit", "validate", str(scans), "--no-try-page", "--json", *words]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env={**surroundings, **environment})
        rows = json.loads(done.stdout)["findings"]
        return done.returncode, [row for row in rows if row["severity"] != "note"]

    return validate


def test_two_free_cards_need_no_words(validated: Validated) -> None:
    assert validated() == (ExitCode.DONE, [])


def test_an_index_that_is_not_there_blocks_and_says_what_is(validated: Validated) -> None:
    code, (row,) = validated("-d", "cuda:7")
    assert (code, row["severity"]) == (ExitCode.PREFLIGHT, "blocker")
    assert "`cuda:7`: there is cpu, cuda:0 (NVIDIA L40S), cuda:1 (NVIDIA L40S)" in row["message"]
    assert row["mend"] == "Take -d all, -d cuda:0 or -d cpu."


def test_a_job_has_the_cards_that_its_scheduler_left_it(validated: Validated) -> None:
    code, (row,) = validated("-d", "cuda:1", CUDA_VISIBLE_DEVICES="1", SLURM_JOB_ID="7")
    assert code == ExitCode.PREFLIGHT
    assert "CUDA_VISIBLE_DEVICES=1, set by Slurm, leaves 1 of 2 GPUs" in row["message"]


def test_full_cards_are_left_and_if_all_are_full_nothing_begins(validated: Validated, fake_driver: FakeDriver) -> None:
    full = replace(FIRST, used_bytes=46 * GB - 1, processes=(FakeProcess(1, 45 * GB),))
    fake_driver.has([full, SECOND])
    code, (row,) = validated()
    assert (code, row["severity"]) == (ExitCode.DONE, "warning")
    assert "left out: cuda:0 (NVIDIA L40S) has 0.0 GB free" in row["message"]

    fake_driver.has([full, replace(full, uuid=SECOND.uuid)])
    code, (row,) = validated("--parallel-gpus")
    assert (code, row["code"], row["severity"]) == (ExitCode.PREFLIGHT, "memory", "blocker")
    code, (row,) = validated("-d", "cuda:0")
    assert (code, row["code"]) == (ExitCode.PREFLIGHT, "memory")


def test_a_lost_card_is_left_or_refused(validated: Validated, fake_driver: FakeDriver) -> None:
    fake_driver.has([replace(FIRST, lost=LOST), SECOND])
    code, (row,) = validated()
    assert (code, row["severity"]) == (ExitCode.DONE, "warning")
    code, (row,) = validated("-d", "cuda:0")
    assert (code, row["code"]) == (ExitCode.PREFLIGHT, "device-state")


def test_a_driver_that_is_not_at_work_is_said(validated: Validated, fake_driver: FakeDriver) -> None:
    fake_driver.write(state_text(init=DRIVER_NOT_LOADED))
    code, rows = validated()
    assert (code, [row["code"] for row in rows]) == (ExitCode.DONE, ["driver-not-loaded"])
    assert validated("-d", "cpu") == (ExitCode.DONE, [])


def test_a_torch_that_does_not_fit_is_said(validated: Validated, tmp_path: Path) -> None:
    torch_of(tmp_path, "'13.0'")
    code, (row,) = validated()
    assert (code, row["code"], row["severity"]) == (ExitCode.PREFLIGHT, "torch-build", "blocker")
    torch_of(tmp_path, "None")
    code, (row,) = validated()
    assert (code, row["code"], row["severity"]) == (ExitCode.DONE, "torch-build", "warning")


@pytest.mark.parametrize(
    ("wish", "seen"),
    [("all", "MIG-1a MIG-1b " + SECOND.uuid), ("MIG-1b", "MIG-1b"), ("cuda:1,cuda:2", f"MIG-1b {SECOND.uuid}")],
)
def test_what_was_looked_at_is_what_servers_are_started_on(
    scans: Path, surroundings: dict[str, str], fake_driver: FakeDriver, wish: str, seen: str
) -> None:
    fake_driver.has([replace(FIRST, instances=(FakeInstance("MIG-1a"), FakeInstance("MIG-1b"))), SECOND])
    command = [sys.executable, "-c", HANDED_OVER, str(scans), str(scans.with_name("out")), wish]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=surroundings)
    assert (done.stdout.strip(), done.stderr) == (seen, "")
