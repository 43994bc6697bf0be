"""An engine of another package: installed without a network, found, run, and held against the contract."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

EXAMPLE = Path(__file__).parents[2] / "examples" / "my_engine"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that the example was installed into, as `pip install .` does."""
    pytest.importorskip("hatchling", reason="what builds the example is not installed here")
    folder = tmp_path_factory.mktemp("own-engine")
    source, target = folder / "source", folder / "site"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", "dist", "build"))
    options = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    subprocess.run([sys.executable, "-m", "pip", "install", *options, "--target", target, source], check=True)
    return target


def htrkit(installed: Path, home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "htrkit", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=home)


def test_the_engine_is_listed_with_what_its_author_says(installed: Path, tmp_path: Path) -> None:
    ended = htrkit(installed, tmp_path, "engines", "ink-runs")
    assert ended.returncode == 0, ended.stderr
    assert "Writes down the runs of ink" in ended.stdout
    assert "CC0-1.0" in ended.stdout


def test_it_reads_through_a_run_like_any_other(installed: Path, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in (1, 2):
        strip = Image.new("L", (300, 40), 235)
        draw = ImageDraw.Draw(strip)
        for stroke in range(2 + number):
            draw.rectangle((20 + 30 * stroke, 5, 24 + 30 * stroke, 35), fill=20)
        strip.save(scans / f"{number}.png")
    ended = htrkit(installed, tmp_path, "run", "scans", "-o", "out", "-e", "ink-runs", "-s", "none", "-d", "cpu")
    assert ended.returncode == 0, ended.stderr
    assert [(tmp_path / "out" / "txt" / f"{number}.txt").read_text() for number in (1, 2)] == ["|||\n", "||||\n"]


def test_it_keeps_the_contract_by_its_own_tests(installed: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE / "tests")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert "passed" in ended.stdout
