"""The processes of a run, found by the mark that they carry."""

from pathlib import Path

SERVER_WORDS = b"server"
"""What the command line of a device server has in it, and a page worker's has not."""


def processes_of(run_id: str) -> set[int]:
    """Give the living processes that have a run's mark in their environment."""
    mark = f"HTRKIT_RUN_ID={run_id}".encode()
    return {int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit() and _is_of(place, mark)}


def _is_of(place: Path, mark: bytes) -> bool:
    try:
        return mark in (place / "environ").read_bytes().split(b"\0") and _lives(place)
    except OSError:
        return False


def _lives(place: Path) -> bool:
    return (place / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"


def is_server(pid: int) -> bool:
    """Say whether a process is a device server; raises OSError for one that has gone."""
    return SERVER_WORDS in Path(f"/proc/{pid}/cmdline").read_bytes()
