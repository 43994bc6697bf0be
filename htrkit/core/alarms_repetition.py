"""The alarm for text that runs in a loop, as sequence models write it when they have lost their place."""

import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from htrkit.core.tandem import Stretch, apart, stretches

MOST_PERIOD = 100
"""Signs of the longest unit that is looked for in a line: a phrase of a dozen words."""
MOST_PERIOD_OVER_LINES = 300
"""Signs, without spaces, of the longest unit that is looked for over the lines of a page: four or five lines."""
FEWEST_LIKE = 6.0
"""A letter so often: `xxxuiiii` and `iiii` are numbers, `aaaaa` a cry."""
FEWEST_UNITS = 4.6
"""Syllables, words, phrases; with less than 6 of them a drifting loop still shows as much."""
FEWEST_SIGNS = 10
"""`etetet` is chance."""
FEWEST_DIGITS = 10
"""A number may be round."""
FEWEST_MARKS = 40
"""Leaders and rules are drawn with dots, dashes and underscores."""
FEWEST_SIGNS_OVER_LINES = 40
"""A column may say `idem` some times."""
WINDOW, SEEN_BEFORE, GRAM = 32, 0.5, 5
"""Only where half of so many signs stand in groups of five that were there before, loops over lines are looked for."""
LEADERS = frozenset(string.punctuation + string.whitespace + "…·–—―‐‑") - {"&"}  # noqa: RUF001 - dashes
"""What lines are filled up with."""
LIKENESS = 0.6
"""How well a loop repeats itself at least; see `Stretch.likeness`."""
LIKENESS_OF_ONE = 0.9
"""The same of a single sign, where two alike are common: `xxxiiii`."""


@dataclass(frozen=True, slots=True)
class Loop:
    """What is said again and again, and how often."""

    unit: str
    times: int


@dataclass(frozen=True, slots=True)
class LoopOverLines:
    """A loop, and the lines of the page that it covers."""

    loop: Loop
    lines: range


def loop_in(text: str) -> Loop | None:
    """Give the loop that a line runs in; None where it does not."""
    text = " ".join(text.split())
    signs = text.casefold()
    if len(signs) != len(text):
        # A sign that is two in small letters would shift the places.
        signs = text
    if not _has_repeats(signs):
        return None
    for one in apart(stretches(signs, most_period=min(len(signs) // 2, MOST_PERIOD))):
        if _is_loop(signs[one.start : one.end], one):
            return Loop(text[one.start : one.start + one.period].strip() or text[one.start], int(one.repeats))
    return None


def loop_over_lines(texts: Sequence[str]) -> LoopOverLines | None:
    """Give the longest loop that covers several lines of a page, in reading order; None where there is none."""
    placed = [(number, sign) for number, text in enumerate(texts) for sign in text.casefold() if not sign.isspace()]
    signs = "".join(sign for _, sign in placed)
    lengths = Counter(number for number, _ in placed)
    best: tuple[Stretch, range] | None = None
    for one in (loop for part in _said_before(signs) for loop in _loops_in(signs, part)):
        within = Counter(number for number, _ in placed[one.start : one.end])
        lines = [number for number, length in within.items() if length * 2 >= lengths[number]]
        if len(lines) > 1 and (best is None or one.score > best[0].score):
            best = one, range(lines[0], lines[-1] + 1)
    if best is None:
        return None
    one, covered = best
    return LoopOverLines(Loop(signs[one.start : one.start + one.period], int(one.repeats)), covered)


def _has_repeats(signs: str) -> bool:
    """Tell whether three signs in a row stand in a line once more at two places: it has no loop where they do not.

    Of the signs of a loop that repeat earlier ones, eight at least, a shift parts off at most every fourth and a
    mismatch every seventh (`LIKENESS`): what is left whole in between are such threes.
    """
    threes = [signs[place : place + 3] for place in range(len(signs) - 2)]
    return len(threes) - len(set(threes)) > 1


def _loops_in(signs: str, part: range) -> Iterator[Stretch]:
    """Give the loops in a part of a page, which begins one period before it."""
    most = min(len(part) // 2, MOST_PERIOD_OVER_LINES)
    before = max(part.start - most, 0)
    for one in apart(stretches(signs[before : part.stop], most_period=most)):
        found = replace(one, start=before + one.start, end=before + one.end)
        if found.end - found.start >= FEWEST_SIGNS_OVER_LINES and _is_loop(signs[found.start : found.end], found):
            yield found


def _said_before(signs: str) -> Iterator[range]:
    """Give the parts that largely stood not far before: cheaply, since nearly no page has any to speak of."""
    last: dict[str, int] = {}
    seen = []
    for place in range(len(signs) - GRAM + 1):
        gram = signs[place : place + GRAM]
        seen.append(place - last.get(gram, -MOST_PERIOD_OVER_LINES - 1) <= MOST_PERIOD_OVER_LINES)
        last[gram] = place
    sums = [0, *accumulate(seen)]
    start = stop = 0
    for end in range(WINDOW, len(sums)):
        if sums[end] - sums[end - WINDOW] < WINDOW * SEEN_BEFORE:
            continue
        if end - WINDOW > stop:
            yield range(start, stop)
            start = end - WINDOW
        stop = end + GRAM - 1
    yield range(start, stop)


def _is_loop(said: str, stretch: Stretch) -> bool:
    if stretch.repeats < _fewest(said, stretch):
        return False
    if stretch.period == 1:
        return stretch.likeness >= LIKENESS_OF_ONE
    return len(said) >= FEWEST_SIGNS and stretch.likeness >= LIKENESS


def _fewest(said: str, stretch: Stretch) -> float:
    """Give the repeats that make a loop of what is said."""
    if LEADERS.issuperset(said):
        return FEWEST_MARKS / stretch.period
    if all(sign.isdigit() or sign in LEADERS for sign in said):
        return FEWEST_DIGITS
    return FEWEST_LIKE if stretch.period == 1 else FEWEST_UNITS
