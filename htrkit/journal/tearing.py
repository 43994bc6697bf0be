"""What is synced, and so what a power cut may tear off the journal's end; any other damage is no crash of ours."""

from collections.abc import Iterable

from htrkit.domain.events import PageDone, PageFailed, PageRemade, PageStarted, RunEnded
from htrkit.journal.lines import LineDamaged, decode

SYNCED = (PageStarted, PageDone, PageRemade, PageFailed, RunEnded)
"""Events that must be on disk before anything is said of them, or done: a page's files may change once it started."""
_NAMES = frozenset(event.__name__ for event in SYNCED)


def is_torn(lines: Iterable[bytes]) -> bool:
    """Say whether all lines from the first damaged one on may be what a power cut has left of those not synced yet.

    A disk writes blocks in any order, so that whole lines may follow one that reads as zeros. A synced event ends what
    may be torn: what is written after it is written when all before it is safe.
    """
    zeros = ended = False
    for line in lines:
        if ended:
            return False
        try:
            event = decode(line).get("event")
        except LineDamaged:
            zeros = zeros or b"\0" in line
        else:
            if not zeros:
                return False
            ended = event in _NAMES
    return True
