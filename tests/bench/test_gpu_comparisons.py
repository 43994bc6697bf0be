"""What the GPU check compares: equal is passed, and everything that differs is told with its figure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bench.gpu.killing import judged
from bench.gpu.memory_model import Measured, batch_memory, held_against, libraries
from bench.gpu.outcomes import Skip
from bench.gpu.pinning import Inside, pinned
from bench.gpu.reading import lines_compared, texts_compared
from bench.gpu.runs import Event
from bench.gpu.throughput import Alone, bounded, forward_seconds
from htrkit.core.device_seen import Seen
from htrkit.domain.device import Device, DeviceState, DriverState, Machine, Memory
from htrkit.domain.engine import Basis, DeviceKind, Evidence, MemoryModel, Precision
from htrkit.domain.names import LineId
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line
from htrkit.domain.stages import Item, Raw
from tests.fakes.simulated_memory import GB, SimulatedMemory
from tests.fakes.stages import FakeReader

BOX = ((0, 0), (100, 0), (100, 30), (0, 30))


def layout(*texts: str, confidence: float = 0.9, baseline: int = 20) -> Layout:
    lines = tuple(
        Line(LineId(f"l{number}"), BOX, ((0, baseline), (100, baseline)), text=text, confidence=confidence)
        for number, text in enumerate(texts)
    )
    return Layout(LayoutOrigin(LayoutKind.KRAKEN, "k"), lines=lines)


def test_equal_texts_pass() -> None:
    assert texts_compared("kraken", [layout("a", "b")], [layout("a", "b")]).wrong == ()


def test_a_line_that_is_read_otherwise_fails_and_is_named() -> None:
    found = texts_compared("kraken", [layout("a", "b")], [layout("a", "c")])
    assert found.wrong == ("kraken: the text of 1 lines differs (l1)",)


def test_confidences_may_differ_within_the_tolerance_only() -> None:
    here = [layout("a", confidence=0.9)]
    assert texts_compared("kraken", here, [layout("a", confidence=0.905)]).wrong == ()
    assert texts_compared("kraken", here, [layout("a", confidence=0.92)]).wrong == (
        "kraken: confidences differ by 0.0200",
    )


def test_a_model_that_reads_nothing_proves_nothing() -> None:
    with pytest.raises(Skip, match="reads nothing"):
        texts_compared("kraken", [layout("", "")], [layout("", "")])


def test_baselines_may_lie_apart_within_the_tolerance_only() -> None:
    here = [layout("a", baseline=20)]
    assert lines_compared(here, [layout("a", baseline=24)]).wrong == ()
    assert lines_compared(here, [layout("a", baseline=26)]).wrong == ("baselines lie 6.0 pixels apart",)


def test_another_number_of_lines_fails() -> None:
    assert lines_compared([layout("a", "b")], [layout("a")]).wrong == ("another number of lines was found",)


MODEL = MemoryModel(Precision.SINGLE, 0, GB, 0, 1_000_000, 1000, Evidence(Basis.MEASURED, "a test"))


@pytest.mark.parametrize(("taken", "right"), [(16 * GB, True), (17.5 * GB, True), (18 * GB, False), (3 * GB, False)])
def test_a_batch_may_take_what_the_model_says_and_not_much_less(taken: float, right: bool) -> None:
    assert (held_against("kraken", Measured(16, 1000, round(taken)), MODEL).wrong == ()) is right


def test_what_a_batch_takes_is_its_peak_above_what_was_held() -> None:
    memory = SimulatedMemory()

    class Reader(FakeReader):
        def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
            memory.compute(len(items))
            return super().infer(items)

    taken = batch_memory(Reader(), [Item((), cost=5.0), Item((), cost=7.0)], memory)
    assert taken == Measured(2, 7.0, 2 * GB)


def test_context_and_libraries_are_what_no_tensor_lies_in() -> None:
    memory = SimulatedMemory()
    held = memory.held_bytes()
    assert libraries(GB, lambda: GB + held + GB // 2, memory).wrong == ()
    assert libraries(GB, lambda: GB + held + 2 * GB, memory).wrong != ()


def events(*, done: int, lost: int = 1, started: int = 2) -> list[Event]:
    at = "2026-01-01T00:00:0{}Z".format
    return [
        *({"event": "ServerStarted", "at": at(5 * number), "pid": 1} for number in range(started)),
        *({"event": "ServerLost", "at": at(2)} for _ in range(lost)),
        *({"event": "PageDone", "at": at(9)} for _ in range(done)),
    ]


TEXTS: Mapping[str, str] = {"1.txt": "a", "2.txt": "b"}


def test_a_run_that_lost_a_server_and_no_page_passes() -> None:
    found = judged(0, events(done=2), pages=2, calm=TEXTS, killed=TEXTS)
    assert found.wrong == ()
    assert "from the loss to the next server 3 s" in [figure.words for figure in found.figures]


@pytest.mark.parametrize(
    ("code", "told", "texts", "said"),
    [
        (4, events(done=2), TEXTS, "the run ended with 4"),
        (0, events(done=1), TEXTS, "1 of 2 pages are done"),
        (0, events(done=2, lost=0), TEXTS, "the journal tells of no server that was lost"),
        (0, events(done=2, started=1), TEXTS, "no server was started anew"),
        (0, events(done=2), {**TEXTS, "2.txt": "c"}, "the text of 1 pages differs from the undisturbed run's"),
        (0, events(done=2), {"1.txt": "a"}, "the text of 1 pages differs from the undisturbed run's"),
    ],
)
def test_whatever_the_dead_server_cost_is_said(
    code: int, told: list[Event], texts: Mapping[str, str], said: str
) -> None:
    assert judged(code, told, pages=2, calm=TEXTS, killed=texts).wrong == (said,)


def test_a_run_may_take_twice_its_bound() -> None:
    apart = Alone(pages=10, networks=10.0, around=40.0)
    assert bounded(19.9, 10, apart, cores=4).wrong == ()
    assert bounded(20.1, 10, apart, cores=4).wrong != ()
    assert bounded(70.0, 10, apart, cores=1).wrong == ()


def test_forward_passes_are_timed_without_the_first() -> None:
    asked: list[int] = []

    class Reader(FakeReader):
        def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
            asked.append(len(items))
            return super().infer(items)

    clock = iter((10.0, 14.0))
    items = [Item((), cost=float(number)) for number in range(5)]
    assert forward_seconds(Reader(), items, batch=2, finished=lambda: None, clock=lambda: next(clock)) == 4.0
    assert asked == [2, 2, 2, 1]


def card(index: int, uuid: str) -> Device:
    memory = Memory(46 * GB, GB, 45 * GB)
    name, kind = "NVIDIA L40S", DeviceKind.CUDA
    return Device(kind, device=f"cuda:{index}", name=name, uuid=uuid, memory=memory, compute_capability="8.9")


def seen(*cards: Device) -> Seen:
    return Seen(Machine(DriverState.READY, "580.1", "13.0", (*cards, Device(DeviceKind.CPU, device="cpu"))))


CARDS = card(0, "GPU-11aa"), card(1, "GPU-22bb")


def as_it_is(environment: Mapping[str, str]) -> Inside:
    uuid = environment["CUDA_VISIBLE_DEVICES"]
    return Inside(1, uuid.removeprefix("GPU-"), "NVIDIA L40S", 46 * GB)


def test_cards_that_are_seen_alone_under_their_own_names_pass() -> None:
    found = pinned(seen(*CARDS), as_it_is)
    assert found.wrong == ()
    assert [figure.words for figure in found.figures][-2:] == ["-d auto GPU-11aa", "-d all GPU-11aa, GPU-22bb"]


def test_another_card_another_name_or_more_than_one_fail() -> None:
    def lying(environment: Mapping[str, str]) -> Inside:
        return replace(as_it_is(environment), count=2, uuid="33cc", name="NVIDIA H100")

    assert pinned(seen(CARDS[0]), lying).wrong == (
        "cuda:0: torch sees 2 cards, not one",
        "cuda:0: torch says 33cc, the driver GPU-11aa",
        "cuda:0: torch says 'NVIDIA H100', the driver 'NVIDIA L40S'",
    )


def test_a_card_that_cannot_be_chosen_fails() -> None:
    lost = replace(CARDS[1], state=DeviceState.LOST)
    assert pinned(seen(CARDS[0], lost), as_it_is).wrong == ("-d cuda:1 chooses (), -d GPU-22bb ()",)


def test_a_driver_without_cards_fails() -> None:
    assert pinned(seen(), as_it_is).wrong == ("there is no card that may be chosen",)
