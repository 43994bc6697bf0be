"""The engine: `prepare` on the CPU, `infer` on the device, `finish` on the CPU."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from htrkit.domain.page import Layout, Line
from htrkit.domain.stages import Item, LoadOrder, OpenPage, Prepared, Raw

DARK = 128
"""Grey level below which a pixel is ink."""


class InkRuns:
    """Reads a line as its columns with ink: `|` for a run of them, a space for a gap of more than a letter's width.

    An item is the part of the page around a line, uint8 of shape (height, width); a raw is the first column of each run
    of ink, int32 of shape (runs,).
    """

    def __init__(self, order: LoadOrder) -> None:
        """Load the model: `order.path` would be its file, `order.device` where it goes; this engine has none."""
        self.model = order.model

    def prepare(self, page: OpenPage) -> Prepared:
        """Cut every line out of the page; a line that cannot be read gets its reason and no item."""
        layout = page.layout
        if layout is None:
            raise TypeError("an engine that reads lines is given pages with a layout")
        grey = np.asarray(page.picture.convert("L"))  # type: ignore[attr-defined]  # pictures are Pillow's
        lines: list[Line] = []
        items: list[Item] = []
        for line in layout.lines:
            pixels = _around(line, grey)
            if pixels.size < 2 or pixels.min() == pixels.max():
                lines.append(replace(line, unread="nothing is written there"))
                continue
            lines.append(line)
            items.append(Item((pixels,), cost=pixels.shape[1], line=line.id))
        return Prepared(replace(page, layout=replace(layout, lines=tuple(lines))), tuple(items))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read one batch; its items may come from several pages. One raw an item, in their order."""
        return [Raw((_starts(np.asarray(item.arrays[0])),)) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the text of every line."""
        layout = prepared.page.layout
        if layout is None:
            raise TypeError("`prepare` keeps the layout")
        texts = {item.line: _text(np.asarray(raw.arrays[0])) for item, raw in zip(prepared.items, raws, strict=True)}
        lines = tuple(
            replace(line, text=texts[line.id], confidence=1.0) if line.id in texts else line for line in layout.lines
        )
        return replace(layout, lines=lines)


def _around(line: Line, grey: np.ndarray) -> np.ndarray:
    """Give the box around a line, as far as it lies on the page."""
    points = line.boundary or line.baseline
    across, down = [x for x, _ in points], [y for _, y in points]
    top, left = max(min(down), 0), max(min(across), 0)
    return np.ascontiguousarray(grey[top : max(down) + 1, left : max(across) + 1])


def _starts(pixels: np.ndarray) -> np.ndarray:
    ink = (pixels < DARK).any(axis=0)
    return np.flatnonzero(ink & ~np.concatenate(([False], ink[:-1]))).astype(np.int32)


def _text(starts: np.ndarray) -> str:
    if not len(starts):
        return ""
    gaps = np.diff(starts)
    usual = np.median(gaps) if len(gaps) else 0
    return "|" + "".join(" |" if gap > 2 * usual else "|" for gap in gaps)
