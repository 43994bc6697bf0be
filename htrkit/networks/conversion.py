"""How a process that converts a model tells whoever began it what came of it; without what loads any model."""

import sys
from collections.abc import Callable

import orjson

from htrkit.domain.errors import PreflightRefused
from htrkit.networks.kept import REFUSED, UNWRITABLE


def told(work: Callable[[], None]) -> int:
    """Give the exit status of a conversion.

    What is refused is told in the last line of stdout, in JSON, what could not be written on stderr.
    """
    try:
        work()
    except PreflightRefused as refused:
        sys.stdout.buffer.write(b"\n" + orjson.dumps({"what": refused.what, "mend": refused.mend}))
        return REFUSED
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return UNWRITABLE
    return 0
