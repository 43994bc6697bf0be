"""Cards that a run can be planned for although they are not here, by the names that people give them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from htrkit.domain.device import Device, Memory
from htrkit.domain.engine import DeviceKind
from htrkit.domain.errors import UsageProblem

USABLE_SHARE = 0.93
"""Of a card's nominal memory: error correction and the driver take the rest (`nvidia-smi` of an L40S: 46,068 MiB)."""
MOST_CARDS = 64
SPEEDS_KNOWN_FOR = "l40s"
"""The card that the engine table's speeds were published for."""


@dataclass(frozen=True, slots=True)
class CardKind:
    """A card as its maker describes it."""

    title: str
    memory_gib: int
    """Nominal, as the maker counts: 2^30 bytes each."""
    compute_capability: str


CARDS: Mapping[str, CardKind] = MappingProxyType(
    {
        "l40s": CardKind("NVIDIA L40S", 48, "8.9"),
        "l40": CardKind("NVIDIA L40", 48, "8.9"),
        "l4": CardKind("NVIDIA L4", 24, "8.9"),
        "t4": CardKind("NVIDIA T4", 16, "7.5"),
        "v100-16": CardKind("NVIDIA V100 16 GB", 16, "7.0"),
        "v100-32": CardKind("NVIDIA V100 32 GB", 32, "7.0"),
        "a10": CardKind("NVIDIA A10", 24, "8.6"),
        "a40": CardKind("NVIDIA A40", 48, "8.6"),
        "a100-40": CardKind("NVIDIA A100 40 GB", 40, "8.0"),
        "a100-80": CardKind("NVIDIA A100 80 GB", 80, "8.0"),
        "h100": CardKind("NVIDIA H100 80 GB", 80, "9.0"),
        "h200": CardKind("NVIDIA H200", 141, "9.0"),
        "rtx3090": CardKind("NVIDIA GeForce RTX 3090", 24, "8.6"),
        "rtx4090": CardKind("NVIDIA GeForce RTX 4090", 24, "8.9"),
        "rtx5090": CardKind("NVIDIA GeForce RTX 5090", 32, "12.0"),
        "rtxa6000": CardKind("NVIDIA RTX A6000", 48, "8.6"),
    }
)
"""Memory and compute capability are from NVIDIA's data sheets and its list of CUDA GPUs."""


@dataclass(frozen=True, slots=True)
class PlannedCards:
    """So many cards of one kind."""

    name: str
    count: int

    @property
    def kind(self) -> CardKind:
        """What the table says of the card."""
        return CARDS[self.name]

    @property
    def devices(self) -> tuple[Device, ...]:
        """The cards as devices whose memory is all free."""
        total = round(self.kind.memory_gib * 2**30 * USABLE_SHARE)
        return tuple(
            Device(
                DeviceKind.CUDA,
                device=f"cuda:{index}",
                name=self.kind.title,
                compute_capability=self.kind.compute_capability,
                memory=Memory(total, 0, total),
            )
            for index in range(self.count)
        )


def planned_cards(words: str) -> PlannedCards:
    """Read `l40s` or `l40s:2`; raises UsageProblem for a card that the table does not know."""
    name, _, count = words.strip().lower().partition(":")
    if name not in CARDS:
        known = ", ".join(CARDS)
        raise UsageProblem(f"--gpu {words}: there is no such card in the table.", mend=f"Take one of {known}.")
    number = int(count or "1") if (count or "1").isdecimal() else 0
    if not 1 <= number <= MOST_CARDS:
        raise UsageProblem(
            f"--gpu {words}: `{count}` is no number of cards.", mend=f"Give 1 to {MOST_CARDS}: --gpu {name}:2."
        )
    return PlannedCards(name, number)
