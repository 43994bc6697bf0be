"""Finds out whether something waits for a device: a fake of torch's streams and events, and a watch over tensors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from htrkit.networks.torch_lane import CudaLane

WAITING = (
    "aten::_local_scalar_dense",
    "aten::item",
    "aten::nonzero",
    "aten::is_nonzero",
    "aten::equal",
    "aten::masked_select",
)
"""What needs a number of a tensor in Python, or the size of what it gives: a GPU's queue must run empty for it."""
MOVING = ("aten::_to_copy", "aten::copy_")


class Waits(AssertionError):
    """Something waits for the device."""


class NothingWaits(TorchDispatchMode):
    """Objects to whatever would make a GPU's caller wait, on any device; `copies` allows copies between devices."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = func.name().split(".")[0]
        if name in WAITING or (name == "aten::index" and any(_chooses(index) for index in args[1])):
            raise Waits(name)
        if name in MOVING and ("device" in kwargs or kwargs.get("non_blocking") is False):
            raise Waits(f"{name} to {kwargs.get('device')}")
        return func(*args, **kwargs)


def _chooses(index: Any) -> bool:
    return index is not None and index.dtype is torch.bool


@dataclass
class FakeStream:
    """A stream that writes down what it is told to wait for."""

    name: str
    diary: list[str]

    def record_event(self) -> "FakeEvent":
        event = FakeEvent(self.diary, self.name)
        self.diary.append(f"{self.name}: mark")
        return event

    def wait_event(self, event: "FakeEvent") -> None:
        self.diary.append(f"{self.name}: wait for {event.of}")

    def wait_stream(self, stream: "FakeStream") -> None:
        self.diary.append(f"{self.name}: wait for {stream.name}")


@dataclass
class FakeEvent:
    """An event of a stream."""

    diary: list[str]
    of: str = ""
    blocking: bool = False

    def record(self, stream: FakeStream) -> None:
        self.of = stream.name
        self.diary.append(f"{stream.name}: mark")

    def synchronize(self) -> None:
        assert self.blocking, "a thread that spins takes a core"
        self.diary.append(f"caller: wait for {self.of}")


@dataclass
class FakeCuda:
    """What `torch.cuda` is to a lane."""

    diary: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    streams: list[FakeStream] = field(default_factory=list)

    def Stream(self, device: str) -> FakeStream:  # noqa: N802 - torch's name
        del device
        self.streams.append(FakeStream(("copying", "computing")[len(self.streams)], self.diary))
        return self.streams[-1]

    def current_stream(self, device: str) -> FakeStream:
        del device
        return FakeStream(self.entered[-1] if self.entered else "everybody's", self.diary)

    def Event(self, *, blocking: bool) -> FakeEvent:  # noqa: N802 - torch's name
        return FakeEvent(self.diary, blocking=blocking)

    @contextmanager
    def stream(self, stream: FakeStream) -> Iterator[None]:
        self.entered.append(stream.name)
        yield
        assert self.entered.pop() == stream.name


def fake_lane() -> tuple[CudaLane, FakeCuda]:
    """Give a lane to a GPU whose memory is the machine's own, and the diary of its streams."""
    cuda = FakeCuda()

    def holds(tensor: torch.Tensor, stream: FakeStream) -> None:
        assert tensor.dtype is torch.uint8
        cuda.diary.append(f"{stream.name}: hold")

    lane = CudaLane("cpu", cuda=cuda, memory=lambda count: torch.empty(count, dtype=torch.uint8), holds=holds)
    return lane, cuda
