"""What a run would do, as it is said before the run does it."""

from dataclasses import dataclass

from htrkit.core.interval import Interval


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """What outputs may take, against what there is."""

    place: str
    """The folder that was asked, safe to show: OUT, or the nearest above it that is there."""
    needed_bytes: int
    """What the outputs may take at most."""
    free_bytes: int


@dataclass(frozen=True, slots=True)
class FirstPage:
    """One of the first pages."""

    key: str
    """What its outputs are called, below the folder of each format."""
    image: str
    """Its path, safe to show."""
    xml: str | None
    """The PAGE or ALTO file that its lines are taken from, safe to show; None for none."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the run would do."""

    engine: str
    model: str | None
    """None where it is missing."""
    devices: tuple[str, ...]
    segmentation: str
    """In words: where lines come from."""
    formats: tuple[str, ...]
    batch: int | None
    """Items at once on the first device; None where there is no device."""
    workers: int
    pages: int
    first: tuple[FirstPage, ...]
    seconds: Interval | None
    """None where there is no device."""
    seconds_from: tuple[str, ...]
    """Where the time comes from, in sentences."""
    disk: DiskRoom | None
    """None where no OUT is named."""
