"""The import contracts hold, and each is broken by a fault planted on purpose."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

pytestmark = pytest.mark.skipif(not LINTER.exists(), reason="import-linter is not installed here")


def linted(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINTER, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "htrkit", tmp_path / "htrkit", ignore=shutil.ignore_patterns("__pycache__", "starters"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    result = linted(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("domain/names.py", "import htrkit.core", "Imports point down"),
        ("files/xml.py", "import htrkit.outputs", "Imports point down"),
        ("engines/ctc.py", "import htrkit.layouts", "Imports point down"),
        ("core/__init__.py", "import numpy", "The nouns and the decisions need nothing from outside"),
        ("domain/page.py", "import pydantic", "The nouns and the decisions need nothing from outside"),
        ("files/xml.py", "import rich", "Only screens and commands draw"),
        ("run/__init__.py", "import htrkit.engines.kraken_lines", "Engines are loaded by name, never imported"),
    ],
)
def test_a_planted_fault_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / "htrkit" / file
    path.write_text(f"{path.read_text()}\n{line}\n")
    result = linted(copy)
    assert result.returncode != 0
    assert f"{contract} BROKEN" in re.sub(r"\x1b\[\d*m", "", result.stdout)


def test_a_folder_that_no_layer_places_breaks_the_contract(copy: Path) -> None:
    (copy / "htrkit" / "helpers").mkdir()
    (copy / "htrkit" / "helpers" / "__init__.py").touch()
    assert linted(copy).returncode != 0
