"""What counts when text is held against its truth, and how errors add up."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.renderers import TextForm


@dataclass(frozen=True, slots=True)
class Folding:
    """What does not count as an error; white space and line ends never do."""

    form: TextForm = TextForm.NFC
    ignore_case: bool = False
    ignore_punctuation: bool = False

    def folded(self, text: str) -> str:
        """Give the text as it is compared."""
        if self.form is not TextForm.NONE:
            text = unicodedata.normalize("NFC" if self.form is TextForm.NFC else "NFD", text)
        if self.ignore_case:
            text = text.casefold()
        if self.ignore_punctuation:
            text = "".join(" " if unicodedata.category(sign).startswith("P") else sign for sign in text)
        return " ".join(text.replace("\ufeff", "").split())


class Matched(StrEnum):
    """How a page's lines found their truth."""

    BASELINES = "baselines"
    PAGE_TEXT = "page text"


@dataclass(frozen=True, slots=True)
class Counts:
    """Errors (insertions, deletions, substitutions), and the length of the truth they are counted against."""

    errors: int = 0
    length: int = 0

    @property
    def rate(self) -> float | None:
        """Errors over length; None where the truth is empty."""
        return self.errors / self.length if self.length else None


@dataclass(frozen=True, slots=True)
class Score:
    """Characters and words of a page, a folder, or all."""

    characters: Counts
    words: Counts


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page against its truth."""

    key: str
    folder: str
    matched: Matched
    score: Score


@dataclass(frozen=True, slots=True)
class Confusion:
    """What was read for what, and how often; an empty `truth` was read where nothing stands, an empty `read` missed."""

    truth: str
    read: str
    times: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run against its truth."""

    folding: Folding
    pages: Sequence[PageScore]
    without_truth: Sequence[str]
    """Pages that were read and have no truth, or more than one that might be theirs."""
    unread: Sequence[str]
    """Pages of the plan that have truth or not, and no page record: they failed, or were not run."""
    unusable: Sequence[str]
    """Truth files that cannot be read, each with the cause."""
    confusions: Sequence[Confusion]

    @property
    def total(self) -> Score:
        """All errors over all characters: no mean of means."""
        return added(page.score for page in self.pages)

    @property
    def folders(self) -> dict[str, Score]:
        """The same for each folder, in the pages' order."""
        names = dict.fromkeys(page.folder for page in self.pages)
        return {name: added(page.score for page in self.pages if page.folder == name) for name in names}


def added(scores: Iterable[Score]) -> Score:
    """Add scores up."""
    total = list(scores)
    return Score(
        Counts(sum(one.characters.errors for one in total), sum(one.characters.length for one in total)),
        Counts(sum(one.words.errors for one in total), sum(one.words.length for one in total)),
    )
