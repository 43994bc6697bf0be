"""Which of the pages found are taken: `--pages 1-10,20` and `--sample 8`."""

import re
from collections.abc import Sequence
from typing import TypeVar

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem

Item = TypeVar("Item")
_RANGE = re.compile(r"(?P<first>[0-9]{1,9})(?P<dash>-(?P<last>[0-9]{1,9})?)?")
_MEND = "Write numbers and ranges from 1 with commas between them: --pages 1-10,20,30-"


def chosen(items: Sequence[Item], *, pages: str | None, sample: int | None) -> tuple[Item, ...]:
    """Give the items chosen, in their order; a sample is taken of those that `pages` names. Raises UsageProblem."""
    numbers = tuple(range(len(items))) if pages is None else _numbered(pages, len(items))
    return tuple(items[number] for number in (numbers if sample is None else _spread(numbers, sample)))


def _numbered(text: str, count: int) -> tuple[int, ...]:
    """Give the places, from 0 and each once, that a text of ranges names."""
    places: set[int] = set()
    for part in text.split(","):
        first, last = _range(part.strip(), text, count)
        places.update(range(first - 1, last))
    return tuple(sorted(places))


def _range(part: str, text: str, count: int) -> tuple[int, int]:
    """Give the first and last number of a part of the text."""
    read = _RANGE.fullmatch(part)
    if read is None:
        raise UsageProblem(f"--pages {shown(text)}: `{shown(part)}` is no page number and no range.", mend=_MEND)
    first = int(read["first"])
    last = int(read["last"]) if read["last"] else (count if read["dash"] else first)
    if not 1 <= first <= count or last > count:
        raise UsageProblem(
            f"--pages {shown(text)}: {shown(part)} is not among the {count} pages found, numbered from 1.",
            mend=f"Take numbers that are there: --pages 1-{count}",
        )
    if last < first:
        raise UsageProblem(
            f"--pages {shown(text)}: {shown(part)} runs backwards.", mend=f"Turn it round: --pages {last}-{first}"
        )
    return first, last


def _spread(numbers: Sequence[int], wanted: int) -> tuple[int, ...]:
    """Take the middle one of each of `wanted` stretches of equal length; all where there are no more."""
    count = len(numbers)
    if wanted >= count:
        return tuple(numbers)
    return tuple(numbers[(2 * index + 1) * count // (2 * wanted)] for index in range(wanted))
