"""The user's cache folder: what was learned on this machine and may be lost at any time."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from htrkit.domain.errors import OutputUnwritable
from htrkit.files.atomic import write_stream


def cache_folder(environment: Mapping[str, str], home: Path, *, platform: str = sys.platform) -> Path:
    """Give the folder: below XDG_CACHE_HOME, else `~/.cache`, or `~/Library/Caches` on macOS."""
    told = environment.get("XDG_CACHE_HOME", "")
    if told and Path(told).is_absolute():
        return Path(told) / "htrkit"
    return home / ("Library/Caches" if platform == "darwin" else ".cache") / "htrkit"


def read_cached(path: Path) -> dict[str, object]:
    """Give the values of a cached file; none where it is not there, not readable or not ours."""
    try:
        values = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def write_cached(path: Path, values: Mapping[str, object]) -> None:
    """Write a cached file whole; where it cannot be written, nothing was learned and nothing is said."""
    with suppress(OSError, OutputUnwritable):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_stream([orjson.dumps(dict(values))], path)
