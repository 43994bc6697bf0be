"""What is kept of a model in the user's cache: what stands around its network, and its graph.

An entry is a folder: `about.json`, and `network.xml` with `network.bin` where the network can be written as a graph.
Its name tells of what it was made and by what, so that it never goes stale; it may be deleted at any time. Its folder's
time is that of the day on which it was last used.
"""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from htrkit.networks.runtime import openvino_version

GRAPHS = 1
"""The version of the graphs that are built here; raised when one of them changes."""
FOLDER = "networks"
ABOUT, GRAPH, WEIGHTS = "about.json", "network.xml", "network.bin"
REFUSED = 3
"""The exit status of a conversion whose model kraken cannot load; why stands on its stdout."""
UNWRITABLE = 4
"""And of one that could not write its entry."""
RECOGNITION, SEGMENTATION = "recognition", "segmentation"
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class About:
    """A model without its network."""

    channels: int
    height: int
    """Of the pictures that it takes, in pixels; 0 where any will do."""
    boxes: bool
    """Whether its lines are boxes, not baselines."""
    legacy_polygons: bool
    """Whether it was trained on lines cut out as kraken did before it rectified them."""
    codec: Mapping[str, tuple[int, ...]]
    """The labels that stand for each text; empty for segmentation, and where symbols are kept elsewhere."""
    metadata: Mapping[str, Any]
    """What a segmentation model says of its classes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the cache."""

    about: About
    graph: Path | None
    """The graph's file; None where there is none."""
    no_graph: str | None
    """Why there is none."""
    folder: Path
    """The entry itself."""


def entry_name(files: Sequence[Path], task: str) -> str:
    """Give the name of the entry of a model that is read from `files`; raises OSError where one cannot be read."""
    together = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            together.update(hashlib.file_digest(file, "sha256").digest())
    return f"{together.hexdigest()[:32]}-{task}-{GRAPHS}-{openvino_version() or 'none'}"


def read_entry(folder: Path) -> Kept | None:
    """Give an entry; None where there is none, or where it is not what was written.

    The files are hashed each time: 14 ms for 20 MB, and a disk that lost a page of weights would change the text.
    """
    try:
        written = orjson.loads((folder / ABOUT).read_bytes())
        graph = folder / GRAPH if written["graph_sha256"] is not None else None
        if graph is not None and graph_sha256(folder) != written["graph_sha256"]:
            return None
        return Kept(_about(written), graph, written["no_graph"], folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def graph_sha256(folder: Path) -> list[str]:
    """Give the hashes of an entry's graph, its operations and its weights; raises OSError."""
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (GRAPH, WEIGHTS)]


def note_use(folder: Path) -> None:
    """Let an entry tell that it was used today, where it can be told."""
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime > DAY_SECONDS:
            os.utime(folder)


def written_about(about: About, *, graph: list[str] | None, no_graph: str | None) -> bytes:
    """Give the content of `about.json`."""
    return orjson.dumps(
        {
            "channels": about.channels,
            "height": about.height,
            "boxes": about.boxes,
            "legacy_polygons": about.legacy_polygons,
            "codec": {text: list(labels) for text, labels in about.codec.items()},
            "metadata": about.metadata,
            "graph_sha256": graph,
            "no_graph": no_graph,
        }
    )


def _about(written: Mapping[str, Any]) -> About:
    return About(
        channels=int(written["channels"]),
        height=int(written["height"]),
        boxes=bool(written["boxes"]),
        legacy_polygons=bool(written["legacy_polygons"]),
        codec={text: tuple(labels) for text, labels in written["codec"].items()},
        metadata=dict(written["metadata"]),
    )
