"""How batches get onto a device and results off it while it computes: page-locked memory, streams and events.

Nothing here waits for the device but `Fetched.numbers`, which is asked when the results are wanted.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

ALIGNED = 64
"""Bytes at whose multiples each tensor of a parcel begins."""
CPU = "cpu"
Holds = Callable[[torch.Tensor, Any], None]
"""Keeps a tensor's memory from being given out again before a stream is through with it."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A tensor's shape and type."""

    shape: tuple[int, ...]
    dtype: torch.dtype

    @property
    def bytes(self) -> int:
        """What it takes."""
        return int(np.prod(self.shape)) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Parcel:
    """Several tensors in one piece of memory, so that they travel in one copy."""

    whole: torch.Tensor
    """Bytes."""
    specs: tuple[Spec, ...]

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """The tensors, which share the parcel's memory."""
        places = _places(self.specs)
        return tuple(
            self.whole[place : place + spec.bytes].view(spec.dtype).view(spec.shape)
            for place, spec in zip(places, self.specs, strict=False)
        )

    def awaited_by(self, stream: Any) -> None:  # noqa: ANN401 - as in `Sent`
        """As `Sent`: it is here already."""


class Fetched(Protocol):
    """Results on their way to this process."""

    def numbers(self) -> NDArray[Any]:
        """Wait for them; raises RuntimeError for what went wrong on the device meanwhile."""


class Sent(Protocol):
    """A parcel on its way to the device."""

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """On the device; to be read in `Lane.computing` alone."""

    def awaited_by(self, stream: Any) -> None:  # noqa: ANN401 - torch's streams share no type with their fakes
        """Let what a stream is given from now on wait until it has come."""


class Lane(Protocol):
    """The way to one device and back."""

    device: str

    def parcel(self, *specs: Spec) -> Parcel:
        """Give memory to lay tensors out in; its content is whatever was there."""

    def send(self, parcel: Parcel) -> Sent:
        """Begin to copy a parcel to the device; it must not be written any more."""

    def computing(self, sent: Sent) -> Any:  # noqa: ANN401 - contextlib's type says no more
        """Give a context in which the device computes with what was sent, as soon as it has come."""

    def fetch(self, made: torch.Tensor) -> Fetched:
        """Begin to copy a result back, as soon as it is made; called in `computing`."""


def lane_to(device: str) -> Lane:
    """Give the way to a device of torch's."""
    return HostLane() if device == CPU else CudaLane(device)


class HostLane:
    """There is no way to go: the CPU computes."""

    device = CPU

    def parcel(self, *specs: Spec) -> Parcel:
        """As `Lane`."""
        return Parcel(torch.empty(_places(specs)[-1], dtype=torch.uint8), specs)

    def send(self, parcel: Parcel) -> Parcel:
        """As `Lane`."""
        return parcel

    @contextmanager
    def computing(self, sent: Sent) -> Iterator[None]:  # noqa: ARG002 - it is here already
        """As `Lane`."""
        yield

    def fetch(self, made: torch.Tensor) -> "FetchedHere":
        """As `Lane`."""
        return FetchedHere(made)


@dataclass(frozen=True, slots=True)
class FetchedHere:
    """A result that was made where it is wanted."""

    made: torch.Tensor

    def numbers(self) -> NDArray[Any]:
        """As `Fetched`."""
        return self.made.numpy()


def pinned(count: int) -> torch.Tensor:
    """Give bytes that a GPU copies by itself; torch keeps what is let go of, and gives it out again once it is free."""
    return torch.empty(count, dtype=torch.uint8, pin_memory=True)


class CudaLane:
    """To a GPU: copies have a stream of their own, so that they go on while the device computes."""

    def __init__(
        self,
        device: str,
        *,
        cuda: Any = torch.cuda,  # noqa: ANN401 - a module, or its fake
        memory: Callable[[int], torch.Tensor] = pinned,
        holds: Holds = torch.Tensor.record_stream,
    ) -> None:
        self.device = device
        self._cuda = cuda
        self._memory = memory
        self._holds = holds
        self._copying = cuda.Stream(device)
        self._computing = cuda.Stream(device)

    def parcel(self, *specs: Spec) -> Parcel:
        """As `Lane`."""
        return Parcel(self._memory(_places(specs)[-1]), specs)

    def send(self, parcel: Parcel) -> "SentToCuda":
        """As `Lane`."""
        with self._cuda.stream(self._copying):
            there = Parcel(parcel.whole.to(self.device, non_blocking=True), parcel.specs)
            return SentToCuda(there, self._copying.record_event(), self._holds)

    @contextmanager
    def computing(self, sent: Sent) -> Iterator[None]:
        """As `Lane`."""
        # Where the weights were put: of itself, neither stream waits for the other.
        self._computing.wait_stream(self._cuda.current_stream(self.device))
        with self._cuda.stream(self._computing):
            sent.awaited_by(self._computing)
            yield

    def fetch(self, made: torch.Tensor) -> "FetchedFromCuda":
        """As `Lane`."""
        spec = Spec(tuple(made.shape), made.dtype)
        parcel = self.parcel(spec)
        parcel.tensors[0].copy_(made, non_blocking=True)
        # A thread that waits sleeps meanwhile: cores are what page workers lack.
        done = self._cuda.Event(blocking=True)
        done.record(self._computing)
        return FetchedFromCuda(parcel, done)


@dataclass(frozen=True, slots=True)
class SentToCuda:
    """A parcel on the device, or on its way."""

    parcel: Parcel
    come: Any
    """The event of its arrival."""
    holds: Holds

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """As `Sent`."""
        return self.parcel.tensors

    def awaited_by(self, stream: Any) -> None:  # noqa: ANN401 - as in `Sent`
        """As `Sent`."""
        stream.wait_event(self.come)
        # Its memory was taken on the other stream, which must not give it out again before this one is through.
        self.holds(self.parcel.whole, stream)


@dataclass(frozen=True, slots=True)
class FetchedFromCuda:
    """A result on its way into page-locked memory."""

    parcel: Parcel
    done: Any
    """The event of its arrival."""

    def numbers(self) -> NDArray[Any]:
        """As `Fetched`."""
        self.done.synchronize()
        # Of its own: page-locked memory is dear, and answers may wait long until they are sent.
        return self.parcel.tensors[0].numpy().copy()


def _places(specs: Sequence[Spec]) -> list[int]:
    """Give where each tensor begins, and the bytes of all together."""
    places = [0]
    for spec in specs:
        places.append(places[-1] + -(-spec.bytes // ALIGNED) * ALIGNED)
    return places
