"""Tables of plain text, for terminals and pipes alike."""

from collections.abc import Sequence

from rich.cells import cell_len

GAP = "  "


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Give rows under their heads, in columns; those in `right` are set flush right. No line ends in spaces."""
    cells = [list(heads), *map(list, rows)]
    widths = [max(cell_len(row[column]) for row in cells) for column in range(len(heads))]
    lines = [
        GAP.join(
            _set(cell, width, flush_right=column in right)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    rule = GAP.join("-" * width for width in widths)
    return "\n".join(line.rstrip() for line in (lines[0], rule, *lines[1:]))


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Give names and values, the values in one column; a value of several lines stays in it."""
    width = max((cell_len(name) for name, _ in rows), default=0)
    indent = "\n" + " " * (width + len(GAP))
    return "\n".join(
        f"{_set(name, width, flush_right=False)}{GAP}{value.replace(chr(10), indent)}".rstrip() for name, value in rows
    )


def _set(cell: str, width: int, *, flush_right: bool) -> str:
    space = " " * (width - cell_len(cell))
    return space + cell if flush_right else cell + space
