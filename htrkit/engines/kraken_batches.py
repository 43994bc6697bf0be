"""Batches of lines on a device: laid out while it computes the last one, begun without waiting, fetched in one piece.

Lines of different widths share a batch, and each is read as if it were alone: what pads a line is never seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import torch
from kraken.lib.vgsl.model import TorchVGSLModel
from numpy.typing import NDArray

from htrkit.domain.engine import Precision
from htrkit.domain.stages import Item, Raw
from htrkit.networks.cpu import Frames
from htrkit.networks.torch_kraken import KrakensOwn
from htrkit.networks.torch_lane import CPU, Fetched, Lane, Sent, Spec, lane_to
from htrkit.networks.torch_layers import DTYPES
from htrkit.networks.torch_ppocr import PpocrNetwork
from htrkit.networks.torch_vgsl import Unknown, VgslNetwork

ROUNDED_TO = 32
"""On a GPU widths are multiples of this: its library prepares itself anew for every size that it meets."""
LEAST_WIDTH = 32
"""Of a batch: poolings cannot do with less than their own width."""


class LineNetwork(Protocol):
    """A network that reads lines."""

    precision: torch.dtype
    takes_mixed: bool
    """Whether lines of different widths may share a batch."""

    def lengths(self, widths: Sequence[int]) -> list[list[int]]:
        """Give the columns of lines behind every layer, frames last; nothing where they are not mixed."""

    def logits(self, pixels: torch.Tensor, ends: torch.Tensor | None = None) -> torch.Tensor:
        """(lines, channels, height, width) to (lines, classes, 1, frames); `ends` as in `VgslNetwork`."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """Lines that the device reads."""

    laid_out: tuple[LaidOut, ...]
    fetched: tuple[Fetched, ...]

    def frames(self) -> Sequence[Frames]:
        """Wait for the device; raises RuntimeError for what went wrong on it."""
        read: dict[int, Frames] = {}
        for one, fetched in zip(self.laid_out, self.fetched, strict=True):
            labels, confidences = fetched.numbers()
            counts = one.frames or (labels.shape[1],) * len(one.places)
            for row, (place, count) in enumerate(zip(one.places, counts, strict=True)):
                read[place] = labels[row, :count].copy(), confidences[row, :count].view(np.float32).copy()
        return [read[place] for place in range(len(read))]


class LineBatches:
    """A kraken recognition model (VGSL or PP-OCRv6) on a device of torch's.

    `lay_out` may be called in another thread than `begin`; nothing waits for the device but `Reading.frames`.
    """

    def __init__(self, network: Any, lane: Lane, precision: Precision) -> None:  # noqa: ANN401 - kraken's models share no base
        self._lane = lane
        self._network = line_network(network, DTYPES[precision])
        self._rounded_to = 1 if lane.device == CPU else ROUNDED_TO

    def lay_out(self, lines: Sequence[NDArray[np.float32]]) -> tuple[LaidOut, ...]:
        """Put lines of shape (channels, height, width) side by side, and send them to the device."""
        return tuple(self._side_by_side(lines, places) for places in self._together([one.shape[2] for one in lines]))

    @torch.inference_mode()
    def begin(self, laid_out: tuple[LaidOut, ...]) -> Reading:
        """Let the device read; raises RuntimeError where it lacks memory."""
        return Reading(laid_out, tuple(self._read(one) for one in laid_out))

    def frames(self, lines: Sequence[NDArray[np.float32]]) -> Sequence[Frames]:
        """Read lines and wait for them."""
        return self.begin(self.lay_out(lines)).frames()

    def _together(self, widths: Sequence[int]) -> Iterator[list[int]]:
        """Give the places of the lines that may share a batch: all, or those of one width."""
        if self._network.takes_mixed:
            if widths:
                yield list(range(len(widths)))
            return
        for width in dict.fromkeys(widths):
            yield [place for place, other in enumerate(widths) if other == width]

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
            return self._lane.fetch(best_labels(logits))


@dataclass(frozen=True, slots=True)
class ItemsReading:
    """Items that the device reads."""

    reading: Reading

    def raws(self) -> Sequence[Raw]:
        """As `domain.stages.Begun`."""
        return [Raw(frames) for frames in self.reading.frames()]


@dataclass(frozen=True, slots=True)
class LinesAhead:
    """Batches of items whose first array is a line, as `domain.stages.Ahead`."""

    batches: LineBatches

    def lay_out(self, items: Sequence[Item]) -> tuple[LaidOut, ...]:
        """As `Ahead`."""
        return self.batches.lay_out([cast("NDArray[np.float32]", item.arrays[0]) for item in items])

    def begin(self, laid_out: tuple[LaidOut, ...]) -> ItemsReading:
        """As `Ahead`."""
        return ItemsReading(self.batches.begin(laid_out))


def best_labels(logits: torch.Tensor) -> torch.Tensor:
    """Give the best label of every frame, and its probability's bits: int32 of shape (2, lines, frames).

    Logits have the shape (lines, classes, 1, frames); probabilities are reckoned in single precision.
    """
    whole = logits.squeeze(2).float()
    highest, labels = whole.max(1)
    confidences = torch.exp(highest - whole.logsumexp(1))
    return torch.stack([labels.int(), confidences.contiguous().view(torch.int32)])


def line_network(network: Any, precision: torch.dtype) -> LineNetwork:  # noqa: ANN401 - as above
    """Give a kraken model's network by layers of ours; as kraken has it where one of its layers is not known here."""
    try:
        if isinstance(network, TorchVGSLModel):
            return VgslNetwork(network, precision)
        return PpocrNetwork(network, precision)
    except Unknown:
        return KrakensOwn(network)


def line_batches(network: Any, device: str, precision: Precision) -> LineBatches:  # noqa: ANN401 - as above
    """Give what reads lines on a device."""
    return LineBatches(network, lane_to(device), precision)
