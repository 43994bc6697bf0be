"""`python -m htrkit.run.look_process PARENT`: looks at pages that it is sent, a line of JSON for each that was seen."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import IO

from htrkit.config.settings import Settings
from htrkit.domain.failure import FailureClass
from htrkit.domain.page import Note
from htrkit.domain.source import PageSource
from htrkit.run.messages import page_of
from htrkit.run.mortality import go_first_when_memory_is_short
from htrkit.run.page_check import Depth
from htrkit.run.page_looks import Look, Looking, Trouble, look_at

MODULE = "htrkit.run.look_process"
READY = "\n"
"""Said once everything is imported: a process that ends before has no page to blame."""


def main() -> None:
    """Look at pages until nobody sends any."""
    go_first_when_memory_is_short()
    first = sys.stdin.readline()
    if first:
        looking = read_looking(first)
        sys.stdout.write(READY)
        sys.stdout.flush()
        look_at_sent(looking, sys.stdin, sys.stdout)


def look_at_sent(looking: Looking, sent: Iterable[str], told: IO[str]) -> None:
    """Look at the pages of every line that is sent; each is told as soon as it was seen, in their order."""
    for line in sent:
        for number, page in read_pages(line):
            told.write(written_look(look_at(number, page, looking)))
            told.flush()


def written_looking(looking: Looking) -> str:
    """Give how pages are to be looked at, as a line."""
    return json.dumps([looking.settings.model_dump(mode="json"), looking.depth]) + "\n"


def read_looking(line: str) -> Looking:
    """Give what `written_looking` wrote."""
    settings, depth = json.loads(line)
    return Looking(Settings.model_validate(settings), Depth(depth))


def written_pages(pages: Iterable[tuple[int, PageSource]]) -> str:
    """Give pages with their numbers as a line; names that are no UTF-8 travel as JSON's escapes."""
    return json.dumps([(number, asdict(page)) for number, page in pages]) + "\n"


def read_pages(line: str) -> list[tuple[int, PageSource]]:
    """Give what `written_pages` wrote."""
    return [(number, page_of(page)) for number, page in json.loads(line)]


def written_look(look: Look) -> str:
    """Give what was seen of a page as a line."""
    notes = [(note.code, note.message) for note in look.notes]
    trouble = look.trouble
    return json.dumps([look.number, notes, trouble and [trouble.failure, trouble.what, trouble.mend]]) + "\n"


def read_look(line: str) -> Look:
    """Give what `written_look` wrote, but for the lines that notes are about; raises ValueError."""
    number, notes, trouble = json.loads(line)
    told = Trouble(FailureClass(trouble[0]), trouble[1], trouble[2]) if trouble else None
    return Look(number, tuple(Note(code, message) for code, message in notes), told)


if __name__ == "__main__":
    main()
