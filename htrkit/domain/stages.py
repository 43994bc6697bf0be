"""What a network must be to take part in a run: prepare on the CPU, infer on the device, finish on the CPU."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from htrkit.domain.computing import Computing, Geometry
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


class Begun(Protocol):
    """A batch that a device computes."""

    def raws(self) -> Sequence[Raw]:
        """Wait for it: one Raw an item, in order; raises what went wrong on the device."""


class Ahead(Protocol):
    """How a stage's batches come to its device while that computes the last one."""

    def lay_out(self, items: Sequence[Item]) -> Any:  # noqa: ANN401 - the stage's own affair
        """Put items together and begin to send them; waits for nothing."""

    def begin(self, laid_out: Any) -> Begun:  # noqa: ANN401 - as above
        """Let the device compute what was laid out; waits for nothing."""


@runtime_checkable
class LaysAhead(Protocol):
    """A stage that says whether its batches are laid out ahead."""

    @property
    def ahead(self) -> Ahead | None:
        """How they are; None where nothing is gained by it."""


class LinePrompt(StrEnum):
    """How a model that reads lines in their page is shown where one is."""

    CURVES = "curves"
    """By its baseline."""
    BOXES = "boxes"
    """By the box around its outline."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the settings ask of an engine beside its model; each takes what it has, and None is the engine's own."""

    beams: int = 1
    max_new_tokens: int | None = None
    """Of what a model that writes text token by token may write for an item."""
    prompt: str | None = None
    adapter: str | None = None
    """A LoRA adapter's folder or hub id."""
    processor: str | None = None
    """A folder or hub id with the processor and tokenizer that the model's own folder lacks."""
    whole_pages: bool = True
    """Whether an engine that reads pages takes them whole, or line by line."""
    server: str | None = None
    """The address of an inference server that computes instead of a device here."""
    line_prompt: LinePrompt = LinePrompt.CURVES
    languages: tuple[str, ...] = ()
    """What every line is told to be in, ISO 639-3, where the model can be told."""
    layout_languages: bool = False
    """Whether each line is told the language that the layout gives for it."""
    lines_together: int | None = None
    """The lines that an engine which reads lines in their page may decode at once."""
    language_model: str | None = None
    """An n-gram model's file or folder, or `auto` for the one beside the recognition model; None for none."""
    language_model_weight: float = 1.5
    """How much the language counts beside what the network sees."""


NO_OPTIONS = ReadingOptions()
BY_TORCH = Computing()
"""Torch in single precision on one core: the reference."""


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
    options: ReadingOptions = NO_OPTIONS
    computes: bool = True
    """Whether `infer` will be called; where a device server computes, page workers may do without the network."""
    computing: Computing = BY_TORCH
    geometry: Geometry = Geometry.HTRKIT
    cache: str | None = None
    """The user's cache folder, for networks that are converted once; None for none that lasts."""


class Inference(Protocol):
    """Answers a stage's items, here or on a device server; a page worker does not know which."""

    def results(self, step: Step, stage: Stage, items: Sequence[Item]) -> Sequence[Raw]:
        """One Raw an item, in the order of the items; raises PageProblem for an item that cannot be computed."""
