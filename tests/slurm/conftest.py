"""What tests on a real Slurm need; where none is named, they skip."""

import os
from dataclasses import replace

import pytest

from htrkit.domain.exits import ExitCode
from tests.slurm.own_cluster import VARIABLE
from tests.slurm.shelf import POISON, SETTINGS, Shelf

PAGES = "TEST_SLURM_PAGES"
FEW = 120


@pytest.fixture(autouse=True, scope="session")
def cluster() -> None:
    """Skip where there is no Slurm to be tested on."""
    if VARIABLE not in os.environ:
        pytest.skip(f"needs a Slurm: `nox -s slurm` starts one, or {VARIABLE} names a slurm.conf")


@pytest.fixture(scope="session")
def read_here(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A shelf with three pages that nobody can read among many good ones, read by one process."""
    bad = {int(name.partition("-")[2]): name for name in POISON}
    names = [bad.get(number, f"ok-{number}") for number in range(1, int(os.environ.get(PAGES, FEW)) + 1)]
    shelf = Shelf.laid_out(tmp_path_factory.mktemp("shelf"), names, out="read here")
    done = shelf.htrkit("run", "scans", "-o", shelf.out, *SETTINGS, "-d", "cpu", "--progress", "none")
    assert done.returncode == ExitCode.FAILED_PAGES, done.stderr
    return shelf


@pytest.fixture
def shelf(read_here: Shelf, request: pytest.FixtureRequest) -> Shelf:
    """The same shelf, to be read into an OUT of the test's own."""
    return replace(read_here, out=f"out of {request.node.name}")
