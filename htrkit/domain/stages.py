"""What a network must be to take part in a run: prepare on the CPU, infer on the device, finish on the CPU."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from htrkit.domain.failure import Step
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Direction, Layout, ModelFacts


class Array(Protocol):
    """A numeric array that can cross a socket: numpy's, in practice."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""

    def tobytes(self) -> bytes:
        """The values, row by row."""


class Picture(Protocol):
    """A decoded page image, upright: Pillow's, mode `L` or `RGB`, in practice."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""

    @property
    def mode(self) -> str:
        """`L` or `RGB`."""


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page in hand: its picture, and what is known of its lines so far."""

    key: PageKey
    picture: Picture
    layout: Layout | None = None

    @property
    def size(self) -> Size:
        """The picture's size."""
        return Size(*self.picture.size)


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of work for a device: arrays, and what it will cost there."""

    arrays: tuple[Array, ...]
    cost: float
    """Padded width in pixels for lines, megapixels for pages: what the batch's memory and time grow with."""
    line: LineId | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """What a device made of one item."""

    arrays: tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page's work for the device; `page` carries the reason for every line that could not be prepared."""

    page: OpenPage
    items: tuple[Item, ...]
    kept: tuple[Array, ...] = ()
    """What `finish` needs again and the device does not."""


class Stage(Protocol):
    """A segmenter or a recogniser."""

    model: ModelFacts

    def prepare(self, page: OpenPage) -> Prepared:
        """Make the page's items; raises PageProblem where nothing can be made of it."""

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Run one batch; the items may come from different pages. One Raw an item, in order."""

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the page's layout: with lines (a segmenter), or with their text (a recogniser). One Raw an item."""


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """What a stage's class is told when it is loaded, in the process that owns the device."""

    path: str
    """The model's file."""
    model: ModelFacts
    device: str = "cpu"
    """`cpu` or `cuda:0`: what is visible inside the process."""
    direction: Direction | None = None
    """The reading direction that the user insists on; None follows layout and text."""


class Inference(Protocol):
    """Answers a stage's items, here or on a device server; a page worker does not know which."""

    def results(self, step: Step, stage: Stage, items: Sequence[Item]) -> Sequence[Raw]:
        """One Raw an item, in the order of the items; raises PageProblem for an item that cannot be computed."""
