"""Lines of a panel put together so that they fit: cut, side by side, or as many parts as there is room for."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from htrkit.ui.live_marks import Glyphs


@dataclass(frozen=True, slots=True)
class Told:
    """Parts that fit into a line, and how many they are."""

    words: str
    taken: int


def cropped(line: Text, width: int, glyphs: Glyphs) -> Text:
    """Give the line cut to so many cells, with a sign where something is missing."""
    if line.cell_len <= width:
        return line
    line = line.copy()
    line.truncate(max(width - len(glyphs.more), 0), overflow="crop")
    line.append(glyphs.more[: max(width, 0)])
    return line


def beside(left: Text, rights: Sequence[str], width: int) -> Text:
    """Give the left text and, at the end of the line, the first of the others that there is room for, if any."""
    for right in rights:
        gap = width - left.cell_len - cell_len(right)
        if gap >= 2:
            return Text.assemble(left, " " * gap, right)
    return left


def columns(texts: Sequence[Text], widths: Sequence[int], glyphs: Glyphs) -> Text:
    """Give the texts side by side, each in so many cells."""
    line = Text()
    for text, width in zip(texts, widths, strict=True):
        cut = cropped(text, width - 2, glyphs)
        line.append_text(cut)
        line.append(" " * (width - cut.cell_len))
    return line


def first_that_fits(parts: Sequence[str], width: int, between: str, *, count_others: bool) -> Told:
    """Give as many parts as fit, and how many others there are; the first is always given, whole or cut later."""
    words, taken = "", 0
    for part in parts:
        longer = f"{words}{between}{part}" if words else part
        others = len(parts) - taken - 1
        more = f"{between}{others} more" if count_others and others else ""
        if words and cell_len(longer + more) > width:
            break
        words, taken = longer, taken + 1
    others = len(parts) - taken
    return Told(f"{words}{between}{others} more" if count_others and others else words, taken)


def padded(text: str, width: int) -> str:
    """Give the text filled up to so many cells."""
    return text + " " * max(width - cell_len(text), 0)


def plural(number: int, one: str, several: str = "") -> str:
    """Give `2 GPUs`."""
    return f"{number} {one if number == 1 else several or one + 's'}"
