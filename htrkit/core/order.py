"""Reading order: what a document says of it, and its own order for everything that it does not name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Placed:
    """A region or line where it stands in a document."""

    id: str
    parent: str | None
    index: int | None = None
    """Its place among its siblings, where the document tells (Transkribus' `custom`)."""


def reading_order(named: Sequence[str], regions: Sequence[Placed], lines: Sequence[Placed]) -> tuple[str, ...]:
    """Give the ids of all lines in reading order.

    `named` are ids of regions and lines in the order that the document states; what is not there, or was named before,
    does not count. Regions and lines come in the document's own order, with unique ids. Where nothing is named,
    siblings with an index stand in its order. Everything else stands after, as in the document.
    """
    document = _Document.of(regions, lines)
    names = [name for name in named if name in document.place]
    reader = _Reader(document, frozenset(names))
    for name in names or [one.id for one in document.within(None)]:
        reader.take(name)
    reader.take_rest(line.id for line in lines)
    return tuple(reader.taken)


@dataclass(frozen=True, slots=True)
class _Document:
    """Where everything stands."""

    place: Mapping[str, int]
    """Of each region its first line's place, of each line its own; a region without lines has none."""
    inner: Mapping[str | None, Sequence[Placed]]
    """What stands in each region, or in none, as in the document: lines, and regions at their first line's place."""
    lines: frozenset[str]

    @classmethod
    def of(cls, regions: Sequence[Placed], lines: Sequence[Placed]) -> "_Document":
        above = {region.id: region.parent for region in regions}
        place: dict[str, int] = {}
        for number, line in enumerate(lines):
            place[line.id] = number
            for holder in _holders(line.parent, above):
                place.setdefault(holder, number)
        inner: dict[str | None, list[Placed]] = {}
        for one in sorted((one for one in (*regions, *lines) if one.id in place), key=lambda one: place[one.id]):
            inner.setdefault(one.parent if one.parent in above else None, []).append(one)
        return cls(place, inner, frozenset(line.id for line in lines))

    def within(self, region: str | None) -> Sequence[Placed]:
        """Give what stands in a region: its regions by their indices, its lines by theirs, each kind in its places.

        What has no index stands after what has, as in the document.
        """
        found = self.inner.get(region, ())
        kinds = [iter(_by_index([one for one in found if (one.id in self.lines) is kind])) for kind in (False, True)]
        return [next(kinds[one.id in self.lines]) for one in found]


@dataclass(slots=True)
class _Reader:
    """Takes lines one by one, each once."""

    document: _Document
    named: frozenset[str]
    taken: dict[str, None] = field(default_factory=dict)

    def take(self, name: str) -> None:
        """Take a line, or a region's lines; regions in it that are named elsewhere have their own turn."""
        if name in self.document.lines:
            self.taken.setdefault(name)
            return
        for one in self.document.within(name):
            if one.id in self.document.lines or one.id not in self.named:
                self.take(one.id)

    def take_rest(self, lines: Iterable[str]) -> None:
        """Take what is left."""
        for name in lines:
            self.taken.setdefault(name)


def _holders(region: str | None, above: Mapping[str, str | None]) -> Iterator[str]:
    """Give the regions around something, the innermost first; once around where they hold each other."""
    seen: set[str] = set()
    while region is not None and region in above and region not in seen:
        seen.add(region)
        yield region
        region = above[region]


def _by_index(members: Sequence[Placed]) -> Sequence[Placed]:
    return sorted(members, key=lambda one: (one.index is None, one.index or 0))
