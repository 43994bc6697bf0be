"""Drawn pages hold the lines that they are said to, and what these cost is told a page and a line."""

import cv2
import numpy as np
import pytest

from bench.scales.geometry import A_COLUMN, by_lines_of_geometry, cut, drawn
from bench.scales.rows import table
from bench.scaling import misses, options


@pytest.mark.parametrize("lines", [5, A_COLUMN + 3])
def test_every_line_that_was_drawn_is_traced_bends_and_is_cut(lines: int) -> None:
    page = drawn(lines)

    layout = page.layout()
    cuts = cut(page.picture, layout)

    assert (len(layout.lines), layout.notes) == (lines, ())
    assert all(len(line.baseline) > 2 for line in layout.lines)
    assert len(cuts) == lines
    assert all(isinstance(one, np.ndarray) for one in cuts)


def test_a_page_is_traced_and_cut_and_each_line_has_its_price() -> None:
    threads = cv2.getNumThreads()

    rows = list(by_lines_of_geometry([5], times=1))

    assert [(row.series, row.case, row.pages) for row in rows] == [
        ("tracing", "5 lines a page", 1),
        ("cutting", "5 lines a page", 1),
    ]
    price = f"{1000 * rows[0].cpu_seconds_a_page / 5:.2f} ms of CPU a line"
    assert table(rows).splitlines()[1].endswith(price)
    assert list(misses(rows)) == []
    assert cv2.getNumThreads() == threads


def test_tracing_and_cutting_are_timed_where_nothing_else_is_asked_for() -> None:
    assert "geometry" in options().parse_args([]).series
