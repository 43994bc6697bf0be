"""What a row of the engine table says."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.names import EngineName


class Reads(StrEnum):
    """What an engine takes in at once."""

    LINES = "lines"
    LINES_IN_PAGE = "lines in their page"
    PAGES = "pages"


class DeviceKind(StrEnum):
    """A family of devices."""

    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class BatchRange:
    """Batch sizes that make sense for an engine, and the one taken on a 46 GB card."""

    least: int
    most: int
    default: int
    default_on_cpu: int
    default_memory_gb: float | None
    """What the default batch takes on the card, in GB; None where nobody published it."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Minutes for 100 pages on one and on two cards; None where nobody published it."""

    one_card: float | None
    two_cards: float | None
    source: str
    """Where the figures come from: `published` (the project's first analysis), or a measurement named."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two readings of a page may lie apart whose batches were composed otherwise, in single precision.

    The text is the same. Another number of workers or a device server composes batches otherwise; with the same
    batches and threads every byte is the same.
    """

    points_pixels: float
    """The most that a point of a line moves."""
    confidence: float
    """The most that a confidence differs, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ExtraNeed:
    """What must be installed beyond the core, and the command that does it."""

    module: str
    """What Python imports."""
    command: str


@dataclass(frozen=True, slots=True)
class EngineRow:
    """One engine: what it reads, its limits, its speeds, where its code lives."""

    name: EngineName
    title: str
    reads: Reads
    code: str | None
    """`package.module:Class` of the stage; None for an engine that is not built yet."""
    default_model: str | None
    least_device: DeviceKind
    batch: BatchRange
    beams_limit: int | None
    speed: Speed
    needs: tuple[ExtraNeed, ...]
    tolerance: Tolerance | None
    """None where it is not measured yet: nothing is promised then."""
    warnings: tuple[str, ...]
    licence: str
    citation: str
    source: str
    """Where the engine comes from: a public address."""
