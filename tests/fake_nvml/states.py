"""What the fake driver is told to be: cards with their memory, load, processes and troubles, as lines of its file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GB = 10**9
LOST = 15
RESET_REQUIRED = 16
NOT_SUPPORTED = 3
NO_PERMISSION = 4
DRIVER_NOT_LOADED = 9
NOT_THERE = 13
VERSION_MISMATCH = 18


@dataclass(frozen=True, slots=True)
class FakeProcess:
    """A process that holds memory; None where the driver does not tell how much."""

    pid: int
    used_bytes: int | None
    graphics: bool = False

    def line(self) -> str:
        word = "graphics" if self.graphics else "process"
        return f"{word} {self.pid} {-1 if self.used_bytes is None else self.used_bytes}"


@dataclass(frozen=True, slots=True)
class FakeInstance:
    """A part of a card that is divided (MIG)."""

    uuid: str
    name: str = "NVIDIA H100 80GB HBM3 MIG 1g.10gb"
    total_bytes: int = 10 * GB
    used_bytes: int = 0
    processes: tuple[FakeProcess, ...] = ()

    def lines(self) -> Iterator[str]:
        yield f"instance {self.name}"
        yield f"uuid {self.uuid}"
        yield f"memory {self.total_bytes} {self.used_bytes}"
        yield from (process.line() for process in self.processes)


@dataclass(frozen=True, slots=True)
class FakeCard:
    """A card; what is None is not told. `ecc` is corrected, uncorrected; `rows` adds pending and failed."""

    uuid: str
    bus: str
    name: str = "NVIDIA L40S"
    capability: tuple[int, int] | None = (8, 9)
    total_bytes: int | None = 46 * GB
    used_bytes: int = GB // 2
    utilisation: int | None = 0
    temperature: int | None = 31
    power_milliwatts: int | None = 34_000
    limit_milliwatts: int | None = 350_000
    ecc: tuple[int, int] | None = (0, 0)
    rows: tuple[int, int, int, int] | None = (0, 0, 0, 0)
    recovery: int | None = 0
    xids: tuple[int, ...] = ()
    processes: tuple[FakeProcess, ...] = ()
    instances: tuple[FakeInstance, ...] = ()
    lost: int = 0
    """What every call is refused with, 0 for none."""
    handle: int = 0
    """What the call for the card itself is refused with, 0 for none."""
    refusals: tuple[tuple[str, int], ...] = ()

    def lines(self) -> Iterator[str]:
        """Give the card's part of the file."""
        yield f"card {self.name}"
        yield f"uuid {self.uuid}"
        yield f"bus {self.bus}"
        yield f"mig {int(bool(self.instances))}"
        if self.total_bytes is not None:
            yield f"memory {self.total_bytes} {self.used_bytes}"
        numbers = {
            "utilisation": self.utilisation,
            "temperature": self.temperature,
            "power": self.power_milliwatts,
            "limit": self.limit_milliwatts,
            "recovery": self.recovery,
            "lost": self.lost,
            "handle": self.handle,
        }
        yield from (f"{word} {number}" for word, number in numbers.items() if number is not None)
        several: dict[str, Sequence[int] | None] = {"capability": self.capability, "ecc": self.ecc, "rows": self.rows}
        yield from (f"{word} {' '.join(map(str, given))}" for word, given in several.items() if given is not None)
        yield from (f"xid {number}" for number in self.xids)
        yield from (f"refuse {function} {code}" for function, code in self.refusals)
        yield from (process.line() for process in self.processes)
        for number, instance in enumerate(self.instances):
            yield from instance.lines()
            yield f"slice {number + 1} 0"


FIRST = FakeCard("GPU-11112222-3333-4444-5555-666677778888", "00000000:01:00.0")
SECOND = FakeCard("GPU-99990000-aaaa-bbbb-cccc-ddddeeeeffff", "00000000:41:00.0")
TWO_L40S = (FIRST, SECOND)
"""The standard set-up of the tests: two cards with 46 GB each, and nothing on them."""


def state_text(
    cards: Sequence[FakeCard] = TWO_L40S,
    *,
    driver: str = "550.54.15",
    cuda: int = 12_040,
    init: int = 0,
    refusals: Sequence[tuple[str, int]] = (),
) -> str:
    """Give the file; `init` is what starting the driver is refused with, `refusals` hold for all cards."""
    lines = [f"driver {driver}", f"cuda {cuda}", f"init {init}"]
    lines += [f"refuse {function} {code}" for function, code in refusals]
    lines += [line for card in cards for line in card.lines()]
    return "".join(f"{line}\n" for line in lines)
