"""What the installed torch can compute on is read from its files, and torch stays unloaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from htrkit.core.device_seen import TorchBuild
from htrkit.devices.torch_build import build_in

WITH_CUDA = """from typing import Optional

__all__ = ['__version__', 'debug', 'cuda']
__version__ = '2.14.0+cu130'
debug = False
cuda: Optional[str] = '13.0'
hip: Optional[str] = None
"""


@pytest.mark.parametrize(
    ("text", "build"),
    [
        (WITH_CUDA, TorchBuild("2.14.0+cu130", "13.0")),
        (WITH_CUDA.replace("'13.0'", "None").replace("cu130", "cpu"), TorchBuild("2.14.0+cpu", None)),
        ("__version__ = '1.13.1'\ncuda = '11.7'\n", TorchBuild("1.13.1", "11.7")),
        ("__version__ = '1.13.1'\n", None),
        ("cuda = None\n", None),
        ("__version__ = 3\ncuda = None\n", None),
        ("__version__ = '1'\ncuda = 12\n", None),
        ("__version__ = made()\ncuda = '12.1'\n", None),
        ("this is no Python", None),
        ("a\0b", None),
    ],
)
def test_the_build_is_told_by_its_version_file(tmp_path: Path, text: str, build: TorchBuild | None) -> None:
    place = tmp_path / "version.py"
    place.write_text(text, encoding="utf-8")
    assert build_in(place) == build


def test_a_file_that_is_not_there_or_no_text_tells_nothing(tmp_path: Path) -> None:
    assert build_in(tmp_path / "version.py") is None
    (tmp_path / "version.py").write_bytes(b"\xff\xfe")
    assert build_in(tmp_path / "version.py") is None


ASK = """
import sys
from htrkit.devices.torch_build import installed_torch
print(installed_torch(), "torch" in sys.modules)
"""


def asked(*, path: str, code: str = ASK) -> str:
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {path!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_torch_is_found_where_python_would_find_it_and_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/__init__.py").write_text("raise AssertionError('loaded')")
    (tmp_path / "torch/version.py").write_text(WITH_CUDA)
    assert asked(path=str(tmp_path)) == "TorchBuild(version='2.14.0+cu130', cuda='13.0') False"


def test_where_there_is_no_torch_nothing_is_known(tmp_path: Path) -> None:
    none = "import importlib.util\nimportlib.util.find_spec = lambda name: None\n"
    assert asked(path=str(tmp_path), code=none + ASK) == "None False"
