"""A run over drill pages with live panels on its own terminal, as a process to be watched, held up and cut off.

python -m tests.fakes.live_run OUT PAGES
"""

import fcntl
import os
import sys
import termios
from pathlib import Path

from htrkit.cli.screens import Shown, screens
from htrkit.config.choices import Color, Progress
from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.events import RunStarted
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.journal.journal import Journal
from htrkit.run.messages import SetUp
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Workforce
from htrkit.ui.console import streams
from htrkit.ui.live_drawing import Title

MODEL = ("/none", ModelFacts("none", "0" * 64))
COMMAND = (sys.executable, "-m", "tests.fakes.drill_process")


def main(out: Path, pages: int) -> None:
    # What a shell does for the command in the foreground: this is the terminal whose end is heard of.
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)
    set_up = SetUp({"device": "cpu"}, "drill", MODEL, MODEL, Reading("drill", "1"), str(out), 1)
    force = Workforce(2, set_up, out / "logs", "live", Rules(limits=cpu_limits()), command=COMMAND)
    sources = [PageSource(PageKey(f"slow-{number}"), f"scans/slow-{number}.jpg") for number in range(pages)]
    people = streams(Color.AUTO, os.environ)
    shown = Shown(Title("htrkit run", out.name, "drill"))
    with Journal(out / "journal.jsonl") as journal, screens(Progress.LIVE, people, os.environ, shown) as listeners:
        ended = Supervised(force, [journal, *listeners]).run(sources, RunStarted("live", pages, "f"))
    people.say(f"done {ended.counts.done}")
    (out / "ended").write_text(str(ended.counts.done))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
