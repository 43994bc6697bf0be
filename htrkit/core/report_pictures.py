"""What a report shows as pictures: which pages and lines, and what was found of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from htrkit.core.report_pages import PageStory
from htrkit.domain.events import PageDone, PageFailed
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Direction

MOST_FAILED = 36
"""Failed pages that are shown as pictures."""
MOST_OF_A_CLASS = 6
MOST_LINES = 30
"""Of the least confident ones."""
MOST_DOUBTED_PAGES = 30
"""Pages whose records are read for them: those that are least confident as a whole."""
MOST_LINES_A_PAGE = 6
_KILLERS = frozenset({FailureClass.DIED, FailureClass.TIMEOUT, FailureClass.OOM})


@dataclass(frozen=True, slots=True)
class Picture:
    """A small JPEG."""

    content: bytes
    width: int
    """Pixels."""
    height: int


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A failed page as a picture, or why there is none."""

    picture: Picture | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class DoubtfulLine:
    """A line that was read with little confidence, cut out of its page, or why there is no picture of it."""

    key: PageKey
    line: LineId
    text: str
    confidence: float
    """0 to 1."""
    picture: Picture | None
    cause: str = ""
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """All pictures of a report."""

    failed: Mapping[PageKey, Thumbnail] = field(default_factory=dict)
    lines: tuple[DoubtfulLine, ...] = ()
    """The least confident first."""
    given_up: str = ""
    """Why not everything that was to be shown is here."""


def pages_to_picture(failed: tuple[PageStory, ...]) -> tuple[PageStory, ...]:
    """Give the failed pages to be shown, in the plan's order: as many of each class, however rare it is."""
    classes: dict[FailureClass, list[PageStory]] = {}
    for page in failed:
        if isinstance(page.end, PageFailed):
            classes.setdefault(page.end.failure, []).append(page)
    most = min(MOST_OF_A_CLASS, MOST_FAILED // max(1, len(classes)))
    return tuple(page for pages in classes.values() for page in pages[:most])


def kept_shut(end: PageFailed) -> str:
    """Say why a failed page's picture had better not be opened again; empty where it may be."""
    if end.step is Step.OPEN and end.failure in _KILLERS:
        return f"not opened again: opening it ended as {end.failure}"
    return ""


def pages_to_doubt(done: tuple[PageDone, ...]) -> tuple[PageDone, ...]:
    """Give the pages that are least confident, the least first."""
    told = ((page.confidence, page.key, page) for page in done if page.confidence is not None and page.characters)
    return tuple(page for _, _, page in sorted(told, key=lambda one: one[:2])[:MOST_DOUBTED_PAGES])


def least_confident(lines: Iterator[DoubtfulLine]) -> tuple[DoubtfulLine, ...]:
    """Give the lines to be shown, the least confident first."""
    return tuple(sorted(lines, key=lambda line: (line.confidence, line.key, line.line))[:MOST_LINES])
