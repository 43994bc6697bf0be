"""What preflight finds: each finding has a code, a cause, and the command or setting that mends it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    WARNING = "warning"
    BLOCKER = "blocker"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before a run starts."""

    code: str
    severity: Severity
    message: str
    mend: str = ""
    """The command or setting that changes it; empty only for a note."""
    why: str = ""
    """Why it matters, where the message does not say."""
