"""Breaks a page's text into the lines that it is known to stand on, by the text that those already hold."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from rapidfuzz.distance import Levenshtein

ALIKE = 0.6
"""How much of two texts must be the same for one to be laid on the other; chance makes a third of it."""
MOST_SIGNS = 30_000
"""Of a page: what compares them takes time by the square of it."""
NEAR = 4
"""Signs from the place where a line should end within which a gap between words is taken for it."""


def broken_as(given: Sequence[str], written: Sequence[str]) -> list[str] | None:
    """Give the written text in as many lines as were given; None where the two are not alike.

    Nothing but white space at the lines' ends is lost. A line ends between two words, or inside of one where the given
    line does.
    """
    old, new = "\n".join(given), "\n".join(written)
    if not "".join(given).strip() or max(len(old), len(new)) > MOST_SIGNS or not _alike(old, new):
        return None
    if len(given) == len(written) and all(_may_be(*pair) for pair in zip(given, written, strict=True)):
        return list(written)
    if not all(line.strip() for line in given):
        # What was written for a line that held no text would go to its neighbour.
        return None
    ends = [end - 1 for end in accumulate(len(line) + 1 for line in given)]
    cuts = [0, *(_gap(new, place) for place in _moved(old, new, ends[:-1])), len(new)]
    return [" ".join(new[start:end].split("\n")).strip() for start, end in pairwise(accumulate(cuts, max))]


def _may_be(given: str, written: str) -> bool:
    return not given.strip() or _alike(given, written)


def _alike(given: str, written: str) -> bool:
    return Levenshtein.normalized_similarity(given.casefold(), written.casefold()) >= ALIKE


def _moved(old: str, new: str, places: Sequence[int]) -> Iterator[int]:
    """Give where each place of the old text, in ascending order, came to lie in the new one."""
    steps = iter(Levenshtein.opcodes(old, new))
    step = next(steps)
    for place in places:
        while step.src_end <= place:
            step = next(steps)
        yield min(step.dest_start + max(place - step.src_start, 0), step.dest_end)


def _gap(text: str, place: int) -> int:
    """Give the nearest place between words, a line's end before a space; the place itself where none is near."""
    near = range(max(place - NEAR, 0), min(place + NEAR + 1, len(text)))
    gaps = [at for at in near if text[at].isspace()]
    return min(gaps, key=lambda at: (abs(at - place), text[at] != "\n"), default=place)
