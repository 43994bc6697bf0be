"""The alarm for letters of another script than the one that a model reads."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from htrkit.domain.scripts import ANY_SCRIPT, BEGINNINGS, MADE_OF

SHARE_OF_PAGE = 0.05
"""Of a page's letters: more than a quotation now and then."""
FEWEST_ON_PAGE = 12
"""Letters of other scripts; fewer are single signs that were misread."""
SHARE_OF_LINE = 0.3
FEWEST_IN_LINE = 5
_WIDTHS = ("FULLWIDTH ", "HALFWIDTH ")
_CODES = {beginning: code for code, beginning in BEGINNINGS.items()}
_MOST_WORDS = max(beginning.count(" ") for beginning in _CODES) + 1

Scripts = frozenset[str]
"""The scripts that are right, by codes of ISO 15924 with a beginning of their own."""


@dataclass(frozen=True, slots=True)
class Strangers:
    """Letters of other scripts than those declared."""

    strange: int
    letters: int
    commonest: str
    declared: tuple[str, ...]

    @property
    def words(self) -> str:
        """Say it, but for where."""
        should = " or ".join(_name(code) for code in self.declared)
        mostly = _name(self.commonest)
        return f"{self.strange} of {self.letters} letters are not {should}, mostly {mostly}"


def scripts_of(wished: str | None) -> Scripts | None:
    """Give the scripts that a setting or a card names, comma-separated; None where every script is right."""
    codes = [code.strip() for code in (wished or "").split(",") if code.strip()]
    if not codes or ANY_SCRIPT in codes:
        return None
    return frozenset(one for code in codes for one in MADE_OF.get(code, (code,)))


@lru_cache(maxsize=4096)
def script_of(sign: str) -> str | None:
    """Give a letter's script; None for what belongs to all: marks, digits, punctuation, signs of private use."""
    if not unicodedata.category(sign).startswith("L"):
        return None
    name = unicodedata.name(sign, "")
    for width in _WIDTHS:
        name = name.removeprefix(width)
    words = name.split()[:_MOST_WORDS]
    beginnings = (" ".join(words[:length]) for length in range(len(words), 0, -1))
    return next((_CODES[beginning] for beginning in beginnings if beginning in _CODES), None)


def strangers_in(text: str, scripts: Scripts) -> Strangers | None:
    """Give the letters of other scripts in a line; None where they are few."""
    return _more_than(SHARE_OF_LINE, FEWEST_IN_LINE, _counted([text]), scripts)


def strangers_on_page(texts: Sequence[str], scripts: Scripts) -> Strangers | None:
    """Give the letters of other scripts on a page; None where they are few."""
    return _more_than(SHARE_OF_PAGE, FEWEST_ON_PAGE, _counted(texts), scripts)


def _counted(texts: Sequence[str]) -> Counter[str]:
    signs = Counter(sign for text in texts for sign in text)
    counted = Counter[str]()
    for sign, number in signs.items():
        if (script := script_of(sign)) is not None:
            counted[script] += number
    return counted


def _more_than(share: float, fewest: int, counted: Counter[str], scripts: Scripts) -> Strangers | None:
    strange = Counter({script: number for script, number in counted.items() if script not in scripts})
    number, letters = strange.total(), counted.total()
    if number < fewest or number < share * letters:
        return None
    commonest = min(strange, key=lambda script: (-strange[script], script))
    return Strangers(number, letters, commonest, tuple(sorted(scripts)))


def _name(code: str) -> str:
    return BEGINNINGS[code].title() if code != "Hani" else "Han"
