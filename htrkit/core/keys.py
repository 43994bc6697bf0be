"""Page keys: every page gets a place in the outputs that no other page has, on any file system."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from htrkit.core.key_parts import HASH_DIGITS, clipped, digest, folder_part, stem_of
from htrkit.core.shown import listed, shown
from htrkit.domain.names import PageKey


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands, and how many pages it holds."""

    outer: tuple[str, ...]
    """The folders down to its INPUT folder, that one included; for a file given by itself, those down to the file."""
    tree: tuple[str, ...]
    """The folders between its INPUT folder and the file."""
    name: str
    by_itself: bool = False
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Keyed:
    """The keys of each place, one a page, and what should be said of them."""

    keys: tuple[tuple[PageKey, ...], ...]
    warnings: tuple[str, ...]


class _Naming(IntEnum):
    """How much of a file's name its key holds; from `HASHED` on each step doubles the hash."""

    STEM = 0
    FULL = 1
    HASHED = 2


@dataclass(frozen=True, slots=True)
class _Named:
    """A place, and how much of its path and name its keys hold so far."""

    place: Place
    shown_outer: int
    naming: int = _Naming.STEM

    def page_keys(self) -> tuple[PageKey, ...]:
        outer = self.place.outer
        folders = (*outer[len(outer) - self.shown_outer :], *self.place.tree)
        above = "".join(f"{folder_part(folder)}/" for folder in folders)
        name = self.place.name if self.naming else stem_of(self.place.name)
        return tuple(PageKey(above + clipped(name, ending=ending)) for ending in self._endings())

    def _endings(self) -> Iterable[str]:
        pages = self.place.pages
        numbers = [""] if pages == 1 else [f".p{number:04d}" for number in range(1, pages + 1)]
        return (f"{self._hash()}{number}" for number in numbers)

    def _hash(self) -> str:
        if self.naming < _Naming.HASHED:
            return ""
        digits = min(HASH_DIGITS << (self.naming - _Naming.HASHED), 64)
        outer = self.place.outer if self.naming > _Naming.HASHED else ()
        return f"-{digest(*outer, *self.place.tree, self.place.name, digits=digits)}"


def page_keys(places: Sequence[Place], *, roots: int = 1, taken: Iterable[PageKey] = ()) -> Keyed:
    """Give every page its key: tree and stem, `.p0002` for page 2 of a file of several.

    With several `roots` (INPUT folders) each root's name begins its trees. Where keys are the same but for case or
    Unicode form: of different INPUTs, as much of their paths as it takes tells them apart; in one folder, the full file
    names; where that is not enough, a short hash. No two places may be the same file. Keys that are `taken` stay with
    the pages that have them, and no place gets one.
    """
    held = frozenset(map(folded, taken))
    first = 1 if roots > 1 else 0
    named = [_Named(place, 0 if place.by_itself else min(first, len(place.outer))) for place in places]
    while groups := _collisions(named, held):
        named = _told_apart(named, groups)
    return Keyed(tuple(one.page_keys() for one in named), (*_path_warnings(named, first), *_name_warnings(named)))


def folded(name: str) -> str:
    """Give what is the same for all names that some file system takes for one: neither case nor Unicode form count."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _collisions(named: Sequence[_Named], held: frozenset[str]) -> list[list[int]]:
    """Give the groups of places (by index) that share a key, or whose key is held, each place in one group at most."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(named):
        for key in one.page_keys():
            holders[folded(key)].append(index)
    taken: set[int] = set()
    groups = []
    for shared, group in holders.items():
        if (len(group) > 1 or shared in held) and taken.isdisjoint(group):
            taken.update(group)
            groups.append(group)
    return groups


@dataclass(slots=True)
class _Growth:
    """Who says more in the next round: files (by index) and INPUT folders of their paths, files of their names."""

    files: set[int] = field(default_factory=set)
    roots: set[tuple[str, ...]] = field(default_factory=set)
    names: set[int] = field(default_factory=set)

    def grown(self, index: int, one: _Named) -> _Named:
        if index in self.files or (one.place.outer in self.roots and not one.place.by_itself):
            return replace(one, shown_outer=one.shown_outer + 1)
        return replace(one, naming=one.naming + 1) if index in self.names else one


def _told_apart(named: Sequence[_Named], groups: Iterable[Sequence[int]]) -> list[_Named]:
    """Let the places of each group say more of their paths, if these differ, else more of their names."""
    growth = _Growth()
    for group in groups:
        outers = {folded("/".join(named[index].place.outer)) for index in group}
        growing = [index for index in group if named[index].shown_outer < len(named[index].place.outer)]
        if len(outers) == 1 or not growing:
            least = min(named[index].naming for index in group)
            growth.names.update(index for index in group if named[index].naming == least)
        elif single := [index for index in growing if named[index].place.by_itself]:
            growth.files.update(single)
        else:
            growth.roots.update(named[index].place.outer for index in growing)
    return [growth.grown(index, one) for index, one in enumerate(named)]


def _path_warnings(named: Sequence[_Named], first: int) -> Iterable[str]:
    """Say whose outputs lie deeper than their INPUT asks for."""
    files = [one for one in named if one.place.by_itself and one.shown_outer]
    if files:
        names = listed([one.place.name for one in files])
        yield f"{names}: given from several folders; their outputs carry as much of the paths as tells them apart."
    roots = {one.place.outer for one in named if not one.place.by_itself and one.shown_outer > first}
    if roots:
        told = listed([f"/{'/'.join(root)}" for root in sorted(roots)])
        yield f"{told}: INPUT folders share names; their outputs carry as much of the paths as tells them apart."


def _name_warnings(named: Sequence[_Named]) -> Iterable[str]:
    """Say, folder by folder, which files have more than their stems in their outputs' names."""
    longer: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in named:
        if one.naming:
            longer[(*one.place.outer[-1:], *one.place.tree)].append(one.place.name)
    for folder, names in longer.items():
        where = shown("/".join(folder)) or "/"
        yield f"{where}: the outputs of {listed(names)} carry the full file names, since stems alone are not unique."
