"""What a device server knows of its device's memory, so that batches fit it."""

from typing import Protocol

from htrkit.core.batch_steering import BatchLimits


class DeviceMemory(Protocol):
    """A device's memory, as the process sees it that computes there."""

    total_bytes: int

    def held_bytes(self) -> int:
        """Give what the process holds now: the models, between two batches."""

    def begin(self) -> None:
        """Forget the highest so far: a batch begins."""

    def peak_bytes(self) -> int:
        """Give the most that the process has held since `begin`."""

    def free_bytes(self) -> int:
        """Give what could be had now; what a cache of ours holds unused counts as free."""

    def empty_cache(self) -> None:
        """Give back what no array needs."""


class Unmeasured:
    """Memory that nobody can measure for each batch: a CPU's, which the whole machine shares."""

    total_bytes = 0

    def held_bytes(self) -> int:
        """Give nothing."""
        return 0

    def begin(self) -> None:
        """Do nothing."""

    def peak_bytes(self) -> int:
        """Give nothing."""
        return 0

    def free_bytes(self) -> int:
        """Give nothing."""
        return 0

    def empty_cache(self) -> None:
        """Do nothing."""


def limits_of(memory: DeviceMemory, *, most: int, share: float) -> BatchLimits:
    """Give the limits of batches on a device; everybody together may hold `share` of it.

    Batches are told by what they add to what the process holds already, so that the models count with the others.
    """
    return BatchLimits(most, memory.total_bytes, 0, share)
