"""What is wrong with a promised file, in words that a table can group by."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.names import PageKey


class DamageKind(StrEnum):
    """How a file differs from what the journal promised."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    """No regular file, or it may not be read."""
    TRUNCATED = "truncated"
    SWAPPED = "swapped"
    """It holds what another file was promised to hold."""
    CHANGED = "changed"
    INVALID = "invalid"
    """It is as it was written, and its schema refuses it."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One promised file that is not as promised."""

    key: PageKey
    path: str
    """Below OUT."""
    kind: DamageKind
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """All promised files, looked at."""

    files: int
    size: int
    """Bytes promised."""
    damages: tuple[Damage, ...]
