"""How well a folder of texts was read: CER against ALTO or PAGE truth, and how much of it agrees with another's."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from htrkit.core.measuring import Counts, Folding
from htrkit.layouts.sidecar import read_truth

FOLDING = Folding()
"""As `htrkit evaluate` compares without options: NFC, white space folded."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a contender wrote of each page, by the page's name."""

    by_page: Mapping[str, str]

    @property
    def lines(self) -> int:
        """All lines with something in them."""
        return sum(bool(line.strip()) for text in self.by_page.values() for line in text.split("\n"))

    def missing(self, pages: tuple[str, ...]) -> tuple[str, ...]:
        """Give the pages that have no text."""
        return tuple(page for page in pages if page not in self.by_page)


def texts_below(folder: Path) -> Texts:
    """Read every text below a folder."""
    return Texts({path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.txt"))})


def truth_below(folder: Path) -> Texts:
    """Read the text of every XML in a folder; raises PageProblem."""
    layouts = {path.stem: read_truth(path.read_bytes(), name=path.name) for path in sorted(folder.glob("*.xml"))}
    return Texts({page: "\n".join(line.given_text or "" for line in layout.lines) for page, layout in layouts.items()})


def errors(read: Texts, truth: Texts) -> Counts:
    """Count characters that are wrong, over all pages of the truth: one without a text is wrong altogether."""
    pairs = [(FOLDING.folded(text), FOLDING.folded(read.by_page.get(page, ""))) for page, text in truth.by_page.items()]
    return Counts(sum(Levenshtein.distance(*pair) for pair in pairs), sum(len(text) for text, _ in pairs))


def agreement(one: Texts, other: Texts) -> float | None:
    """Give the share of characters that two agree in, page by page; None where neither wrote any."""
    pages = {**one.by_page, **other.by_page}
    pairs = [tuple(FOLDING.folded(each.by_page.get(page, "")) for each in (one, other)) for page in pages]
    most = sum(max(len(text), len(second)) for text, second in pairs)
    return 1 - sum(Levenshtein.distance(*pair) for pair in pairs) / most if most else None
