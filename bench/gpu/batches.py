"""Batches grow into a card's real memory, back off when a neighbour takes it, and come back when that leaves."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np

from bench.gpu.neighbour import Neighbour, NeighbourProcess
from bench.gpu.outcomes import Figure, Findings, Skip
from bench.gpu.setting import Setting
from htrkit.core.batch_sizes import BatchSizes, Resized
from htrkit.core.batch_steering import BatchSteering
from htrkit.domain.failure import Step
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.run.answering import Answering, Failed
from htrkit.run.device_memory import DeviceMemory, limits_of

STEP = Step.RECOGNISE
START, MOST = 8, 128
SHARE = 0.9
"""Of the card, for everybody together."""
ITEMS_ON_CARD = 100
"""An item is so large that about so many fill what is free."""
GROWN_AFTER, BACKED_OFF_AFTER, BACK_AFTER = 12, 5, 12
"""Batches within which the size must be right: alone, beside the neighbour, alone again."""
NEIGHBOUR_SHARE = 0.4
TOLERANCE = 0.05
MOST_OUT_OF_MEMORY = 2
"""In all: one when the neighbour comes unseen, and one more for its halves."""

NO_MODEL = ModelFacts("known-size", "0" * 64)

Hold = Callable[[int, int], None]
"""Holds so many blocks of so many bytes for a moment; raises what torch raises where they do not fit."""


@dataclass(slots=True)
class LawfulTime:
    """A batch takes half a second and 20 ms an item, by law: what is checked is memory, and growing must pay."""

    now: float = 0.0

    def pass_for(self, items: int) -> None:
        """Let the time of a batch pass."""
        self.now += 0.5 + 0.02 * items

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@dataclass(slots=True)
class HoldingStage:
    """A network of known size: holds so many bytes an item, and computes nothing."""

    hold: Hold
    item_bytes: int
    time: LawfulTime
    model: ModelFacts = NO_MODEL

    def prepare(self, page: OpenPage) -> Prepared:
        """Make one item."""
        return Prepared(page, (Item((np.zeros(1),), cost=1.0),))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Hold the memory of a batch."""
        self.hold(len(items), self.item_bytes)
        self.time.pass_for(len(items))
        return [Raw(item.arrays) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Never be asked."""
        raise NotImplementedError(prepared, raws)


@dataclass(slots=True)
class SteeredLoad:
    """Feeds full batches to the product's own answering and steering, and keeps what became of them."""

    memory: DeviceMemory
    hold: Hold
    item_bytes: int
    sizes: list[int] = field(default_factory=list)
    out_of_memory: int = 0
    failed: int = 0
    _sizes: BatchSizes = field(init=False)
    _answering: Answering = field(init=False)

    def __post_init__(self) -> None:
        limits = limits_of(self.memory, most=MOST, share=SHARE)
        self._sizes = BatchSizes({STEP: BatchSteering(START, limits)})
        time = LawfulTime()
        stage = HoldingStage(self.hold, self.item_bytes, time)
        self._answering = Answering({STEP: lambda: stage}, self._sizes, self._told, memory=self.memory, clock=time)

    def go(self, batches: int) -> int:
        """Compute so many batches, each as full as it may be; give the size of the next one."""
        for _ in range(batches):
            size = self._sizes.most(STEP, 1.0)
            self.sizes.append(size)
            outcomes = self._answering.outcomes(STEP, [Item((np.zeros(1),), cost=1.0)] * size)
            self.failed += sum(isinstance(one, Failed) for one in outcomes)
        return self._sizes.most(STEP, 1.0)

    def largest(self) -> int:
        """Give the items that fit below the share of the card now, whoever holds the rest of it."""
        used = self.memory.total_bytes - self.memory.free_bytes()
        return max(min(int((self.memory.total_bytes * SHARE - used) // self.item_bytes), MOST), 1)

    def _told(self, resized: Resized) -> None:
        self.out_of_memory += resized.for_want_of_memory


def batches_fit(setting: Setting) -> Findings:
    """Steer batches on the real card, with a real neighbour."""
    if not setting.on_a_card:
        raise Skip("needs CUDA")
    # Only where there is a card.
    from bench.gpu.torch_card import hold  # noqa: PLC0415
    from htrkit.run.torch_memory import TorchMemory  # noqa: PLC0415

    with closing(NeighbourProcess(setting.device)) as neighbour:
        return steered(TorchMemory(), hold, neighbour)


def steered(memory: DeviceMemory, hold: Hold, neighbour: Neighbour) -> Findings:
    """Let batches grow alone, beside a neighbour, and alone again; give the sizes and what is wrong with them."""
    load = SteeredLoad(memory, hold, memory.free_bytes() // ITEMS_ON_CARD)
    wrong, figures = [], [Figure("item", load.item_bytes / 1e6, "MB")]
    taken = round(min(memory.total_bytes * NEIGHBOUR_SHARE, memory.free_bytes() * 0.8))
    phases = (
        ("alone", lambda: None, GROWN_AFTER),
        (f"neighbour takes {taken / 1e9:.1f} GB", lambda: _let_in(memory, neighbour, taken), BACKED_OFF_AFTER),
        ("neighbour leaves", neighbour.leave, BACK_AFTER),
    )
    for name, happens, batches in phases:
        happens()
        first = len(load.sizes)
        size, fits = load.go(batches), load.largest()
        trace = " ".join(map(str, [*load.sizes[first:], size]))
        figures.append(Figure(name, f"batches of {trace}; {fits} fit below {SHARE:.0%} of the card"))
        if not fits * (1 - TOLERANCE) - 1 <= size <= fits * (1 + TOLERANCE) + 1:
            wrong.append(f"{name}: batches of {size} after {batches}, and {fits} fit")
    figures.append(Figure("out of memory", load.out_of_memory))
    if load.out_of_memory > MOST_OUT_OF_MEMORY:
        wrong.append(f"{load.out_of_memory} batches were out of memory")
    if load.failed:
        wrong.append(f"{load.failed} items failed")
    return Findings(tuple(figures), tuple(wrong))


def _let_in(memory: DeviceMemory, neighbour: Neighbour, size: int) -> None:
    """What our cache holds, no neighbour can take."""
    memory.empty_cache()
    neighbour.take(size)
