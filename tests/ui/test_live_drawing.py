"""The panels as text, at every size: what stands where, and that nothing moves."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from htrkit.core.interval import Interval
from htrkit.domain.events import (
    MachineSampled,
    MemoryShort,
    PageStarted,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunStarted,
    ServerGivenUp,
    ServerLost,
    ServerStarted,
    WorkerLost,
    WorkerStarted,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import Note
from htrkit.domain.sample import DeviceSample, MachineSample, ProcessSample
from htrkit.domain.schedule import InHand
from htrkit.ui.live_drawing import Title, draw
from htrkit.ui.live_layout import Size, View, layout_for
from htrkit.ui.live_marks import ASCII, UNICODE, Glyphs
from tests.fakes.live import GB, TITLE, Told, done, failed, glimpse, l40s, two_cards

LEFT = Interval(47 * 60, 52 * 60, 61 * 60)
SMALL, MIDDLE, LARGE = Size(80, 24), Size(100, 30), Size(120, 40)
SIZES = (SMALL, MIDDLE, LARGE, Size(80, 12), Size(60, 24), Size(40, 8), Size(20, 5), Size(300, 90))


def drawn(
    told: Told, size: Size = SMALL, *, left: Interval | None = None, glyphs: Glyphs = UNICODE, title: Title = TITLE
) -> list[str]:
    view = View(layout_for(size, len(told.state.devices)), told.now, glyphs)
    return [line.plain for line in draw(told.state, title, view, left=left)]


def test_a_usual_terminal_shows_what_the_manual_shows() -> None:
    assert drawn(two_cards(), left=LEFT) == [
        "htrkit run  leuven-1714   kraken   2 GPUs                      01:12:21 elapsed",
        "pages ━━━━━━━━━━━━━━━━━━━╺━━━━━━━━━━━━━ 5790/9984  57%  ETA 52 min (47–61)",
        "done 5789  failed 1  flagged 1  retried 0            1.37 pages/s  56.0 lines/s",
        "cuda:0 L40S  util 97%  VRAM ▇▇▇▇▇▇▇▇░░ 37.9/46.0 GB  batch 48  0.68 p/s 71°C",
        "cuda:1 L40S  util 95%  VRAM ▇▇▇▇▇▇▇▇░░ 37.1/46.0 GB  batch 48  0.68 p/s 69°C",
        "RAM ▇▇░░░░░░░░ 148/755 GB   cache 61 GB   page workers 2/16   queued 320 lines",
        "now   box12/0311.jpg recognise 4 s · box12/0312.jpg segment 2 s",
        "last ✗ box11/0877.tif  out of memory at batch 1 (212 MP)  set aside",
        "last ! box12/0102.jpg  repetition ×14 in line 9  flagged",
        "Ctrl-C once: finish the pages in hand and stop (resumable)",
    ]


def test_a_terminal_without_unicode_shows_the_same_in_ascii() -> None:
    told = Told().hear(RunStarted("id", 10, "f"))
    told.see(glimpse(told.now, servers=("cuda:0",))).sample(
        MachineSample(8 * GB, 4 * GB, 0, (l40s("cuda:0", 23, 9, 40),))
    )
    told.hear(done("a"), failed("b", "out of memory"), step=60)

    words = "\n".join(drawn(told, LARGE, glyphs=ASCII, left=LEFT))
    assert words.isascii()
    assert "VRAM #####....." in words
    assert "last x b  out of memory  set aside" in words


def test_a_large_terminal_shows_curves_confidences_slowest_pages_and_error_classes() -> None:
    told = two_cards()
    told.hear(done("slow/1", took=321.0, confidence=0.41), failed("torn", "ends early", FailureClass.BROKEN))
    words = "\n".join(drawn(told, LARGE))

    assert "cuda:1  pages █" in words
    assert "memory " in words
    assert "82%" in words
    assert "90–95% ▇▇▇▇▇▇▇▇▇▇▇▇ 5,789" in words
    assert "0–50% ░░░░░░░░░░░░ 1" in words
    assert "5 min  slow/1" in words
    assert "1  broken" in words
    assert "1  oom" in words


@pytest.mark.parametrize("size", SIZES)
def test_the_height_is_the_same_from_the_first_page_to_the_last(size: Size) -> None:
    told = Told().hear(RunStarted("id", 40, "f"))
    told.see(glimpse(told.now, servers=("cuda:0", "cuda:1")))
    heights = {len(drawn(told, size))}
    for number in range(20):
        told.hear(PageStarted(PageKey(f"p{number}"), 1))
        told.hear(failed(f"p{number}", "x") if number % 3 else done(f"p{number}", flags=("a",)), step=7)
        heights.add(len(drawn(told, size, left=LEFT)))
    for event in (RunPaused("full"), RunContinued(3.0), MemoryShort(0.95, 1), RunDraining("interrupted")):
        heights.add(len(drawn(told.hear(event), size)))

    assert len(heights) == 1


@pytest.mark.parametrize("size", SIZES)
def test_no_line_is_wider_than_the_terminal_and_all_of_them_fit(size: Size) -> None:
    told = two_cards()
    told.hear(failed("箱/" * 60, "ひどい " * 40), done("箱" * 90, flags=("長い" * 60,)))
    told.hear(PageStarted(PageKey("頁" * 90), 1))
    lines = drawn(told, size, left=LEFT)

    assert max(map(cell_len, lines)) < size.columns
    assert len(lines) < size.rows


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_names_and_messages_are_never_markup_nor_orders_to_the_terminal(size: Size) -> None:
    told = Told().hear(RunStarted("id", 9, "f")).see(glimpse(1000.0, servers=("cuda:0",)))
    told.hear(failed("[bold red]a[/]:smile:", "[link=x]\x1b[2J\u202e"), done("b\x07\n", flags=("\x9b31m",)))
    words = "\n".join(drawn(told, size, title=Title("htrkit run", "\x1b]0;x\x07", "kraken")))

    assert "[bold red]a[/]:smile:" in words
    assert "%1B[2J%E2%80%AE" in words
    assert "b%07%0A" in words
    assert words.replace("\n", "").isprintable()


def test_a_pause_is_seen_in_the_title_in_the_time_left_and_with_its_reason() -> None:
    lines = drawn(two_cards().hear(RunPaused("OUT is full")), left=LEFT)

    assert "PAUSED" in lines[0]
    assert lines[1].endswith("ETA: when it goes on")
    assert lines[-1] == "PAUSED for 0 s, goes on by itself: OUT is full"


def test_a_drain_says_how_many_pages_are_waited_for_and_what_ctrl_c_does_now() -> None:
    lines = drawn(two_cards().hear(RunDraining("interrupted")), left=LEFT)

    assert "DRAINING" in lines[0]
    assert lines[1].endswith("2 pages in hand")
    assert lines[-1] == "FINISHING PAGES IN HAND (interrupted) · Ctrl-C again: stop at once (resumable)"


def test_a_run_that_goes_on_after_a_pause_looks_as_before() -> None:
    told = two_cards()
    before = drawn(told, left=LEFT)

    assert drawn(told.hear(RunPaused("x"), RunContinued(1.0)), left=LEFT) == before


def test_a_run_that_drains_stays_so_when_a_trouble_passes() -> None:
    assert "DRAINING" in drawn(two_cards().hear(RunDraining("interrupted"), RunContinued(1.0)))[0]


def test_the_end_is_told_with_its_reason() -> None:
    lines = drawn(two_cards().hear(RunEnded(9984, 5789, 1, 0, 4194, "interrupted", 130)))

    assert lines[-1] == "ENDED: interrupted"


def test_short_memory_is_told() -> None:
    assert drawn(two_cards().hear(MemoryShort(0.95, 1)))[-1].startswith("MEMORY IS SHORT")


def test_a_flagged_page_tells_the_first_reason_and_counts_the_others() -> None:
    reasons = (Note("repetition", "Line l9 says the same 14 times.", flag=True), Note("script", "x", flag=True))
    told = two_cards().hear(replace(done("box13/1", flags=("repetition", "script")), reasons=reasons))

    assert drawn(told)[8] == "last ! box13/1  repetition: Line l9 says the same 14 times and 1 more  flagged"


def test_devices_in_trouble_are_told() -> None:
    lines = drawn(two_cards().hear(ServerLost("cuda:0", "SIGKILL"), ServerGivenUp("cuda:1", "Xid 79")))

    assert lines[3].endswith("lost, is started anew")
    assert lines[4].endswith("given up")


def eight_cards() -> Told:
    names = [f"cuda:{number}" for number in range(8)]
    told = Told().hear(RunStarted("id", 99, "f")).see(glimpse(1000.0, servers=names))
    samples = tuple(l40s(name, 20 + index, 90 + index, 60 + index) for index, name in enumerate(names))
    return told.sample(MachineSample(8 * GB, 4 * GB, 0, samples))


def test_many_devices_fold_into_one_line() -> None:
    told = eight_cards().hear(ServerGivenUp("cuda:7", "Xid 79"))
    lines = drawn(told, Size(100, 24))

    assert [line.split()[0] for line in lines[3:9]] == ["cuda:0", "cuda:1", "cuda:2", "cuda:3", "cuda:4", "3"]
    assert lines[8].startswith("3 more  util 95–97%  VRAM ▇▇▇▇▇▇░░░░ 78.0/138 GB")
    assert lines[8].endswith("65–67°C  2 starting  1 given up")
    assert "8 GPUs" in lines[0]


@pytest.mark.parametrize(
    ("devices", "words"),
    [
        (("cpu",), "CPU"),
        (("vm/cpu",), "CPU"),
        (("cuda:0", "cuda:1"), "2 GPUs"),
        (("a/cuda:0", "a/cuda:1"), "2 GPUs"),
        (("a/cuda:0", "b/cuda:0", "b/cuda:1"), "3 GPUs on 2 nodes"),
        (("a/cuda:0", "b/cpu"), "1 GPU on 2 nodes"),
        (("a/cpu", "b/cpu", "c/cpu"), "3 CPUs on 3 nodes"),
        (("http://gpu-server:8000/v1",), "1 server"),
    ],
)
def test_the_title_tells_what_computes(devices: tuple[str, ...], words: str) -> None:
    told = Told().hear(RunStarted("id", 8, "f")).see(glimpse(1000.0, servers=devices))

    assert drawn(told)[0].split("   ")[2] == words


def nodes() -> Told:
    names = ["a/cpu", "b/cpu", "c/cuda:1"]
    told = Told().hear(RunStarted("id", 8, "f")).see(glimpse(1000.0, servers=names))
    told.hear(*(ServerStarted(name, number, 5.0) for number, name in enumerate(names)))
    samples = [
        DeviceSample(name, 64 * GB, 8 * GB, load, name="8 cores")
        for name, load in zip(names, (100, 9, 50), strict=True)
    ]
    return told.sample(MachineSample(8 * GB, 4 * GB, 0, tuple(samples)))


def test_the_lines_of_a_clusters_devices_stand_below_each_other_and_tell_whose_memory_it_is() -> None:
    assert [line.rstrip() for line in drawn(nodes())[3:6]] == [
        "a/cpu    8 cores  util 100%  RAM ▇░░░░░░░░░ 8.0/64.0 GB  batch 48  0 p/s",
        "b/cpu    8 cores  util  9%   RAM ▇░░░░░░░░░ 8.0/64.0 GB  batch 48  0 p/s",
        "c/cuda:1 8 cores  util 50%   VRAM ▇░░░░░░░░░ 8.0/64.0 GB  batch 48  0 p/s",
    ]


def test_the_devices_of_an_agent_that_is_lost_are_out_of_reach_until_it_speaks() -> None:
    told = nodes().hear(WorkerLost("b", "its node is gone"), WorkerLost("c/cuda:1", "its node is gone"))

    assert [line.split()[-1] for line in drawn(told)[3:6]] == ["p/s", "lost", "lost"]

    told.hear(done("p1", device="b/cpu"))
    assert [line.split()[-1] for line in drawn(told)[3:6]] == ["p/s", "p/s", "lost"]


def test_a_worker_that_is_lost_takes_no_device_with_it() -> None:
    told = Told().hear(RunStarted("id", 8, "f"), WorkerStarted("w0", 1, 1.0, "cpu"), WorkerLost("w0", "SIGSEGV"))

    assert "lost" not in drawn(told)[3]


def test_the_processor_has_its_line_with_what_the_processes_hold() -> None:
    told = Told().hear(RunStarted("id", 8, "f")).see(replace(glimpse(1000.0, workers=2), cores=2))
    told.hear(WorkerStarted("w0", 7, 5.0, "cpu"))
    told.sample(MachineSample(8 * GB, 4 * GB, 0, (), (ProcessSample("run", 1, GB), ProcessSample("w0", 2, 2 * GB))))
    lines = drawn(told)

    assert lines[0].split("   ")[2] == "CPU"
    assert lines[3] == "cpu 2 cores  util 97%  2 processes 3.0 GB  batch –  0 p/s"


def test_what_is_not_known_yet_is_a_dash() -> None:
    told = Told().hear(RunStarted("id", 8, "f")).see(glimpse(1000.0, servers=("cuda:0",)))
    lines = drawn(told)

    assert lines[1].endswith("0/8   0%  ETA –")
    assert lines[3] == "cuda:0  util   –  VRAM ░░░░░░░░░░ –  starting"
    assert lines[4].startswith("RAM ░░░░░░░░░░ –")


def test_without_a_forecast_the_pace_of_late_is_told_without_a_range() -> None:
    told = Told().hear(RunStarted("id", 20, "f")).see(glimpse(1000.0))
    told.hear(*(done(f"p{number}", device="cpu") for number in range(10)), step=12)

    assert drawn(told)[1].endswith("ETA about 2 min")


def test_the_pages_that_are_longest_in_hand_come_first_and_the_others_are_counted() -> None:
    told = Told().hear(RunStarted("id", 99, "f"))
    hands = [InHand(f"w{n}", PageKey(f"box/{n:04}"), 1, Step.RECOGNISE, 990.0 + n) for n in range(8)]
    told.hear(*(PageStarted(hand.key, 1) for hand in hands))
    told.see(glimpse(1000.0, *reversed(hands)))

    assert drawn(told)[5] == "now   box/0000 recognise 10 s · box/0001 recognise 9 s · 6 more"


def test_a_page_that_ended_since_the_last_glimpse_is_not_in_hand_any_more() -> None:
    told = Told().hear(RunStarted("id", 9, "f"), PageStarted(PageKey("a"), 1))
    told.see(glimpse(1000.0, InHand("w0", PageKey("a"), 1, Step.OPEN, 1000.0)))
    told.hear(done("a"), PageStarted(PageKey("b"), 1), step=0.1)

    assert drawn(told)[6] == "now   b 0 s"


def test_a_page_that_was_put_down_in_silence_is_not_in_hand_any_more() -> None:
    told = Told().hear(RunStarted("id", 9, "f"), PageStarted(PageKey("a"), 1))
    told.now += 1

    assert drawn(told.see(glimpse(told.now)))[5] == "now   "


def test_a_run_elsewhere_that_is_not_heard_of_any_more_is_told_of() -> None:
    told = two_cards()
    told.now += 600
    title = replace(TITLE, silent_hint="was it cut off?")

    assert drawn(told, title=title)[-1] == "nothing heard for 10 min: was it cut off?"
    assert drawn(told)[-1].startswith("Ctrl-C once")


def test_a_journal_alone_fills_the_line_of_the_memory() -> None:
    told = Told().hear(RunStarted("id", 9, "f"), WorkerStarted("w0", 1, 1.0, "cpu"), WorkerStarted("w1", 2, 1.0, "cpu"))
    told.hear(PageStarted(PageKey("a"), 1), MachineSampled(10 * GB, 5 * GB, 700_000_000))

    assert drawn(told)[4] == "RAM ▇▇▇▇▇░░░░░ 5.0/10.0 GB   cache 700 MB   page workers 1/2"
