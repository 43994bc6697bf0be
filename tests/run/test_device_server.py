"""Between links and device: what comes is batched over workers, what is answered goes back to whoever asked."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pytest

from htrkit.core.batch_sizes import BatchSizes
from htrkit.core.batching import BatchQueue
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.stages import Item, Raw, Stage
from htrkit.run.answering import Answering, Failed
from htrkit.run.device_loop import serve
from htrkit.run.device_server import Batch, Counter
from htrkit.run.housekeeping import Housekeeping
from htrkit.run.link import Answer, Ask, Link, NoAnswer, Said
from htrkit.run.messages import AnswerOnly, GiveBack
from tests.fakes.wires import RunsEnd, runs_end

SIZE = 4


def sizes(step: Step, cost: float) -> int:  # noqa: ARG001
    return SIZE if step is Step.RECOGNISE else 1


class Served:
    """A counter with its thread, and the run's side of it."""

    def __init__(self, run: RunsEnd) -> None:
        self.run = run
        queue = BatchQueue(sizes, dry_seconds=0.0)
        self.counter = Counter(run.channel, queue)
        self._thread = threading.Thread(target=self.counter.speak, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.run.hang_up()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def batch(self) -> Batch:
        batch = self.counter.next_batch()
        assert isinstance(batch, Batch)
        return batch

    def items(self, count: int) -> dict[str, list[int]]:
        """Take batches until so many items have come; give each worker's numbers."""
        found: dict[str, list[int]] = {}
        while sum(map(len, found.values())) < count:
            batch = self.batch()
            for (_, number), item in zip(batch.asked, batch.items, strict=True):
                found.setdefault(WORKERS[int(item.cost) // 100], []).append(number)
        return found


WORKERS: Mapping[int, str] = {1: "w1", 2: "w2"}


@pytest.fixture
def served() -> Iterator[Served]:
    with runs_end() as run:
        one = Served(run)
        yield one


def ask(link: Link, worker: int, *numbers: int, step: Step = Step.RECOGNISE) -> None:
    for number in numbers:
        link.say(Ask(number, step, Item((np.array([number]),), worker * 100.0 + number)))
    while link.has_more:
        link.flush()


def answers(link: Link, count: int) -> list[Said]:
    found: list[Said] = []
    while len(found) < count:
        heard = link.hear()
        assert heard is not None
        found += heard
    return found


def doubled(batch: Batch) -> Sequence[Raw]:
    return [Raw((np.asarray(item.arrays[0]) * 2,)) for item in batch.items]


def test_everybody_gets_the_answers_to_their_own_items(served: Served) -> None:
    first, second = served.run.link("w1"), served.run.link("w2")
    served.start()
    ask(first, 1, 1, 2, 3)
    ask(second, 2, 1, 2)
    left = 5
    while left:
        batch = served.batch()
        served.counter.answer(batch, doubled(batch))
        left -= len(batch.items)
    for link, count in ((first, 3), (second, 2)):
        raws = {one.number: one.raw for one in answers(link, count) if isinstance(one, Answer)}
        found = {number: int(np.asarray(raw.arrays[0])[0]) for number, raw in raws.items()}
        assert found == {number: 2 * number for number in range(1, count + 1)}
    served.end()


def test_links_that_came_with_the_first_words_are_heard(served: Served) -> None:
    """Both messages lie in the channel before the thread begins, and are read with the first."""
    first, second = served.run.link("w1"), served.run.link("w2")
    assert served.run.channel.has_come()
    served.start()
    ask(second, 2, 7)
    ask(first, 1, 8)
    assert served.items(2) == {"w1": [8], "w2": [7]}
    served.end()


def test_pages_of_different_workers_share_a_batch(served: Served) -> None:
    first, second = served.run.link("w1"), served.run.link("w2")
    ask(first, 1, 1, 2)
    ask(second, 2, 1, 2)
    # Nothing is taken before all has come: the queue is given everything by hand, in one turn of the thread.
    served.counter.queue = BatchQueue(sizes, dry_seconds=30.0)
    served.start()
    batch = served.batch()
    assert len(batch.items) == SIZE
    assert sorted(batch.workers) == ["w1", "w2"]
    served.end()


def test_only_the_worker_on_trial_is_served_until_everybody_is_again(served: Served) -> None:
    served.run.say(AnswerOnly("w2"))
    first, second = served.run.link("w1"), served.run.link("w2")
    served.start()
    ask(first, 1, 1)
    ask(second, 2, 1)
    assert served.items(1) == {"w2": [1]}
    served.run.say(AnswerOnly(""))
    assert served.items(1) == {"w1": [1]}
    served.end()


def test_what_a_worker_asked_for_that_is_gone_is_not_computed(served: Served) -> None:
    first = served.run.link("w1")
    ask(first, 1, 1, 2)
    first.close()
    second = served.run.link("w2")
    served.start()
    ask(second, 2, 5)
    taken = served.items(1)
    while "w2" not in taken:
        taken = served.items(1)
    served.end()
    assert served.counter.next_batch() is None


def test_a_worker_that_is_linked_anew_is_answered_over_the_new_link_alone(served: Served) -> None:
    old = served.run.link("w1")
    served.start()
    ask(old, 1, 1)
    batch = served.batch()
    new = served.run.link("w1")
    ask(new, 1, 1)
    again = served.batch()
    served.counter.answer(batch, doubled(batch))
    served.counter.answer(again, doubled(again))
    assert [said.number for said in answers(new, 1) if isinstance(said, Answer)] == [1]
    served.end()


def test_an_item_that_cannot_be_computed_is_answered_with_the_reason(served: Served) -> None:
    link = served.run.link("w1")
    served.start()
    ask(link, 1, 1, step=Step.SEGMENT)
    batch = served.batch()
    assert batch.step is Step.SEGMENT
    served.counter.answer(batch, [Failed(FailureClass.OOM, "too large", "stack")])
    assert answers(link, 1) == [NoAnswer(1, FailureClass.OOM, "too large", "stack")]
    served.end()


def test_smaller_batches_are_taken_once_one_did_not_fit(served: Served) -> None:
    link = served.run.link("w1")
    served.counter.queue = BatchQueue(lambda *_: 1, dry_seconds=0.0)
    served.start()
    ask(link, 1, 1, 2)
    assert [len(served.batch().items), len(served.batch().items)] == [1, 1]
    served.end()


def test_memory_is_given_back_before_the_next_batch_once_and_though_nothing_waits(served: Served) -> None:
    served.start()
    served.run.say(GiveBack())
    assert served.counter.next_batch() == GiveBack()
    link = served.run.link("w1")
    ask(link, 1, 1)
    assert len(served.batch().items) == 1
    served.end()


def test_the_loop_tidies_up_when_it_is_asked_to(served: Served) -> None:
    tidied = threading.Event()
    stages: dict[Step, Callable[[], Stage]] = {}
    answering = Answering(stages, BatchSizes({}), lambda _: None)
    tidying = Housekeeping(10_000, (tidied.set,))
    loop = threading.Thread(target=serve, args=(served.counter, answering, tidying), daemon=True)
    loop.start()
    served.start()
    served.run.say(GiveBack())
    assert tidied.wait(20)
    served.end()
    loop.join(20)
    assert not loop.is_alive()


def full(served: Served) -> Batch:
    """Wait until a batch is full, and take it as the loop does while the device computes."""
    while (batch := served.counter.next_full_batch()) is None:
        time.sleep(0)
    return batch


def on_trial(served: Served, worker: str) -> None:
    """Wait until the counter has heard that it is to answer one worker alone."""
    while served.counter.queue.serves([f"not {worker}"]):
        time.sleep(0)


def test_a_batch_is_taken_ahead_only_when_it_is_full(served: Served) -> None:
    link = served.run.link("w1")
    served.start()
    ask(link, 1, *range(1, SIZE + 2))
    assert (len(full(served).items), served.counter.next_full_batch()) == (SIZE, None)
    assert len(served.batch().items) == 1
    served.end()


def test_a_batch_that_was_taken_ahead_waits_again_when_one_worker_is_on_trial(served: Served) -> None:
    first, second = served.run.link("w1"), served.run.link("w2")
    served.start()
    ask(first, 1, *range(1, SIZE + 1))
    batch = full(served)
    assert served.counter.goes_on(batch)
    served.run.say(AnswerOnly("w2"))
    on_trial(served, "w2")
    ask(second, 2, 1)
    assert not served.counter.goes_on(batch)
    assert served.items(1) == {"w2": [1]}
    served.run.say(AnswerOnly(""))
    assert sorted(served.items(SIZE)["w1"]) == [*range(1, SIZE + 1)]
    served.end()


def test_a_batch_that_was_taken_ahead_waits_again_when_memory_is_wanted_back(served: Served) -> None:
    link = served.run.link("w1")
    served.start()
    ask(link, 1, *range(1, SIZE + 1))
    batch = full(served)
    served.run.say(GiveBack())
    while served.counter.goes_on(batch):
        time.sleep(0)
    assert served.counter.next_full_batch() is None
    assert served.counter.next_batch() == GiveBack()
    assert sorted(served.items(SIZE)["w1"]) == [*range(1, SIZE + 1)]
    served.end()


def test_what_was_taken_ahead_for_a_worker_that_is_gone_waits_no_more(served: Served) -> None:
    first, second = served.run.link("w1"), served.run.link("w2")
    served.start()
    ask(first, 1, *range(1, SIZE + 1))
    batch = full(served)
    ask(second, 2, 1)
    first.close()
    served.run.say(AnswerOnly("w2"))
    on_trial(served, "w2")
    assert served.items(1) == {"w2": [1]}
    while "w1" in served.counter._links:
        time.sleep(0)
    assert not served.counter.goes_on(batch)
    assert served.counter.queue.waiting == 0
    served.end()


def test_the_end_of_the_run_is_the_end_of_the_batches(served: Served) -> None:
    served.start()
    served.end()
    assert served.counter.next_batch() is None


def test_a_page_larger_than_the_kernels_room_goes_both_ways(served: Served) -> None:
    link = served.run.link("w1")
    served.start()
    page = np.zeros(3_000_000, np.float32)
    link.say(Ask(1, Step.SEGMENT, Item((page,), 1.0)))
    while link.has_more:
        link.flush()
    batch = served.batch()
    served.counter.answer(batch, [Raw(batch.items[0].arrays)])
    (said,) = answers(link, 1)
    assert isinstance(said, Answer)
    assert np.asarray(said.raw.arrays[0]).nbytes == page.nbytes
    served.end()
