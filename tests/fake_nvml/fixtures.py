"""The fake driver for tests: compiled once, found by the loader of a subprocess, or put into pynvml here."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pynvml
import pytest

from tests.fake_nvml.states import TWO_L40S, FakeCard, state_text

SOURCE = Path(__file__).with_name("fake_nvml.c")
VARIABLE = "FAKE_NVML"


@dataclass(frozen=True, slots=True)
class FakeDriver:
    """A driver whose state is a file: what is written holds from the next call on."""

    library: Path
    state: Path

    def write(self, text: str) -> None:
        """Put another state in the place of the one that was; never half of one."""
        new = self.state.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self.state)

    def has(self, cards: Sequence[FakeCard]) -> None:
        """Put these cards in."""
        self.write(state_text(cards))

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process must be started with so that it finds this driver."""
        return {"LD_LIBRARY_PATH": str(self.library.parent), VARIABLE: str(self.state)}


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the fake driver.

    It bears no soname: were it loaded into this process, nothing else here that looks for the real one would find it.
    """
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs gcc: the fake NVIDIA driver is compiled for the test")
    library = tmp_path_factory.mktemp("nvml") / "libnvidia-ml.so.1"
    command = [compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return library


@pytest.fixture
def fake_driver(nvml_library: Path, tmp_path: Path) -> FakeDriver:
    """Give a driver of two L40S for processes that are started with its `environment`."""
    driver = FakeDriver(nvml_library, tmp_path / "nvml.txt")
    driver.has(TWO_L40S)
    return driver


@pytest.fixture
def driver_here(fake_driver: FakeDriver, monkeypatch: pytest.MonkeyPatch) -> FakeDriver:
    """Give a driver of two L40S that this process's own pynvml asks, until the test is over."""
    monkeypatch.setenv(VARIABLE, str(fake_driver.state))
    monkeypatch.setattr(pynvml, "nvmlLib", ctypes.CDLL(os.fspath(fake_driver.library)))
    monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})
    return fake_driver
