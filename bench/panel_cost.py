"""What live panels cost: a core's share at four drawings a second, and what each event costs the run.

    python bench/panel_cost.py

Eight devices, a curve over the whole run, many pages in hand: the fullest panels there are. Fails beyond 2 % of a core.
"""

import sys
import time

from htrkit.core.recount import Recount
from htrkit.domain.events import PageDone, PageStarted, Record, RunStarted
from htrkit.domain.failure import Step
from htrkit.domain.glimpse import Glimpse, OnDevice
from htrkit.domain.names import PageKey
from htrkit.domain.sample import DeviceSample, MachineSample
from htrkit.domain.schedule import InHand
from htrkit.ui.live import LivePanels
from htrkit.ui.live_drawing import Title
from htrkit.ui.live_layout import Size
from htrkit.ui.live_screen import LEAST_SECONDS, Sheet

MOST_SHARE = 0.02
PAGES = 10_000
FRAMES = 200
NAMES = [f"cuda:{number}" for number in range(8)]


def filled(clock: list[float]) -> tuple[LivePanels, float]:
    """Give panels that have heard of a whole run, and the seconds of CPU an event took."""
    panels = LivePanels(Title("htrkit run", "bench", "kraken"), Recount(), clock=lambda: clock[0])
    panels(Record("", RunStarted("r", PAGES, "f")))
    start = time.process_time()
    for number in range(PAGES):
        clock[0] += 0.4
        key = PageKey(f"box12/{number:06}")
        panels(Record("", PageStarted(key, 1)))
        panels(Record("", PageDone(key, 41, 2000, 0.93, 9.0, {}, (), device=NAMES[number % 8])))
    return panels, (time.process_time() - start) / (2 * PAGES)


def main() -> None:
    """Measure and say."""
    clock = [0.0]
    panels, event_seconds = filled(clock)
    hands = tuple(InHand(f"w{n}", PageKey(f"box13/{n:06}"), 1, Step.RECOGNISE, clock[0]) for n in range(64))
    for hand in hands:
        panels(Record("", PageStarted(hand.key, 1)))
    devices = tuple(DeviceSample(name, 46 * 10**9, 38 * 10**9, 97, 70, "NVIDIA L40S") for name in NAMES)
    panels.sampled_by(lambda: MachineSample(10**12, 10**11, 10**10, devices))
    servers = tuple(OnDevice(name, Step.RECOGNISE, 48, 300) for name in NAMES)
    for size in (Size(80, 24), Size(120, 40)):
        sheet = Sheet("utf-8", coloured=True)
        start = time.process_time()
        for _ in range(FRAMES):
            clock[0] += LEAST_SECONDS
            panels.glimpse(Glimpse(clock[0], hands, 64, servers))
            content = sheet.changed(panels.frame(size), (), size)
        seconds = (time.process_time() - start) / FRAMES
        share = seconds / LEAST_SECONDS
        sys.stdout.write(
            f"{size.columns}x{size.rows}: {1000 * seconds:.2f} ms and {len(content):,} bytes a drawing,"
            f" {100 * share:.2f} % of a core at {1 / LEAST_SECONDS:.0f} Hz\n"
        )
        if share > MOST_SHARE:
            raise SystemExit(f"more than {100 * MOST_SHARE:.0f} %")
    sys.stdout.write(f"an event: {1e6 * event_seconds:.0f} µs\n")


if __name__ == "__main__":
    main()
