"""Lists of paths, from `@list.txt` or from stdin: text as any editor or program may have written it."""

import codecs
import re
from dataclasses import dataclass

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem

_LINE_END = re.compile(r"\r\n|\n|\r")
"""Not `splitlines`, which would also end a line at characters that are legal in names."""
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A path of a list, and the number of its line."""

    path: str
    line: int


def read_list(path: str) -> tuple[Entry, ...]:
    """Give the paths of a file, or of a pipe that a shell made of a command; raises UsageProblem."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path with a null byte must fail here, as all others do
            content = file.read()
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise UsageProblem(
            f"{shown(path)}: the list cannot be read ({cause}).", mend="Give a file with one path a line after @."
        ) from error
    return entries_of(content, name=path)


def entries_of(content: bytes, *, name: str) -> tuple[Entry, ...]:
    """Give the paths in the bytes of a list: UTF-8 with or without a byte-order mark, any line ends, no blank lines.

    Bytes that are not UTF-8 are kept as surrogate escapes. Raises UsageProblem for UTF-16 and for null bytes.
    """
    if content.startswith(_WIDE):
        raise UsageProblem(f"{shown(name)}: the list is UTF-16.", mend="Save it as UTF-8.")
    if b"\0" in content:
        raise UsageProblem(
            f"{shown(name)}: the list holds null bytes.", mend="Write one path a line (`find` without -print0)."
        )
    text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    lines = enumerate(_LINE_END.split(text), start=1)
    return tuple(Entry(line, number) for number, line in lines if line.strip())
