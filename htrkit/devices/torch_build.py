"""Tells what the installed torch can compute on from a file of it: loading it would take seconds."""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from htrkit.core.device_seen import TorchBuild


def installed_torch() -> TorchBuild | None:
    """Give the torch that Python would import; None where there is none, or none that says what it is."""
    try:
        found = find_spec("torch")
    except (ImportError, ValueError):
        return None
    if found is None or found.origin is None:
        return None
    return build_in(Path(found.origin).with_name("version.py"))


def build_in(version_file: Path) -> TorchBuild | None:
    """Read `torch/version.py`, which every build writes; None where it cannot be read or says something else."""
    try:
        told = dict(_assigned(version_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, SyntaxError):
        return None
    version, cuda = told.get("__version__"), told.get("cuda", ...)
    if not isinstance(version, str) or not (cuda is None or isinstance(cuda, str)):
        return None
    return TorchBuild(version, cuda)


def _assigned(text: str) -> Iterator[tuple[str, object]]:
    """Give the names that a module gives a constant to, with or without a type; what is computed is left out."""
    for statement in ast.parse(text).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value)):
                yield name, value
            case _:
                pass
