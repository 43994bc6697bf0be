"""What models are here: the wheel's and the store's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from htrkit.domain.errors import PreflightRefused
from htrkit.models.catalog import STARTERS
from htrkit.models.header import read_header
from htrkit.models.store import stored


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as `htrkit models` shows it."""

    name: str
    where: str
    """`starter` or `store`."""
    tasks: tuple[str, ...]
    script: str
    licence: str
    size_bytes: int
    path: str
    note: str


def list_models(store: Path) -> Iterator[Listed]:
    """Give the starters, and then what is in the store."""
    for starter in STARTERS:
        tasks = read_header(starter.path).tasks
        size = starter.path.stat().st_size
        yield Listed(
            starter.name, "starter", tasks, starter.script, starter.licence, size, str(starter.path), starter.reads
        )
    for name, path in stored(store).items():
        yield _stored(name, path)


def _stored(name: str, path: Path) -> Listed:
    try:
        header = read_header(path)
    except PreflightRefused as refused:
        return Listed(name, "store", (), "", "", path.stat().st_size, str(path), refused.what)
    note = f"alphabet of {header.alphabet} signs" if header.alphabet else ""
    card = next((str(found) for found in sorted(path.parent.glob("*.md"))), "")
    return Listed(name, "store", header.tasks, "", f"see {card}" if card else "", path.stat().st_size, str(path), note)
