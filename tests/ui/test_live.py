"""Live panels listen: what is told comes out on the frame or above it, and a bug in them is no end of a run."""

from htrkit.core.interval import Interval
from htrkit.core.recount import Recount
from htrkit.core.tally import Tally
from htrkit.domain.events import (
    Event,
    PageDone,
    PageSkipped,
    PageStarted,
    PageStruck,
    Record,
    RunPaused,
    RunResumed,
    RunStarted,
    WorkerLost,
    WorkerStarted,
)
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.sample import MachineSample
from htrkit.ui.live import SAMPLE_SECONDS, LivePanels, glyphs_for
from htrkit.ui.live_layout import Size
from htrkit.ui.live_marks import ASCII, UNICODE
from tests.fakes.live import GB, TITLE, done, failed, glimpse, l40s

AT = "2026-11-25T07:00:00Z"
SIZE = Size(80, 24)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Oracle:
    """Foretells a minute for each page that is left of three, and remembers what it heard."""

    def __init__(self) -> None:
        self.workers = 1
        self.heard: list[tuple[str, float | None]] = []

    def begin(self, key: PageKey, at: float) -> None:
        pass

    def hear(self, key: PageKey, seconds: float, at: float) -> None:
        del at
        self.heard.append((key, seconds))

    def hear_end(self, key: PageKey, at: float) -> None:
        del at
        self.heard.append((key, None))

    def left(self, at: float) -> Interval | None:
        del at
        left = 60.0 * (3 - len(self.heard))
        return Interval(left / 2, left, 2 * left) if self.heard else None


class Bench:
    """Panels on a clock, with what they put above them."""

    def __init__(self, *, count: Recount | None = None) -> None:
        self.clock, self.oracle = Clock(), Oracle()
        self.above: list[str] = []
        self.pokes = 0
        self.panels = LivePanels(
            TITLE,
            count if count is not None else Recount(),
            self.oracle,
            clock=self.clock,
            above=self.above.append,
            poke=self.poke,
        )

    def poke(self) -> None:
        self.pokes += 1

    def tell(self, *events: Event) -> None:
        for event in events:
            self.panels(Record(AT, event))

    def lines(self) -> list[str]:
        self.clock.now += 1.0
        return [line.plain for line in self.panels.frame(SIZE)]


def begun() -> Bench:
    bench = Bench()
    bench.tell(RunStarted("r", 3, "f"))
    bench.panels.glimpse(glimpse(1000.0, servers=("cuda:0",), workers=4))
    return bench


def test_nothing_is_drawn_before_the_devices_are_known() -> None:
    bench = Bench()
    assert bench.lines() == []
    bench.tell(RunStarted("r", 3, "f"))
    assert bench.lines() == []
    bench.panels.glimpse(glimpse(1000.0, servers=("cuda:0",)))

    assert len(bench.lines()) == 9


def test_each_event_asks_for_a_drawing() -> None:
    bench = begun()
    bench.tell(PageStarted(PageKey("a"), 1), done("a"))

    assert bench.pokes == 3


def test_troubles_scroll_by_above_and_what_goes_well_does_not() -> None:
    bench = begun()
    bench.tell(
        WorkerStarted("w0", 1, 2.0),
        PageStarted(PageKey("a"), 1),
        done("a", flags=("empty",)),
        PageSkipped(PageKey("b"), "there"),
        failed("c", "torn"),
        PageStruck(PageKey("d"), Step.SEGMENT, "SIGSEGV", 1),
        WorkerLost("w0", "SIGSEGV"),
        RunPaused("full"),
    )

    assert bench.above == [
        "failed: c (oom): torn",
        "put back: d: SIGSEGV (segment)",
        "lost: worker w0: SIGSEGV",
        "paused: full",
    ]


def test_the_forecast_hears_every_end_and_how_many_work() -> None:
    bench = begun()
    bench.tell(done("a", took=7), failed("b", "x"))

    assert bench.oracle.heard == [("a", 7), ("b", None)]
    assert bench.oracle.workers == 4
    assert bench.lines()[1].endswith("ETA 60 s (30–120)")


def test_the_machine_is_looked_at_now_and_then_by_who_draws() -> None:
    bench = begun()
    looks = []

    def sample() -> MachineSample:
        looks.append(bench.clock.now)
        return MachineSample(10 * GB, 5 * GB, 0, (l40s("cuda:0", 23, 50, 60),))

    bench.panels.sampled_by(sample)
    for _ in range(9):
        lines = bench.lines()

    assert "VRAM ▇▇▇▇▇░░░░░ 23.0/46.0 GB" in lines[3]
    assert len(looks) == 5
    assert looks[1] - looks[0] >= SAMPLE_SECONDS


def test_a_run_that_goes_on_counts_on() -> None:
    bench = Bench(count=Recount(Tally(selected=5, done=2, failed=1)))
    bench.tell(RunResumed("r", 5, 2, "f"))
    bench.panels.glimpse(glimpse(1000.0))
    bench.tell(done("d", device="cpu"))

    assert " 4/5 " in bench.lines()[1]


def test_a_bug_in_the_panels_never_reaches_the_run() -> None:
    bench = begun()
    bench.tell(PageDone(PageKey("a"), "many", 1, 0.9, 1.0, {}, ()))  # type: ignore[arg-type]  # nobody sends this
    bench.tell(done("b"))

    assert isinstance(bench.panels.broken, TypeError)


def test_another_journal_begins_anew() -> None:
    bench = begun()
    bench.tell(done("a"))
    bench.panels.forget()
    bench.tell(RunStarted("r", 7, "f"))
    bench.panels.glimpse(glimpse(1000.0))

    assert " 0/7 " in bench.lines()[1]


def test_signs_are_those_that_the_encoding_has() -> None:
    assert glyphs_for("utf-8") is UNICODE
    assert glyphs_for("latin-1") is ASCII
    assert glyphs_for("no such thing") is ASCII
    assert glyphs_for("utf-8", "C") is ASCII
    assert glyphs_for("utf-8", "C.UTF-8") is UNICODE
