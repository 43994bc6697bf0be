"""Patterns such as `scans/**/*.tif`, matched here since Python's own matching follows loops of symlinks without end."""

# Paths stay the strings that they are on disk; pathlib would cost as much as the walk itself.
# ruff: noqa: PTH112, PTH118, PTH208

import fnmatch
import os
import re
from collections.abc import Iterator

from htrkit.files.walk import Identity, folders_in, identity_of, natural

_MAGIC = re.compile(r"[*?\[]")
_DEEP = "**"


def is_pattern(text: str) -> bool:
    """Say whether the text holds what a shell would expand."""
    return bool(_MAGIC.search(text))


def matches(pattern: str) -> tuple[str, ...]:
    """Give the files and folders that match, in natural order: as in a shell, but for `**`, which is any depth.

    A part of the pattern that exists is that file or folder, whatever brackets it holds; hidden names match only a part
    that begins with a dot. What cannot be listed matches nothing.
    """
    found = ["/" if pattern.startswith("/") else ""]
    for part in filter(None, pattern.split("/")):
        found = list(dict.fromkeys(path for above in found for path in _below(above, part)))
    if pattern.endswith(("/", _DEEP)):
        found = [path for path in found if os.path.isdir(path)]
    return tuple(sorted(found, key=lambda path: [natural(part) for part in path.split("/")]))


def _below(above: str, part: str) -> Iterator[str]:
    """Give the paths that a part of the pattern leads to from a folder."""
    if part == _DEEP:
        yield from _any_depth(above, set())
    elif os.path.lexists(os.path.join(above, part)):
        yield os.path.join(above, part)
    elif is_pattern(part):
        matching = re.compile(fnmatch.translate(part))
        for name in _names(above):
            if matching.match(name) and name.startswith(".") <= part.startswith("."):
                yield os.path.join(above, name)


def _any_depth(folder: str, seen: set[Identity]) -> Iterator[str]:
    """Give the folder and all folders below it, each once."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        identity = identity_of(path or os.curdir)
        if identity is None or identity in seen:
            continue
        seen.add(identity)
        yield path
        waiting += [os.path.join(path, name) for name in folders_in(path or os.curdir)]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder or os.curdir)
    except OSError:
        return []
