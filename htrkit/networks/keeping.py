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
from htrkit.networks.kept import ABOUT, DAY_SECONDS, GRAPH, About, graph_sha256, read_entry, written_about
from htrkit.networks.runtime import openvino, openvino_version

MAKING = ".making-"
STALE_SECONDS = 3_600
"""The age from which an entry that is still being made belongs to nobody: its process was killed."""
UNUSED_SECONDS = 90 * DAY_SECONDS
"""An entry that nobody has used for so long goes when another one is made."""
ABOUT_ALONE = "only what stands around the network was asked for"


def write_entry(folder: Path, about: About, build: Callable[[], Any] | None) -> None:
    """Write an entry with the graph that `build` gives; where it raises NoGraph, with the reason. Raises OSError.

    Whatever else `build` raises is raised, and nothing is written: memory that ran out today says nothing of the
    network. Without `build` no graph is asked for.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent)
    made = Path(tempfile.mkdtemp(prefix=MAKING, dir=folder.parent))
    try:
        graph, no_graph = _built(build)
        if graph is not None:
            _save(graph, made)
        hashes = None if graph is None else graph_sha256(made)
        (made / ABOUT).write_bytes(written_about(about, graph=hashes, no_graph=no_graph))
        for file in made.iterdir():
            _sync(file)
        _put(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def discard(folder: Path) -> None:
    """Take an entry away, whole and at once, so that it is made anew; whoever has it open keeps what it has."""
    with suppress(OSError), tempfile.TemporaryDirectory(prefix=MAKING, dir=folder.parent) as aside:
        folder.replace(Path(aside) / folder.name)


def sweep(folder: Path, *, unused_seconds: float = UNUSED_SECONDS) -> None:
    """Remove entries that nobody has used for long, and what processes left that were killed while they converted."""
    with suppress(OSError):
        for left in folder.iterdir():
            limit = STALE_SECONDS if left.name.startswith(MAKING) else unused_seconds
            with suppress(OSError):
                if left.is_dir() and time.time() - left.stat().st_mtime > limit:
                    shutil.rmtree(left, ignore_errors=True)


def _built(build: Callable[[], Any] | None) -> tuple[Any, str | None]:
    """Give the graph, or None and why there is none."""
    if build is None:
        return None, ABOUT_ALONE
    if openvino_version() is None:
        return None, "OpenVINO is not installed"
    try:
        return build(), None
    except NoGraph as none:
        return None, str(none)


def _save(graph: Any, folder: Path) -> None:  # noqa: ANN401 - OpenVINO's
    """Write a graph's two files; raises OSError, and RuntimeError where OpenVINO cannot compute what was written."""
    place = str(folder / GRAPH)
    try:
        openvino().save_model(graph, place, compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(f"the graph could not be written whole ({' '.join(str(error).split())[:200]})") from error
    openvino().Core().compile_model(place, "CPU")


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
