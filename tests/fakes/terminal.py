"""A terminal that knows as much as panels need: rows that scroll, a cursor, and what is erased."""

import re
from dataclasses import dataclass, field

_PARTS = re.compile(r"\x1b\[(\??\d*(?:;\d*)*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


@dataclass(slots=True)
class FakeTerminal:
    """Takes bytes as a terminal does; `screen` is what is seen, `scrollback` what went out at its top."""

    columns: int = 80
    rows: int = 24
    scrollback: list[str] = field(default_factory=list)
    cursor_shown: bool = True
    _lines: list[str] = field(default_factory=lambda: [""])
    _row: int = 0
    _column: int = 0

    @property
    def screen(self) -> list[str]:
        """Give the rows without what is blank at their ends."""
        return [line.rstrip() for line in self._lines]

    @property
    def everything(self) -> list[str]:
        """Give scrollback and screen."""
        return [*self.scrollback, *self.screen]

    def take(self, content: bytes) -> None:
        text = content.decode("utf-8")
        place = 0
        while place < len(text):
            part = _PARTS.match(text, place)
            assert part is not None, f"a sign that no terminal knows: {text[place : place + 9]!r}"
            place = part.end()
            numbers, order, way, words = part.groups()
            if order:
                self._obey(order, numbers)
            elif way == "\r":
                self._column = 0
            elif way == "\n":
                self._down()
            else:
                self._write(words)

    def resize(self, columns: int, rows: int) -> None:
        """Break lines anew, as terminals of today do, and keep the cursor on its letter."""
        broken, row, column = [], 0, 0
        for index, line in enumerate(self._lines):
            pieces = [line[start : start + columns] for start in range(0, max(len(line), 1), columns)]
            if index == self._row:
                row, column = len(broken) + min(self._column // columns, len(pieces) - 1), self._column % columns
            broken += pieces
        over = max(len(broken) - rows, 0)
        self.scrollback += broken[:over]
        self._lines, self._row, self._column = broken[over:], row - over, column
        self.columns, self.rows = columns, rows

    def _obey(self, order: str, numbers: str) -> None:
        match order, numbers:
            case "A", _:
                self._row = max(self._row - int(numbers or 1), 0)
            case "K", "2":
                self._lines[self._row] = ""
            case "J", "":
                self._lines[self._row] = self._lines[self._row][: self._column]
                del self._lines[self._row + 1 :]
            case "h" | "l", "?25":
                self.cursor_shown = order == "h"
            case "m", _:
                pass
            case _:
                raise AssertionError(f"an order that no panel gives: {numbers}{order}")

    def _down(self) -> None:
        self._row += 1
        if self._row == len(self._lines):
            self._lines.append("")
        if len(self._lines) > self.rows:
            self.scrollback.append(self._lines.pop(0).rstrip())
            self._row -= 1

    def _write(self, words: str) -> None:
        for letter in words:
            if self._column >= self.columns:
                self._down()
                self._column = 0
            line = self._lines[self._row].ljust(self._column)
            self._lines[self._row] = line[: self._column] + letter + line[self._column + 1 :]
            self._column += 1
