"""An entry of the cache is written whole or not at all, whoever else writes it in this moment."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from htrkit.networks.graph import NoGraph
from htrkit.networks.kept import ABOUT, GRAPH, WEIGHTS, About, read_entry, written_about
from htrkit.networks.runtime import openvino, openvino_version

MAKING = ".making-"
STALE_SECONDS = 3_600
"""The age from which an entry that is still being made belongs to nobody: its process was killed."""


def write_entry(folder: Path, about: About, build: Callable[[], Any]) -> None:
    """Write an entry with the graph that `build` gives; where it raises NoGraph, with the reason. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    made = Path(tempfile.mkdtemp(prefix=MAKING, dir=folder.parent))
    try:
        graph, no_graph = _built(build)
        sizes = None if graph is None else _saved(graph, made)
        (made / ABOUT).write_bytes(written_about(about, graph_bytes=sizes, no_graph=no_graph))
        for file in made.iterdir():
            _sync(file)
        _put(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _built(build: Callable[[], Any]) -> tuple[Any, str | None]:
    """Give the graph, or None and why there is none."""
    if openvino_version() is None:
        return None, "OpenVINO is not installed"
    try:
        return build(), None
    except NoGraph as none:
        return None, str(none)
    except Exception as error:  # noqa: BLE001 - networks made in ways nobody thought of: torch computes those
        return None, f"its network cannot be converted ({' '.join(str(error).split())[:200]})"


def _saved(graph: Any, folder: Path) -> tuple[int, int]:  # noqa: ANN401 - OpenVINO's
    """Write a graph and give the sizes of its two files; raises OSError."""
    place = folder / GRAPH
    try:
        openvino().save_model(graph, str(place), compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(f"the graph could not be written whole ({' '.join(str(error).split())[:200]})") from error
    return place.stat().st_size, (folder / WEIGHTS).stat().st_size


def _put(made: Path, folder: Path) -> None:
    if read_entry(folder) is not None:
        # Somebody else was faster, and may be reading it.
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        made.replace(folder)
    except OSError:
        if read_entry(folder) is None:
            raise


def _sync(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _sweep(folder: Path) -> None:
    """Remove what processes left behind that were killed while they converted."""
    for left in folder.glob(f"{MAKING}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
