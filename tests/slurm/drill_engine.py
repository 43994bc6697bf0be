"""The drill's engine, as a package of its own brings one: it reads a page's name, and does what the name says.

It is copied beside an entry point, and found by `htrkit run -e drill` on every node.
"""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from htrkit.domain.page import Layout
from htrkit.domain.stages import Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.own import own_row

LOG = "DRILL_LOG"
"""Names the file that every try of a page is added to: page, the devices that are visible, the task of the array."""
SECONDS = "DRILL_SECONDS"
"""How long a page takes."""
ROW = own_row("drill", title="Reads names", code="drill_engine:Drill", source="https://example.org/drill")


class Drill:
    """Takes `ok-7` for a good page, `die-3` for one that kills its process, and so on."""

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model

    def prepare(self, page: OpenPage) -> Prepared:
        """Do what the page is called for, and leave its number to be read."""
        name = page.key.rpartition("/")[2]
        _log(name)
        deed, _, number = name.partition("-")
        _do(deed)
        lines = page.layout.lines if page.layout is not None else ()
        item = np.array([int(number)], dtype=np.int64)
        return Prepared(page, tuple(Item((item,), cost=1.0, line=line.id) for line in lines))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Give the numbers back."""
        return [Raw((np.asarray(item.arrays[0]),)) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Write the number into every line."""
        layout = prepared.page.layout
        assert layout is not None, "an engine that reads lines is given them"
        texts = {
            item.line: f"page {int(np.asarray(raw.arrays[0])[0])}"
            for item, raw in zip(prepared.items, raws, strict=True)
        }
        lines = tuple(replace(line, text=texts[line.id], confidence=1.0) for line in layout.lines)
        return replace(layout, lines=lines)


def _do(deed: str) -> None:
    time.sleep(float(os.environ.get(SECONDS, "0")))
    match deed:
        case "raise":
            raise ZeroDivisionError("planted")
        case "hang":
            time.sleep(10_000)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case _:
            pass


def _log(name: str) -> None:
    told = (name, os.environ.get("CUDA_VISIBLE_DEVICES", "-"), os.environ.get("SLURM_ARRAY_TASK_ID", "-"))
    descriptor = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(descriptor, f"{' '.join(told)}\n".encode())
    os.close(descriptor)
