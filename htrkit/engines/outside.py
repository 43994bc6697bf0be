"""Engines of other packages: found by their entry points, and none that is broken breaks anything else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from htrkit.core.lookup import engine_named
from htrkit.core.shown import shown
from htrkit.domain.engine import EngineRow, ModelForm
from htrkit.domain.errors import UsageProblem
from htrkit.domain.names import EngineName
from htrkit.engines.catalog import ENGINES

GROUP = "htrkit.engines"
"""The group of entry points; each leads to an EngineRow, and is called as the engine is."""
Entries = Callable[[], Iterable[EntryPoint]]


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry point that leads to no engine, and why."""

    name: EngineName
    package: str
    why: str

    @property
    def words(self) -> str:
        """The same in a sentence."""
        return f"The engine {self.name} of the package {self.package} cannot be used: {self.why}."


@dataclass(frozen=True, slots=True)
class Outside:
    """What other packages bring."""

    rows: tuple[EngineRow, ...]
    broken: tuple[Broken, ...]


def _installed() -> Iterable[EntryPoint]:
    return entry_points(group=GROUP)


@cache
def outside_engines(entries: Entries = _installed) -> Outside:
    """Import the row of every engine that is installed beside ours; looked for once."""
    rows: list[EngineRow] = []
    broken: list[Broken] = []
    for entry in sorted(entries(), key=lambda one: one.name):
        taken = {row.name for row in (*ENGINES, *rows)}
        found = _row_of(entry, taken)
        if isinstance(found, EngineRow):
            rows.append(found)
        else:
            broken.append(Broken(EngineName(shown(entry.name)), _package(entry), found))
    return Outside(tuple(rows), tuple(broken))


def all_engines(entries: Entries = _installed) -> Sequence[EngineRow]:
    """Give our engines and those of other packages."""
    return (*ENGINES, *outside_engines(entries).rows)


def engines_here(entries: Entries = _installed) -> Sequence[EngineRow]:
    """Give the engines that compute on devices of this machine."""
    return [row for row in all_engines(entries) if row.model_form is not ModelForm.SERVED]


def engine_called(name: str, entries: Entries = _installed) -> EngineRow:
    """Give the row of an engine, ours or another package's, which is only looked for where it is none of ours.

    Raises UsageProblem for one that nobody has, or that cannot be used.
    """
    for row in ENGINES:
        if row.name == name:
            return row
    outside = outside_engines(entries)
    for one in outside.broken:
        if one.name == name:
            raise UsageProblem(one.words, mend=f"Mend it, or install another version of {one.package}.")
    return engine_named(name, (*ENGINES, *outside.rows))


def _row_of(entry: EntryPoint, taken: set[EngineName]) -> EngineRow | str:
    """Give what an entry leads to, or why that is none."""
    if entry.name in taken:
        return "its name is another engine's"
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever another package raises is that package's
        return f"{shown(entry.value)} cannot be imported ({type(error).__name__}: {shown(str(error))})"
    if not isinstance(found, EngineRow):
        return f"{shown(entry.value)} is no EngineRow but {type(found).__name__}"
    if found.name != entry.name:
        return f"its entry point is called {shown(entry.name)} and its row {shown(found.name)}"
    return found


def _package(entry: EntryPoint) -> str:
    return shown(entry.dist.name) if entry.dist is not None else "that brings it"
