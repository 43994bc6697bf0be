"""Reading order: what a document says of it, and its own order for everything that it does not name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

NAMED_LAST = inf


@dataclass(frozen=True, slots=True)
class Placed:
    """A region or line where it stands in a document."""

    id: str
    parent: str | None
    index: int | None = None
    """Its place among its siblings, where the document tells."""


@dataclass(slots=True)
class _Reader:
    """Gives lines one by one, each once."""

    regions: dict[str | None, list[Placed]]
    lines: dict[str | None, list[Placed]]
    named: frozenset[str]
    given: dict[str, None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def region(self, name: str) -> None:
        """Give a region's lines, then those of the regions in it that have no place of their own."""
        if name in self.seen:
            return
        self.seen.add(name)
        self.line_ids(line.id for line in self.lines.get(name, ()))
        for inner in self.regions.get(name, ()):
            if inner.id not in self.named:
                self.region(inner.id)

    def line_ids(self, ids: Iterable[str]) -> None:
        """Give lines that were not given before."""
        self.given.update(dict.fromkeys(ids))


def reading_order(named: Sequence[str], regions: Sequence[Placed], lines: Sequence[Placed]) -> tuple[str, ...]:
    """Give the ids of all lines in reading order.

    `named` are ids of regions and lines in the order that the document states; regions and lines come in the
    document's own order. What is not named stands after what is, sorted by index where there is one.
    """
    if not named and all(one.index is None for one in (*regions, *lines)):
        return tuple(line.id for line in lines)
    region_ids, line_ids = {region.id for region in regions}, {line.id for line in lines}
    reader = _Reader(_by_parent(regions), _by_parent(lines), frozenset(named))
    for name in named:
        if name in region_ids:
            reader.region(name)
        elif name in line_ids:
            reader.line_ids((name,))
    for region in reader.regions.get(None, ()):
        reader.region(region.id)
    for region in regions:
        reader.region(region.id)
    reader.line_ids(line.id for line in lines)
    return tuple(reader.given)


def _by_parent(placed: Sequence[Placed]) -> dict[str | None, list[Placed]]:
    groups: dict[str | None, list[Placed]] = {}
    for one in placed:
        groups.setdefault(one.parent, []).append(one)
    return {
        parent: sorted(group, key=lambda one: NAMED_LAST if one.index is None else one.index)
        for parent, group in groups.items()
    }
