"""What models are here: the wheel's and the store's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.models.catalog import STARTERS
from htrkit.models.header import read_header
from htrkit.models.store import fetched_by_kraken, stored


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as `htrkit models` shows it."""

    name: str
    where: str
    """`starter`, `store`, or `kraken`: Kraken's own store, whose models are given by DOI or path."""
    tasks: tuple[str, ...]
    script: str
    licence: str
    size_bytes: int
    path: str
    note: str


def list_models(store: Path, *, krakens: Path | None = None) -> Iterator[Listed]:
    """Give the starters, then what is in the store, then what `kraken get` has fetched."""
    for starter in STARTERS:
        tasks = read_header(starter.path).tasks
        size = starter.path.stat().st_size
        yield Listed(
            starter.name, "starter", tasks, starter.script, starter.licence, size, str(starter.path), starter.reads
        )
    for name, path in stored(store).items():
        yield _stored(name, "store", path)
    for path in fetched_by_kraken(krakens) if krakens is not None else ():
        yield _stored(shown(path.stem), "kraken", path)


def _stored(name: str, where: str, path: Path) -> Listed:
    try:
        header = read_header(path)
    except PreflightRefused as refused:
        return Listed(name, where, (), "", "", path.stat().st_size, str(path), refused.what)
    note = f"alphabet of {header.alphabet} signs" if header.alphabet else ""
    card = next((str(found) for found in sorted(path.parent.glob("*.md"))), "")
    return Listed(name, where, header.tasks, "", f"see {card}" if card else "", path.stat().st_size, str(path), note)
