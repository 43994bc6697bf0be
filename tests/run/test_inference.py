"""Batches are sorted by cost, and every item gets its own answer."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from htrkit.domain.failure import Step
from htrkit.domain.stages import Item, Raw
from htrkit.run.inference import LocalInference
from tests.fakes.stages import FakeReader


class Watching(FakeReader):
    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[float]] = []

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        self.batches.append([item.cost for item in items])
        return [Raw((np.array([item.cost]),)) for item in items]


@given(st.lists(st.floats(0, 5000), max_size=20), st.integers(1, 7))
def test_every_item_gets_its_own_answer_in_its_own_place(costs: list[float], batch_size: int) -> None:
    stage = Watching()
    raws = LocalInference(batch_size).results(Step.RECOGNISE, stage, [Item((), cost) for cost in costs])

    assert [raw.arrays[0][0] for raw in raws] == costs
    assert [cost for batch in stage.batches for cost in batch] == sorted(costs, reverse=True)
    assert all(len(batch) <= batch_size for batch in stage.batches)
