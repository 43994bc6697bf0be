"""Full and even batches, of whoever asked; nobody waits for ever, and a worker on trial is answered alone."""

from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.batching import BatchQueue, Waiting
from htrkit.domain.failure import Step

DRY = 0.01


def queue(size: int = 3) -> BatchQueue:
    return BatchQueue(lambda step, _: size if step is Step.RECOGNISE else 1, dry_seconds=DRY)


def line(asker: str, number: int, cost: float = 1.0) -> Waiting:
    return Waiting(asker, number, Step.RECOGNISE, cost)


def page(asker: str, number: int) -> Waiting:
    return Waiting(asker, number, Step.SEGMENT, 2.0)


def test_nothing_waits_nothing_is_taken() -> None:
    assert queue().take(0.0) == ()
    assert queue().due() is None


def test_a_batch_that_is_not_full_waits_until_nothing_more_comes() -> None:
    waiting = queue()
    waiting.add(line("w0", 1), 5.0)
    assert waiting.take(5.0) == ()
    assert waiting.due() == 5.0 + DRY
    waiting.add(line("w0", 2), 5.008)
    assert waiting.take(5.012) == ()
    assert len(waiting.take(5.008 + DRY)) == 2
    assert waiting.due() is None


def test_a_full_batch_goes_at_once_and_holds_items_of_different_workers() -> None:
    waiting = queue()
    for asker in ("w0", "w1", "w2"):
        waiting.add(line(asker, 1), 5.0)
    assert {item.asker for item in waiting.take(5.0)} == {"w0", "w1", "w2"}


def test_a_workers_items_may_be_spread_over_batches() -> None:
    waiting = queue()
    for number in range(4):
        waiting.add(line("w0", number, cost=number), 5.0)
    first, second = waiting.take(6.0), waiting.take(6.0)
    assert sorted(item.number for item in (*first, *second)) == [0, 1, 2, 3]
    assert (len(first), len(second)) == (3, 1)


def test_a_batch_begins_with_its_costliest_item_and_is_even() -> None:
    waiting = queue()
    for number, cost in enumerate((500.0, 90.0, 1000.0, 510.0, 480.0, 100.0)):
        waiting.add(line("w0", number, cost), 5.0)
    assert [item.cost for item in waiting.take(5.0)] == [510.0, 500.0, 480.0]
    assert [item.cost for item in waiting.take(5.0)] == [1000.0, 100.0, 90.0]


def test_the_step_of_the_item_that_has_waited_longest_comes_first() -> None:
    waiting = queue(2)
    waiting.add(page("w0", 1), 5.0)
    waiting.add(line("w1", 1), 5.0)
    waiting.add(line("w1", 2), 5.0)
    assert [item.step for item in waiting.take(5.0)] == [Step.SEGMENT]
    assert [item.step for item in waiting.take(5.0)] == [Step.RECOGNISE, Step.RECOGNISE]


def test_a_worker_on_trial_is_answered_alone_until_everybody_is_again() -> None:
    waiting = queue(2)
    waiting.add(line("w0", 1), 5.0)
    waiting.add(line("w1", 1), 5.0)
    waiting.serve_only("w1")
    assert [item.asker for item in waiting.take(6.0)] == ["w1"]
    assert waiting.take(6.0) == ()
    assert waiting.due() is None
    waiting.serve_only("")
    assert [item.asker for item in waiting.take(6.0)] == ["w0"]


def test_what_a_lost_worker_asked_for_is_forgotten() -> None:
    waiting = queue()
    waiting.add(line("w0", 1), 5.0)
    waiting.add(line("w1", 1), 5.0)
    waiting.forget("w0")
    assert [item.asker for item in waiting.take(6.0)] == ["w1"]


def test_a_size_that_changes_counts_from_the_next_batch_on() -> None:
    size = 8
    waiting = BatchQueue(lambda *_: size, dry_seconds=DRY)
    for number in range(12):
        waiting.add(line("w0", number), 5.0)
    size = 4
    assert len(waiting.take(6.0)) == 4
    size = 1
    assert len(waiting.take(6.0)) == 1
    size = 16
    assert len(waiting.take(6.0)) == 7


def costly(_: Step, cost: float) -> int:
    """Eight of 100; fewer of what costs more."""
    return max(int(8 * 100 / cost), 1)


def test_fewer_items_go_with_one_that_costs_more() -> None:
    waiting = BatchQueue(costly, dry_seconds=DRY)
    for number, cost in enumerate([100.0] * 8 + [400.0, 200.0]):
        waiting.add(line("w0", number, cost), 5.0)
    taken = [[item.cost for item in waiting.take(6.0)] for _ in range(4)]
    assert taken == [[100.0] * 8, [400.0, 200.0], [], []]


def test_an_item_that_costs_more_than_a_whole_batch_goes_alone() -> None:
    waiting = BatchQueue(costly, dry_seconds=DRY)
    for number, cost in enumerate([5000.0, 100.0, 110.0]):
        waiting.add(line("w0", number, cost), 5.0)
    assert [[item.cost for item in waiting.take(6.0)] for _ in range(2)] == [[5000.0], [110.0, 100.0]]


@given(st.lists(st.floats(1, 10_000), min_size=1, max_size=60))
def test_no_batch_costs_more_than_fits_and_every_item_is_taken(costs: list[float]) -> None:
    waiting = BatchQueue(costly, dry_seconds=DRY)
    for number, cost in enumerate(costs):
        waiting.add(line("w0", number, cost), 5.0)
    taken: list[float] = []
    while batch := waiting.take(6.0):
        assert len(batch) <= costly(Step.RECOGNISE, max(item.cost for item in batch))
        taken += [item.cost for item in batch]
    assert sorted(taken) == sorted(costs)
    assert waiting.waiting == 0


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1.0, 2.0, 7.0]), st.booleans()), max_size=40),
    st.integers(1, 9),
)
def test_every_item_is_in_exactly_one_batch_and_none_is_too_large(
    items: list[tuple[str, float, bool]], size: int
) -> None:
    waiting = queue(size)
    for number, (asker, cost, is_page) in enumerate(items):
        waiting.add(Waiting(asker, number, Step.SEGMENT if is_page else Step.RECOGNISE, cost), 5.0)
    taken = []
    while batch := waiting.take(6.0):
        assert len({item.step for item in batch}) == 1
        assert len(batch) <= (1 if batch[0].step is Step.SEGMENT else size)
        taken += [item.number for item in batch]
    assert sorted(taken) == list(range(len(items)))


def test_only_a_full_batch_is_taken_while_the_device_computes() -> None:
    waiting = queue()
    waiting.add(line("w0", 1), 5.0)
    assert waiting.take_full() == ()
    waiting.add(line("w0", 2), 5.0)
    waiting.add(line("w0", 3), 5.0)
    assert len(waiting.take_full()) == 3
    assert waiting.take_full() == ()


def test_what_is_put_back_comes_first_again() -> None:
    waiting = queue(2)
    for number in range(4):
        waiting.add(line("w0", number), 5.0)
    first = waiting.take(6.0)
    waiting.put_back(first)
    assert waiting.waiting == 4
    assert waiting.take(6.0) == first


def test_a_queue_serves_everybody_or_the_one_on_trial() -> None:
    waiting = queue()
    assert waiting.serves(["w0", "w1"])
    waiting.serve_only("w0")
    assert waiting.serves(["w0"])
    assert not waiting.serves(["w0", "w1"])


def test_a_batch_may_be_a_little_less_than_full_to_leave_out_what_is_much_narrower() -> None:
    waiting = queue(20)
    for number, cost in enumerate([500.0] * 18 + [100.0] * 40):
        waiting.add(line("w0", number, cost), 5.0)
    assert [item.cost for item in waiting.take(6.0)] == [500.0] * 18


def test_a_batch_is_never_less_than_nearly_full_where_enough_wait() -> None:
    waiting = queue(20)
    for number, cost in enumerate([500.0] * 4 + [100.0] * 40):
        waiting.add(line("w0", number, cost), 5.0)
    assert len(waiting.take(6.0)) >= 17


def test_few_items_are_shared_out_evenly_over_as_many_batches_as_they_need() -> None:
    waiting = queue(20)
    for number, cost in enumerate([500.0] * 12 + [100.0] * 14):
        waiting.add(line("w0", number, cost), 5.0)
    assert [len(waiting.take(6.0)), len(waiting.take(6.0))] == [12, 14]


def test_the_page_that_has_waited_longest_is_brought_through_first() -> None:
    waiting = queue(4)
    for number in range(8):
        waiting.add(line("w0", number, cost=100.0), 5.0)
        waiting.add(line("w1", number, cost=100.5), 5.0)
    assert [item.asker for item in waiting.take(6.0)].count("w0") == 4


@given(st.lists(st.floats(1, 10_000), min_size=1, max_size=60), st.integers(1, 16))
def test_every_batch_holds_the_item_that_has_waited_longest(costs: list[float], size: int) -> None:
    waiting = queue(size)
    for number, cost in enumerate(costs):
        waiting.add(line("w0", number, cost), 5.0)
    left = list(range(len(costs)))
    while batch := waiting.take(6.0):
        assert left[0] in [item.number for item in batch]
        left = [number for number in left if number not in {item.number for item in batch}]
    assert left == []
