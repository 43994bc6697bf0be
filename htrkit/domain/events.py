"""What happened in a run, in the past tense; the session stamps each and tells journal, tally and screen."""

from dataclasses import dataclass

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A promised file: its place below OUT, its size in bytes, and its hash."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began: what it is made of."""

    run_id: str
    pages: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class PageStarted:
    """A page was taken in hand."""

    key: PageKey
    attempt: int


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page is whole on disk."""

    key: PageKey
    lines: int
    characters: int
    confidence: float | None
    seconds: float
    step_seconds: dict[str, float]
    files: tuple[WrittenFile, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFailed:
    """A page was set aside."""

    key: PageKey
    image: str
    failure: FailureClass
    step: Step
    message: str
    attempts: int
    stack: str = ""


@dataclass(frozen=True, slots=True)
class PageSkipped:
    """A page was left alone, with the reason."""

    key: PageKey
    reason: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run ended: the accounting that always holds, and why it ended."""

    selected: int
    done: int
    failed: int
    skipped: int
    not_run: int
    reason: str
    exit_code: int


Event = RunStarted | PageStarted | PageDone | PageFailed | PageSkipped | RunEnded


@dataclass(frozen=True, slots=True)
class Record:
    """An event and when it happened, ISO 8601 in UTC."""

    at: str
    event: Event
