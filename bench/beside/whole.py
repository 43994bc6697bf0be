"""All that the bench has measured, part by part, each with its own day and machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.beside.bars import Bar
from bench.beside.figures import Outcome
from bench.beside.machine import Described
from bench.scales.rows import Row
from bench.simulated.gains import Gain


class Part(StrEnum):
    """What can be measured by itself, in the order in which it is."""

    KRAKEN = "kraken"
    """Beside kraken, over real pages."""
    SCALING = "scaling"
    """More pages, lines, workers and simulated devices."""
    DEVICES = "devices"
    """Two simulated devices beside one."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """What runs of rising size cost."""

    made: str
    """The day, ISO 8601."""
    machine: Described
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Devices:
    """What a second simulated device gains."""

    made: str
    """The day, ISO 8601."""
    machine: Described
    cases: Sequence[Gain]


@dataclass(frozen=True, slots=True)
class Whole:
    """Each part as it was measured last; None where it never was."""

    kraken: Outcome | None = None
    kraken_bars: Sequence[Bar] = ()
    """Judged when it was measured: a JSON does not hold all that they need."""
    scaling: Scaling | None = None
    devices: Devices | None = None

    @property
    def lacking(self) -> list[Part]:
        """The parts that were never measured."""
        parts = {Part.KRAKEN: self.kraken, Part.SCALING: self.scaling, Part.DEVICES: self.devices}
        return [part for part, measured in parts.items() if measured is None]
