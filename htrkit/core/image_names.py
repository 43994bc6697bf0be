"""The image that an XML file names: a name, a path of any system or a URL, of which only the last part counts."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_PLAIN = re.compile(r"[^/\\%]*[^/\\%.]")
_QUERY = re.compile(r"[?#].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ImageName:
    """What a written name may mean."""

    names: tuple[str, ...]
    """Possible file names, the likeliest first; none where nothing is named."""
    folder: str | None = None
    """The last folder of the path that was written."""


def image_name(written: str | None) -> ImageName:
    """Read what stands in the XML: as it is, then with backslashes between folders, then with `%20` for a space.

    A URL's query and fragment do not count; nothing is ever fetched.
    """
    path = written or ""
    if path and _PLAIN.fullmatch(path):
        return ImageName((path,))
    if _URL.match(path):
        path = _QUERY.sub("", path)
    readings = (path, path.replace("\\", "/"))
    decoded = tuple(unquote(reading, errors="surrogateescape") for reading in readings)
    names = (PurePosixPath(reading).name for reading in (*readings, *decoded))
    parent = PurePosixPath(decoded[1]).parent.name
    return ImageName(tuple(dict.fromkeys(name for name in names if name not in {"", ".."})), parent or None)
