"""The device's loop: the next batch is laid out and the last answers go out while the device computes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from htrkit.core.batch_sizes import BackingOff, BatchSizes
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.run.answering import Answering, DeviceLost, Failed, Outcome
from htrkit.run.device_loop import Feeding
from htrkit.run.device_server import Batch
from htrkit.run.housekeeping import Housekeeping
from htrkit.run.messages import FromChild, GiveBack, HasAnswered, HasBegun


@dataclass
class Diary:
    """What was done, in order."""

    lines: list[str] = field(default_factory=list)

    def write(self, line: str) -> None:
        self.lines.append(line)


class Ahead:
    """Lays batches out, and says when."""

    model = ModelFacts("none", "0" * 64)

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self.met: Callable[[str], None] = lambda _: None

    @property
    def ahead(self) -> "Ahead":
        return self

    def lay_out(self, items: Sequence[Item]) -> list[float]:
        return self._done("lay out", [item.cost for item in items])

    def begin(self, laid_out: list[float]) -> "Begun":
        return Begun(self, self._done("begin", laid_out))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return self.begin(self.lay_out(items)).raws()

    def prepare(self, page: OpenPage) -> Prepared:
        raise NotImplementedError

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        raise NotImplementedError

    def _done(self, deed: str, costs: list[float]) -> list[float]:
        self.diary.write(f"{deed} {costs[0]:.0f}")
        self.met(f"{deed} {costs[0]:.0f}")
        return costs


@dataclass
class Begun:
    stage: Ahead
    costs: list[float]

    def raws(self) -> Sequence[Raw]:
        return [Raw((np.array(cost),)) for cost in self.stage._done("wait", self.costs)]


class Plain:
    """A stage that lays nothing out."""

    model = ModelFacts("none", "0" * 64)

    def __init__(self, diary: Diary) -> None:
        self.diary = diary

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        self.diary.write(f"infer {items[0].cost:.0f}")
        return [Raw((np.array(item.cost),)) for item in items]

    prepare = finish = Ahead.prepare


@dataclass
class Waiting:
    """Batches that wait in a counter that speaks with nobody; what stands behind a None comes when nothing is left."""

    diary: Diary
    batches: list[Batch | GiveBack | None]
    put_back: list[float] = field(default_factory=list)
    answered: list[Outcome] = field(default_factory=list)
    said: list[FromChild] = field(default_factory=list)
    unwanted: set[float] = field(default_factory=set)

    @property
    def channel(self) -> "Waiting":
        return self

    def say(self, message: FromChild) -> None:
        self.said.append(message)
        self.diary.write(f"say {message.kind}")

    def next_batch(self) -> Batch | GiveBack | None:
        self.diary.write("take")
        while self.batches:
            batch = self.batches.pop(0)
            if batch is not None:
                return batch
        return None

    def next_full_batch(self) -> Batch | None:
        if self.batches and isinstance(self.batches[0], Batch):
            batch = self.batches.pop(0)
            assert isinstance(batch, Batch)
            return batch
        return None

    def goes_on(self, batch: Batch) -> bool:
        if batch.items[0].cost in self.unwanted:
            self.put_back.append(batch.items[0].cost)
            return False
        return True

    def answer(self, batch: Batch, outcomes: Sequence[Outcome]) -> None:
        self.diary.write(f"answer {batch.items[0].cost:.0f}")
        self.answered += outcomes


def batch(cost: float, *more: float) -> Batch:
    items = tuple(Item((), one) for one in (cost, *more))
    return Batch(Step.RECOGNISE, items, (), ("w1",), room=4)


def fed(stage: Any, counter: Waiting, *, every: int = 1000, tidied: Callable[[], None] = lambda: None) -> list[str]:
    answering = Answering({Step.RECOGNISE: lambda: stage}, BatchSizes({Step.RECOGNISE: BackingOff(4)}), lambda _: None)
    Feeding(counter, answering, Housekeeping(every, (tidied,)), clock=lambda: 0.0).go_on()  # type: ignore[arg-type]
    return counter.diary.lines


def test_the_next_batch_is_laid_out_and_the_last_answers_go_out_while_the_device_computes() -> None:
    diary = Diary()
    done = fed(Ahead(diary), Waiting(diary, [batch(1), batch(2), batch(3)]))
    assert done == [
        *("take", "lay out 1", "say begun", "begin 1", "lay out 2", "wait 1", "say answered"),
        *("say begun", "begin 2", "answer 1", "lay out 3", "wait 2", "say answered"),
        *("say begun", "begin 3", "answer 2", "wait 3", "say answered"),
        *("answer 3", "take"),
    ]


def test_answers_do_not_wait_for_a_batch_that_has_not_come() -> None:
    diary = Diary()
    done = fed(Ahead(diary), Waiting(diary, [batch(1), None, batch(2)]))
    assert done.index("answer 1") < done.index("lay out 2")


def test_tidying_up_goes_on_beside_the_computing() -> None:
    diary = Diary()
    done = fed(Ahead(diary), Waiting(diary, [batch(1)]), every=1, tidied=lambda: diary.write("tidy"))
    assert done.index("begin 1") < done.index("tidy") < done.index("wait 1")


def test_where_nothing_goes_on_beside_the_computing_answers_come_before_tidying_up() -> None:
    diary = Diary()
    done = fed(Plain(diary), Waiting(diary, [batch(1)]), every=1, tidied=lambda: diary.write("tidy"))
    assert done.index("infer 1") < done.index("answer 1") < done.index("tidy")


def test_a_stage_that_lays_nothing_out_answers_before_it_computes_again() -> None:
    diary = Diary()
    done = fed(Plain(diary), Waiting(diary, [batch(1), batch(2)]))
    assert [one for one in done if not one.startswith(("say", "take"))] == [
        "infer 1",
        "answer 1",
        "infer 2",
        "answer 2",
    ]


def test_a_batch_that_may_not_go_on_is_taken_anew() -> None:
    diary = Diary()
    counter = Waiting(diary, [batch(1), batch(2), None, batch(3)], unwanted={2})
    done = fed(Ahead(diary), counter)
    assert counter.put_back == [2]
    assert "begin 2" not in done
    assert "begin 3" in done


def test_memory_is_given_back_between_batches() -> None:
    diary = Diary()
    done = fed(Ahead(diary), Waiting(diary, [batch(1), GiveBack(), batch(2)]), tidied=lambda: diary.write("tidy"))
    assert [one for one in done if one in {"wait 1", "tidy", "begin 2"}] == ["wait 1", "tidy", "begin 2"]


@pytest.mark.parametrize("where", ["begin", "wait"])
def test_a_batch_that_does_not_fit_is_halved_and_the_next_is_computed_as_it_was_laid_out(where: str) -> None:
    diary = Diary()
    stage = Ahead(diary)

    def met(deed: str) -> None:
        if deed == f"{where} 1" and diary.lines.count(deed) == 1:
            raise RuntimeError("CUDA out of memory")

    stage.met = met
    counter = Waiting(diary, [batch(1, 0.5), batch(2)])
    done = fed(stage, counter)
    assert [float(np.asarray(one.arrays[0])) for one in counter.answered if isinstance(one, Raw)] == [1, 0.5, 2]
    assert done.count("lay out 2") == 1


def test_what_cannot_be_laid_out_is_computed_for_its_error() -> None:
    diary = Diary()
    stage = Ahead(diary)

    def met(deed: str) -> None:
        if deed == "lay out 2":
            raise ValueError("planted")

    stage.met = met
    counter = Waiting(diary, [batch(1), batch(2), batch(3)])
    fed(stage, counter)
    first, second, third = counter.answered
    assert isinstance(first, Raw)
    assert isinstance(second, Failed)
    assert second.failure is FailureClass.RECOGNITION
    assert "planted" in second.message
    assert isinstance(third, Raw)


@pytest.mark.parametrize("where", ["begin", "wait"])
def test_a_lost_device_ends_the_loop(where: str) -> None:
    diary = Diary()
    stage = Ahead(diary)

    def met(deed: str) -> None:
        if deed == f"{where} 2":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")

    stage.met = met
    counter = Waiting(diary, [batch(1), batch(2), batch(3)])
    with pytest.raises(DeviceLost):
        fed(stage, counter)
    assert diary.lines.count("say answered") == 1


def test_each_batch_says_how_full_it_was_and_what_of_it_was_padding() -> None:
    diary = Diary()
    counter = Waiting(diary, [batch(30, 20, 10)])
    fed(Ahead(diary), counter)
    begun, answered = counter.said
    assert isinstance(begun, HasBegun)
    assert answered == HasAnswered(0.0, items=3, room=4, useful=60, padded=90)
