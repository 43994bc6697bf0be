"""Batches of lines on a device: laid out while it computes the last one, begun without waiting, fetched in one piece.

Lines of different widths share a batch, and each is read as if it were alone: what pads a line is never seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray

from htrkit.domain.stages import Item, Raw
from htrkit.networks.torch_finish import Finish
from htrkit.networks.torch_lane import CPU, Fetched, Lane, Sent, Spec

ROUNDED_TO = 32
"""On a GPU widths are multiples of this: its library prepares itself anew for every size that it meets."""
LEAST_WIDTH = 32
"""Of a batch: poolings cannot do with less than their own width."""
Said = TypeVar("Said", bound=tuple[NDArray[Any], ...])
"""What is said of every frame of a line."""


class LineNetwork(Protocol):
    """A network that reads lines."""

    precision: torch.dtype
    takes_mixed: bool
    """Whether lines of different widths may share a batch."""

    def lengths(self, widths: Sequence[int]) -> list[list[int]]:
        """Give the columns of lines behind every layer, frames last; nothing where they are not mixed."""

    def logits(self, pixels: torch.Tensor, ends: torch.Tensor | None = None) -> torch.Tensor:
        """(lines, channels, height, width) to (lines, classes, 1, frames); `ends` as in `Layered`."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Lines on their way to the device."""

    places: tuple[int, ...]
    """Of the lines in what was asked for."""
    frames: tuple[int, ...] | None
    """Of each line; None where all end with the batch."""
    ragged: bool
    """Whether some end before the batch does."""
    sent: Sent


class LineBatches(Generic[Said]):
    """A network that reads lines, on a device of torch's.

    `lay_out` may be called in another thread than `begin`; nothing waits for the device but `Reading.frames`.
    """

    def __init__(
        self, network: LineNetwork, lane: Lane, finish: Finish[Said], wider: "LineBatches[Said] | None" = None
    ) -> None:
        """Take a network, and the same in numbers that do not overflow where its own may."""
        self._network = network
        self._lane = lane
        self._finish = finish
        self._wider = wider
        self._rounded_to = 1 if lane.device == CPU else ROUNDED_TO

    def lay_out(self, lines: Sequence[NDArray[np.float32]]) -> tuple[LaidOut, ...]:
        """Put lines of shape (channels, height, width) side by side, and send them to the device."""
        return tuple(self._side_by_side(lines, places) for places in self._together([line.shape for line in lines]))

    @torch.inference_mode()
    def begin(self, laid_out: tuple[LaidOut, ...]) -> "Reading[Said]":
        """Let the device read; raises RuntimeError where it lacks memory."""
        return Reading(laid_out, tuple(self._read(one) for one in laid_out), self._finish, self._wider)

    def frames(self, lines: Sequence[NDArray[np.float32]]) -> Sequence[Said]:
        """Read lines and wait for them."""
        return self.begin(self.lay_out(lines)).frames()

    def _together(self, shapes: Sequence[tuple[int, ...]]) -> Collection[list[int]]:
        """Give the places of the lines that may share a batch: of one height, and of one width where it must be."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for place, shape in enumerate(shapes):
            groups.setdefault(shape[:2] if self._network.takes_mixed else shape, []).append(place)
        return groups.values()

    def _side_by_side(self, lines: Sequence[NDArray[np.float32]], places: Sequence[int]) -> LaidOut:
        chosen = [lines[place] for place in places]
        widths = [line.shape[2] for line in chosen]
        widest = max(widths)
        if self._network.takes_mixed:
            widest = max(-(-widest // self._rounded_to) * self._rounded_to, LEAST_WIDTH)
        lengths = self._network.lengths(widths)
        channels, height, _ = chosen[0].shape
        pixels = Spec((len(chosen), channels, height, widest), torch.float32)
        parcel = self._lane.parcel(pixels, Spec((len(lengths), len(chosen)), torch.int32))
        batch, ends = (cast(Any, tensor.numpy()) for tensor in parcel.tensors)
        for row, line, width in zip(batch, chosen, widths, strict=True):
            row[:, :, :width] = line
            row[:, :, width:] = 0
        ends[:] = np.array(lengths, dtype=np.int32).reshape(ends.shape)
        ragged = min(widths) < widest
        return LaidOut(tuple(places), tuple(lengths[-1]) if lengths else None, ragged, self._lane.send(parcel))

    def _read(self, laid_out: LaidOut) -> Fetched:
        with self._lane.computing(laid_out.sent):
            pixels, ends = laid_out.sent.tensors
            logits = self._network.logits(pixels.to(self._network.precision), ends if laid_out.ragged else None)
            return self._lane.fetch(self._finish.on_device(logits))


@dataclass(frozen=True, slots=True)
class Reading(Generic[Said]):
    """Lines that the device reads."""

    laid_out: tuple[LaidOut, ...]
    fetched: tuple[Fetched, ...]
    finish: Finish[Said]
    wider: LineBatches[Said] | None
    """What reads again where a number overflowed."""

    def frames(self) -> Sequence[Said]:
        """Wait for the device: what is said of each line's frames; raises RuntimeError for what went wrong on it."""
        read: dict[int, Said] = {}
        for one, fetched in zip(self.laid_out, self.fetched, strict=True):
            numbers = fetched.numbers()
            for row, place in enumerate(one.places):
                read[place] = self.finish.of_line(numbers, row, None if one.frames is None else one.frames[row])
        if self.wider is not None and not all(np.isfinite(array).all() for said in read.values() for array in said):
            return self.wider.begin(self.laid_out).frames()
        return [read[place] for place in range(len(read))]


@dataclass(frozen=True, slots=True)
class ItemsReading(Generic[Said]):
    """Items that the device reads."""

    reading: Reading[Said]

    def raws(self) -> Sequence[Raw]:
        """As `domain.stages.Begun`."""
        return [Raw(said) for said in self.reading.frames()]


@dataclass(frozen=True, slots=True)
class LinesAhead(Generic[Said]):
    """Batches of items whose first array is a line, as `domain.stages.Ahead`."""

    batches: LineBatches[Said]

    def lay_out(self, items: Sequence[Item]) -> tuple[LaidOut, ...]:
        """As `Ahead`."""
        return self.batches.lay_out([cast("NDArray[np.float32]", item.arrays[0]) for item in items])

    def begin(self, laid_out: tuple[LaidOut, ...]) -> ItemsReading[Said]:
        """As `Ahead`."""
        return ItemsReading(self.batches.begin(laid_out))
