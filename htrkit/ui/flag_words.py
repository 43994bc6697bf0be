"""Why a page should be looked at, in words."""

from collections.abc import Mapping

from htrkit.domain.events import PageDone
from htrkit.domain.page import Note
from htrkit.outputs.text import visible
from htrkit.ui.words import amount

MOST = 2
"""Reasons that are said of one page; its record holds all."""


def flag_words(page: PageDone) -> str:
    """Give a page's flags, with the sentences that are known of them."""
    said = [_words(note) for note in page.reasons[:MOST]]
    told = {note.code for note in page.reasons[:MOST]}
    rest = [visible(flag) for flag in page.flags if flag not in told]
    more = len(page.reasons) - len(said)
    return "; ".join([*said, *rest, *([f"and {amount(more)} more"] if more > 0 and not rest else [])])


def flag_counts(flags: Mapping[str, int]) -> str:
    """Give each flag and how many pages carry it, by falling count."""
    return ", ".join(
        f"{visible(flag)} {amount(number)}" for flag, number in sorted(flags.items(), key=lambda one: (-one[1], one[0]))
    )


def _words(note: Note) -> str:
    where = f" in line {visible(note.line)}" if note.line is not None else ""
    return f"{visible(note.code)}{where}: {visible(note.message).removesuffix('.')}"
