"""One device and two, under real worker and server processes: a simulated device takes a second of no CPU a page.

    python bench/two_devices.py [PAGES]

The law: a page has five lines, and a batch takes as long as the lines in it, 0.2 s each, whatever their page; nobody
computes meanwhile. The other case is bound by the CPU: a page costs its worker 0.2 s of work and the device nothing.
Fails where two devices are less than 1.9 times as fast as one in the first case.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.events import RunStarted
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.run.messages import SetUp
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Serving, Workforce

LEAST_GAIN = 1.9
WORKERS = 8
MODEL = ("/none", ModelFacts("none", "0" * 64))
MODULE = (sys.executable, "-m", "tests.fakes.drill_served")


def seconds(pages: Sequence[str], *, devices: int) -> float:
    """Give the seconds that a run over the pages takes, from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        set_up = SetUp({"device": "all"}, "drill", MODEL, MODEL, Reading("drill", "1"), str(out), 1)
        servers = tuple(Serving(f"cuda:{index}", "cuda:0", 1) for index in range(devices))
        workforce = Workforce(
            WORKERS,
            set_up,
            out / "logs",
            "two-devices",
            Rules(limits=cpu_limits()),
            servers=servers,
            command=(*MODULE, "worker"),
            server_command=(*MODULE, "server"),
        )
        sources = [PageSource(PageKey(name), f"scans/{name}.jpg") for name in pages]
        start = time.monotonic()
        ended = Supervised(workforce, []).run(sources, RunStarted("two-devices", len(pages), "f"))
        if ended.counts.done != len(pages):
            raise SystemExit(f"{ended.counts.done} of {len(pages)} pages done")
        return time.monotonic() - start


def main() -> None:
    """Run each case on one device and on two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="?", type=int, default=80)
    count = parser.parse_args().pages
    sys.stdout.write(f"{count} pages, {WORKERS} page workers\n{'bound by':10}  one device  two devices  gain\n")
    gains = {}
    for case, deed in (("device", "second"), ("CPU", "busy")):
        names = [f"{deed}-{number}" for number in range(count)]
        one, two = (seconds(names, devices=devices) for devices in (1, 2))
        gains[case] = one / two
        sys.stdout.write(f"{case:10}  {one:8.1f} s  {two:9.1f} s  {gains[case]:.2f}\n")
        sys.stdout.flush()
    if gains["device"] < LEAST_GAIN:
        raise SystemExit(f"less than {LEAST_GAIN} times as fast")


if __name__ == "__main__":
    main()
