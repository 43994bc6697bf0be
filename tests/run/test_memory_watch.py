"""Memory is looked at now and then; only a change is news, for the journal and for the schedule."""

from collections.abc import Iterator

from htrkit.core.pressure import MemorySample
from htrkit.domain.events import MemoryEnough, MemoryShort
from htrkit.domain.schedule import Pressed, Relieved
from htrkit.run.memory_watch import EVERY_SECONDS, MemoryWatch, News, sampled


def watch(*used_percent: int) -> tuple[MemoryWatch, list[int]]:
    looks: list[int] = []
    samples: Iterator[int] = iter(used_percent)

    def sample() -> MemorySample:
        looks.append(next(samples))
        return MemorySample(1000, 1000 - 10 * looks[-1])

    return MemoryWatch(0.9, sample), looks


def test_a_shortage_and_its_end_are_news() -> None:
    one, _ = watch(50, 95, 96, 80)
    news = [one.look(EVERY_SECONDS * turn) for turn in range(4)]
    assert news == [
        None,
        News(MemoryShort(0.95, 50), Pressed(EVERY_SECONDS)),
        None,
        News(MemoryEnough(0.8), Relieved(EVERY_SECONDS * 3)),
    ]


def test_it_is_not_looked_at_more_often_than_it_changes() -> None:
    one, looks = watch(50, 50)
    for turn in range(20):
        one.look(turn * EVERY_SECONDS / 10)
    assert looks == [50, 50]


def test_there_is_some_memory_here_and_not_all_of_it_is_used() -> None:
    sample = sampled()
    assert 0 < sample.free_bytes < sample.total_bytes
    assert 0 < sample.used_share < 1
