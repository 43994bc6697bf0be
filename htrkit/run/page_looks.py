"""Pages are looked at before a run, many at once: what each of them will come to, as far as a look can tell."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count as count_from
from math import gcd

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.devices.quotas import usable_cores
from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass
from htrkit.domain.page import Note
from htrkit.domain.source import PageSource
from htrkit.run.page_check import Depth, check_page

PROCESSES_ABOVE = 8000
"""Heads to read: fewer are read before processes have imported what they need."""
HEADS_AN_XML = 16
"""So many heads are read in the time that a PAGE file of 30 lines takes."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What will fail a page."""

    failure: FailureClass
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a page: what should be said of it, or what will fail it."""

    number: int
    """Of the page among those that were looked at, from 0."""
    notes: tuple[Note, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """How pages are looked at."""

    settings: Settings
    depth: Depth = Depth.OPENED
    processes: int | None = None
    """0 for this process alone; None for what the number of pages makes worth while."""


Looks = Callable[[Sequence[PageSource], Looking], Iterator[Look]]
"""Looks at pages and gives what was seen as it comes, in any order."""


def look_at(number: int, page: PageSource, looking: Looking) -> Look:
    """Look at one page, here."""
    try:
        return Look(number, check_page(page, looking.settings, looking.depth))
    except PageProblem as problem:
        return Look(number, trouble=Trouble(problem.failure, problem.what, problem.mend))


def looks(pages: Sequence[PageSource], looking: Looking) -> Iterator[Look]:
    """Look at all pages, in processes where that is quicker or safer; gives what was seen as it comes."""
    # Only who needs processes pays for importing what starts them.
    from htrkit.run.page_looks_parallel import looks_in_processes  # noqa: PLC0415

    processes = _processes(pages, looking)
    if processes:
        return looks_in_processes(pages, looking, processes=processes)
    return (look_at(number, page, looking) for number, page in enumerate(pages))


def _processes(pages: Sequence[PageSource], looking: Looking) -> int:
    """Give how many processes look: decoding is for processes in any case, since bad pixels may crash or hang one."""
    if looking.processes is not None:
        return min(looking.processes, len(pages))
    read_xml = looking.settings.segmenter in {Segmenter.AUTO, Segmenter.SIDECAR}
    heads = len(pages) + HEADS_AN_XML * sum(bool(page.sidecars) for page in pages) * read_xml
    if looking.depth is Depth.OPENED and heads < PROCESSES_ABOVE:
        return 0
    return min(usable_cores(), len(pages))


def spread(count: int, most: int) -> tuple[int, ...]:
    """Give the places of at most `most` of so many, spread evenly, in an order that is even wherever it is cut."""
    places = range(count) if count <= most else [index * count // most for index in range(most)]
    # Steps of the golden section fall into the widest gap each time (Kronecker's sequence).
    step = next(step for step in count_from(max(round(len(places) * 0.618), 1)) if gcd(step, len(places) or 1) == 1)
    return tuple(places[index * step % len(places)] for index in range(len(places)))


def until(looks: Iterator[Look], seconds: float | None, clock: Callable[[], float] = time.monotonic) -> Iterator[Look]:
    """Give the looks that come within so many seconds."""
    end = None if seconds is None else clock() + seconds
    for look in looks:
        yield look
        if end is not None and clock() >= end:
            return
