"""Memory is looked at now and then; a change is told, named and acted on at once, and read-ahead goes first."""

from collections.abc import Iterator

from htrkit.core.pressure import MemorySample
from htrkit.domain.events import DeviceEnough, DeviceShort, MemoryEnough, MemoryShort
from htrkit.domain.sample import DeviceSample
from htrkit.domain.schedule import Pressed, Relieved
from htrkit.run.memory_watch import (
    AGAIN_SECONDS,
    EVERY_SECONDS,
    EVERYBODY,
    AskBack,
    Deed,
    Hear,
    HoldAhead,
    MemoryWatch,
    Tell,
)
from tests.fake_nvml.states import GB

TURN = EVERY_SECONDS


def watch(*used_percent: int) -> tuple[MemoryWatch, list[int]]:
    looks: list[int] = []
    samples: Iterator[int] = iter(used_percent)

    def sample() -> MemorySample:
        looks.append(next(samples))
        return MemorySample(1000, 1000 - 10 * looks[-1])

    return MemoryWatch(0.9, sample), looks


def idle() -> MemoryWatch:
    return MemoryWatch(0.9, lambda: MemorySample(1000, 900))


def card(used_gb: int | None, device: str = "cuda:1") -> DeviceSample:
    return DeviceSample(device, None if used_gb is None else 46 * GB, None if used_gb is None else used_gb * GB)


def looked(one: MemoryWatch, *turns: list[DeviceSample]) -> list[tuple[Deed, ...]]:
    return [one.look(TURN * number, devices.copy) for number, devices in enumerate(turns)]


def test_a_shortage_is_told_and_acted_on_and_so_is_its_end() -> None:
    one, _ = watch(50, 95, 96, 80)
    assert looked(one, [], [], [], []) == [
        (),
        (HoldAhead(on=True), Tell(MemoryShort(0.95, 50)), Hear(Pressed(TURN)), AskBack(EVERYBODY)),
        (),
        (Tell(MemoryEnough(0.8)), Hear(Relieved(TURN * 3)), HoldAhead(on=False)),
    ]


def test_read_ahead_is_held_before_anybody_pauses() -> None:
    one, _ = watch(50, 88, 91)
    assert looked(one, [], [], [])[1:] == [
        (HoldAhead(on=True),),
        (Tell(MemoryShort(0.91, 90)), Hear(Pressed(TURN * 2)), AskBack(EVERYBODY)),
    ]


def test_it_is_not_looked_at_more_often_than_it_changes() -> None:
    one, looks = watch(50, 50)
    for turn in range(20):
        one.look(turn * EVERY_SECONDS / 10)
    assert looks == [50, 50]


def test_memory_that_stays_short_is_asked_back_again_but_told_once() -> None:
    one = MemoryWatch(0.9, lambda: MemorySample(1000, 50))
    deeds = [deed for turn in looked(one, *([[]] * (1 + int(AGAIN_SECONDS / TURN)))) for deed in turn]
    assert [deed for deed in deeds if isinstance(deed, AskBack)] == [AskBack(EVERYBODY)] * 2
    assert len([deed for deed in deeds if isinstance(deed, Tell)]) == 1


def test_a_device_that_fills_up_is_named_and_its_server_alone_is_asked() -> None:
    first = card(10, "cuda:0")
    turns = looked(idle(), [first, card(10)], [first, card(43)], [first, card(44)], [first, card(20)])
    assert turns == [
        (),
        (Tell(DeviceShort("cuda:1", 0.935, 3 * GB)), AskBack("cuda:1")),
        (),
        (Tell(DeviceEnough("cuda:1", 0.435)),),
    ]


def test_each_device_has_its_own_limit_of_the_same_share() -> None:
    (deeds,) = looked(idle(), [card(45, "cuda:0"), card(42), card(41, "cuda:2")])
    assert [deed.event.device for deed in deeds if isinstance(deed, Tell)] == ["cuda:0", "cuda:1"]


def test_a_device_that_stays_full_is_asked_again_and_one_that_is_short_anew_at_once() -> None:
    one = idle()
    full = [deed for turn in looked(one, *([[card(45)]] * (1 + int(AGAIN_SECONDS / TURN)))) for deed in turn]
    assert full.count(AskBack("cuda:1")) == 2
    later = 1000.0
    assert one.look(later, lambda: [card(10)]) == (Tell(DeviceEnough("cuda:1", 0.217)),)
    assert one.look(later + TURN, lambda: [card(45)])[-1] == AskBack("cuda:1")


def test_a_device_that_tells_nothing_changes_nothing() -> None:
    turns = looked(idle(), [card(45)], [card(None)], [card(45)], [DeviceSample("cuda:1", 46 * GB, None)])
    assert turns[1:] == [(), (), ()]


def test_more_used_than_there_is_leaves_nothing_free() -> None:
    ((told, _),) = looked(idle(), [DeviceSample("cuda:0", 46 * GB, 47 * GB)])
    assert told == Tell(DeviceShort("cuda:0", 1.0, 0))
