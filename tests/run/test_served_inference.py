"""A worker asks its server; a link that breaks costs nothing but the asking again, and a page can be put down."""

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.run.link import Answer, Ask, Link, NoAnswer
from htrkit.run.messages import DropPage, GiveBack, IsServed, IsWaiting
from htrkit.run.served_inference import PageDropped, RunGone, ServedInference
from tests.fakes.wires import RunsEnd, runs_end


class NoStage:
    model = ModelFacts("none", "0" * 64)

    def prepare(self, page: OpenPage) -> Prepared:
        raise NotImplementedError

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:  # noqa: ARG002
        raise AssertionError("the network runs on the server")

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        raise NotImplementedError


@pytest.fixture
def run() -> Iterator[RunsEnd]:
    with runs_end() as end:
        yield end


@pytest.fixture
def inference(run: RunsEnd) -> Iterator[ServedInference]:
    one = ServedInference(run.channel)
    yield one
    one.close()


class Asking:
    """A worker that asks, in a thread of its own; `outcome` is what came of it."""

    def __init__(self, inference: ServedInference, costs: Sequence[float]) -> None:
        self.outcome: list[float] | BaseException | None = None
        self._inference = inference
        self._costs = costs
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        items = [Item((np.array([cost]),), cost) for cost in self._costs]
        try:
            raws = self._inference.results(Step.RECOGNISE, NoStage(), items)
            self.outcome = [float(np.asarray(raw.arrays[0])[0]) for raw in raws]
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self.outcome = error

    def end(self) -> list[float] | BaseException | None:
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.outcome


def asked(link: Link, count: int) -> list[Ask]:
    """Wait until so many items have come."""
    found: list[Ask] = []
    while len(found) < count:
        heard = link.hear()
        assert heard is not None
        found += [said for said in heard if isinstance(said, Ask)]
    return found


def answer(link: Link, asks: Sequence[Ask], value: Callable[[Ask], float] = lambda ask: ask.item.cost * 2) -> None:
    for ask in asks:
        link.say(Answer(ask.number, Raw((np.array([value(ask)]),))))
    while link.has_more:
        link.flush()


def test_answers_come_in_the_order_of_the_items(run: RunsEnd, inference: ServedInference) -> None:
    link = run.link("cuda:0")
    asking = Asking(inference, [3, 1, 2])
    answer(link, asked(link, 3)[::-1])

    assert asking.end() == [6, 2, 4]
    assert run.heard() == [IsWaiting(), IsServed()]


def test_a_page_without_items_asks_nobody(run: RunsEnd, inference: ServedInference) -> None:
    assert inference.results(Step.RECOGNISE, NoStage(), []) == ()
    assert run.heard() == []


def test_what_has_no_answer_yet_is_asked_again_over_a_new_link(run: RunsEnd, inference: ServedInference) -> None:
    first = run.link("cuda:0")
    asking = Asking(inference, [1, 2, 3])
    asks = asked(first, 3)
    answer(first, asks[:1])
    first.close()
    second = run.link("cuda:1")
    again = asked(second, 2)
    answer(second, again)

    assert {ask.number for ask in again} <= {ask.number for ask in asks}
    assert asking.end() == [2, 4, 6]


def test_a_link_may_come_before_the_old_one_breaks(run: RunsEnd, inference: ServedInference) -> None:
    first = run.link("cuda:0")
    asking = Asking(inference, [1, 2])
    asked(first, 2)
    second = run.link("cuda:1")
    answer(second, asked(second, 2))

    assert asking.end() == [2, 4]


def test_without_a_link_it_waits_for_one(run: RunsEnd, inference: ServedInference) -> None:
    asking = Asking(inference, [5])
    link = run.link("cpu")
    answer(link, asked(link, 1))
    assert asking.end() == [10]


def test_an_item_without_an_answer_is_the_pages_problem(run: RunsEnd, inference: ServedInference) -> None:
    link = run.link("cuda:0")
    asking = Asking(inference, [1])
    (ask,) = asked(link, 1)
    link.say(NoAnswer(ask.number, FailureClass.OOM, "too large.", "Traceback of the server"))
    link.flush()
    problem = asking.end()

    assert isinstance(problem, PageProblem)
    assert (problem.failure, problem.step, problem.what) == (FailureClass.OOM, Step.RECOGNISE, "too large.")
    assert "Traceback of the server" in problem.stack
    assert run.heard() == [IsWaiting(), IsServed()]


def test_late_answers_are_not_taken_for_the_next_pages(run: RunsEnd, inference: ServedInference) -> None:
    link = run.link("cuda:0")
    failing = Asking(inference, [1, 2])
    first, second = asked(link, 2)
    link.say(NoAnswer(first.number, FailureClass.RECOGNITION, "odd.", ""))
    link.flush()
    assert isinstance(failing.end(), PageProblem)

    following = Asking(inference, [7])
    (ask,) = asked(link, 1)
    answer(link, [second, ask])
    assert following.end() == [14]


def test_a_page_that_waits_hears_that_memory_is_short_and_waits_on(run: RunsEnd) -> None:
    heard: list[int] = []
    inference = ServedInference(run.channel, lambda: heard.append(1))
    asking = Asking(inference, [1.0])
    run.say(GiveBack())
    link = run.link("cuda:0")
    answer(link, asked(link, 1))
    assert asking.end() == [2.0]
    assert heard == [1]
    inference.close()


def test_a_page_is_put_down_when_the_run_asks(run: RunsEnd, inference: ServedInference) -> None:
    link = run.link("cuda:0")
    asking = Asking(inference, [1])
    asked(link, 1)
    run.say(DropPage())

    assert isinstance(asking.end(), PageDropped)
    assert run.heard() == [IsWaiting(), IsServed()]


def test_a_worker_whose_run_is_gone_stops(run: RunsEnd, inference: ServedInference) -> None:
    asking = Asking(inference, [1])
    link = run.link("cuda:0")
    asked(link, 1)
    run.hang_up()
    assert isinstance(asking.end(), RunGone | OSError)
