"""Pages of ever more lines through htrkit's own tracing and cutting: real code on drawn pages, without a network."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from PIL import Image

from bench.scales.rows import Row
from htrkit.devices.process_memory import proportional_bytes
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin
from htrkit.engines.line_cutting import LineCutter, cutting_outline
from htrkit.engines.line_scaling import LineInput, scaled
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.tracing import traced

LINES = (5, 50, 200, 500)
TIMES = 5
"""How often each page is traced, and cut."""
CELL = 4
"""Pixels of the page that the network sees to a cell of its map."""
ROWS, COLUMNS = 450, 320
"""Cells of a page: 1,800 pixels high, as Kraken's network takes pages."""
PITCH, LENGTH, GAP = 6, 40, 5
"""Cells from line to line, along a line, and between columns of lines."""
FIRST, A_COLUMN = 8, 72
"""The row of the first line, and how many lines stand below each other."""
SCALE = 2.0
"""Pixels of the picture to one that the network sees."""
CLASSES = MapClasses(start=0, end=1, baselines={"default": 2}, regions={"text": 3}, topline=False)
ORIGIN = LayoutOrigin(LayoutKind.KRAKEN, "drawn")
INPUT = LineInput(channels=1, height=120)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as the network would see it."""

    heat: HeatMap
    picture: Image.Image

    def layout(self) -> Layout:
        """Trace it."""
        return traced(self.heat, CLASSES, origin=ORIGIN, direction=None)


def by_lines_of_geometry(counts: Sequence[int] = LINES, *, times: int = TIMES) -> Iterator[Row]:
    """Vary the lines of a page; all pages are of one size, and all lines of one length."""
    with _one_thread():
        pages = {lines: drawn(lines) for lines in counts}
        layouts = {lines: page.layout() for lines, page in pages.items()}
        for lines, page in pages.items():
            yield _row("tracing", lines, page.layout, times)
        for lines, page in pages.items():
            yield _row("cutting", lines, partial(cut, page.picture, layouts[lines]), times)


def drawn(lines: int) -> Drawn:
    """Draw a page of slightly waved lines in columns: its heat map, and strokes of a pen where they run."""
    values = np.zeros((4, ROWS, COLUMNS), np.float32)
    grey = np.full((ROWS * CELL, COLUMNS * CELL), 230, np.uint8)
    chance = np.random.default_rng(lines)
    for number in range(lines):
        column, row = divmod(number, A_COLUMN)
        left, level = GAP + column * (LENGTH + GAP), FIRST + row * PITCH
        for x in range(left, left + LENGTH):
            y = level + round(np.sin((x - left) / 6))
            values[2, y - 1 : y + 2, x] = np.maximum(values[2, y - 1 : y + 2, x], (0.5, 0.95, 0.5))
            grey[y * CELL - chance.integers(3, 12) : y * CELL, x * CELL : x * CELL + 2] = 40
    values[3, 2:-2, 2:-2] = 0.9
    picture = Image.fromarray(grey).resize((round(grey.shape[1] * SCALE), round(grey.shape[0] * SCALE)))
    return Drawn(HeatMap(values, grey, (SCALE, SCALE)), picture)


def cut(picture: Image.Image, layout: Layout) -> Sequence[object]:
    """Cut all lines out and scale them for a network."""
    cutter = LineCutter(picture, INPUT.mode)
    cuts = [cutter.cut(line.baseline, cutting_outline(line, layout)) for line in layout.lines]
    return [one if isinstance(one, str) else scaled(one, INPUT) for one in cuts]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep OpenCV to the core whose seconds are counted."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _row(series: str, lines: int, work: Callable[[], object], times: int) -> Row:
    work()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        work()
    cost = (time.perf_counter() - wall) / times, (time.process_time() - cpu) / times
    held = proportional_bytes(os.getpid()) or 0
    return Row(series, f"{lines} lines a page", times, 1, 0, *cost, held, 0, lines_a_page=lines)
