"""How many lines a PAGE or ALTO file has, told from its text alone: for estimates, which a parser would slow down."""

import re

from htrkit.files.no_picture import NoPicture
from htrkit.files.regular import opened_regular

_LINE = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?TextLine[\s/>]")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
"""How a file in UTF-16 begins, with and without a byte-order mark."""


def lines_in(path: str) -> int | None:
    """Count the lines that begin in a file; None where it cannot be read or its bytes are not one a letter."""
    try:
        with opened_regular(path) as file:
            content = file.read()
    except (NoPicture, OSError):
        return None
    return None if content.startswith(_WIDE) else len(_LINE.findall(content))
