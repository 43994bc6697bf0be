"""How a machine stands at a moment of a run: its memory, its devices, and the run's own processes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceSample:
    """A device of the run; None for what is not told."""

    device: str
    """As the user names it: `cuda:0`."""
    total_bytes: int | None
    used_bytes: int | None
    """By anyone."""
    utilisation_percent: int | None = None
    temperature_celsius: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessSample:
    """A process of the run."""

    process: str
    """`run`, `w0`, or a device server by its device."""
    pid: int
    resident_bytes: int
    """RSS: pages that several processes share count in each."""
    proportional_bytes: int | None = None
    """PSS: shared pages count by their share; None where the system does not tell."""


@dataclass(frozen=True, slots=True)
class MachineSample:
    """All of it at one moment."""

    total_bytes: int
    """RAM of the machine, or what a container or a job may have."""
    free_bytes: int
    """What could still be had."""
    ahead_bytes: int
    """Of the files that are read ahead."""
    devices: tuple[DeviceSample, ...] = ()
    processes: tuple[ProcessSample, ...] = ()
