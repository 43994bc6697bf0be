"""JSON of ours read back strictly, strings of any bytes included: pydantic refuses the surrogates of odd file names."""

from collections.abc import Iterator
from dataclasses import dataclass, field


class NotAsWritten(Exception):
    """A value is missing, is of another kind, or is not known; the message names its place."""


@dataclass(slots=True)
class Table:
    """A JSON object, and which of its names were asked for; `place` is where it stands in the document."""

    values: dict[str, object]
    place: str = ""
    asked: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        """Give a string."""
        return _text(self._value(name), self._at(name))

    def number_or_none(self, name: str) -> int | None:
        """Give a whole number, or None for null."""
        value = self._value(name)
        if value is not None and type(value) is not int:
            raise NotAsWritten(f"`{self._at(name)}` is no whole number")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of strings."""
        return tuple(_text(value, self._at(name)) for value in self._list(name))

    def any(self, name: str) -> object:
        """Give whatever stands there."""
        return self._value(name)

    def table(self, name: str) -> "Table":
        """Give an object."""
        return table_of(self._value(name), self._at(name))

    def tables(self, name: str) -> Iterator["Table"]:
        """Give a list of objects, one by one."""
        for number, value in enumerate(self._list(name)):
            yield table_of(value, f"{self._at(name)}[{number}]")

    def refuse_more(self) -> None:
        """Refuse names that nobody asked for."""
        if unknown := self.values.keys() - self.asked:
            raise NotAsWritten(f"`{self._at(min(unknown))}` is not known to this version")

    def _value(self, name: str) -> object:
        self.asked.add(name)
        try:
            return self.values[name]
        except KeyError:
            raise NotAsWritten(f"`{self._at(name)}` is missing") from None

    def _list(self, name: str) -> list[object]:
        value = self._value(name)
        if not isinstance(value, list):
            raise NotAsWritten(f"`{self._at(name)}` is no list")
        return value

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def table_of(value: object, place: str = "") -> Table:
    """Take a value for an object; raises NotAsWritten."""
    if not isinstance(value, dict):
        raise NotAsWritten(f"`{place}` is no object" if place else "it is no object")
    return Table(value, place)


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise NotAsWritten(f"`{place}` is no text")
    return value
