"""What the chaos's pages ask a network for: a number for a number, and death for one of them."""

import os
import signal
from collections.abc import Sequence

import numpy as np

from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw

POISON = 0
"""The number that kills whoever computes with it."""
FACTOR = 2654435761
MODULUS = 1 << 32


class ChaosStage:
    """Multiplies."""

    model = ModelFacts("made up", "0" * 64)

    def prepare(self, page: OpenPage) -> Prepared:
        raise NotImplementedError

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        numbers = [asked(item) for item in items]
        if POISON in numbers:
            os.kill(os.getpid(), signal.SIGSEGV)
        return [Raw((np.array([number * FACTOR % MODULUS]),)) for number in numbers]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        raise NotImplementedError


def item_of(number: int) -> Item:
    return Item((np.array([number]),), cost=1.0)


def asked(item: Item) -> int:
    return int(np.asarray(item.arrays[0])[0])


def answered(raw: Raw) -> int:
    return int(np.asarray(raw.arrays[0])[0])
