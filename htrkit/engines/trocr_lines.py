"""TrOCR models as a stage: lines are cut out, squeezed into a square, read in batches, and written token by token."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from htrkit.domain.page import Layout, Line, Note
from htrkit.domain.stages import Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.line_pictures import line_pictures
from htrkit.engines.text_confidence import mean_confidence
from htrkit.engines.trocr_outline import Around, around_elsewhere

COST_HEIGHT = 64
"""A line's cost is its width were it so many pixels high: the longer, the more tokens."""
COSTLIEST = 30 * COST_HEIGHT
"""From here on a line costs no more: it may not have more tokens either."""
WIDE = 20
"""Widths to a height from which letters are lost in the square."""


class LineWriter(Protocol):
    """A network, with what stands around it."""

    @property
    def around(self) -> Around:
        """What stands before and behind it."""

    def raws(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Write what stands in every line."""


class TrocrLines:
    """A TrOCR model, or another of transformers' VisionEncoderDecoderModel that reads lines.

    An item is a line in the encoder's square, uint8 of shape (3, height, width); a raw holds the tokens that were
    written for it (int32) and their probabilities (float32), shape (tokens,) each, the end among them where it came.
    """

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model
        self._geometry = order.geometry
        self._writer = _writer(order) if order.computes else None
        self._around = around_elsewhere(order) if self._writer is None else self._writer.around

    def prepare(self, page: OpenPage) -> Prepared:
        """Cut out every line; one that cannot be read gets its reason and no item."""
        layout = page.layout
        assert layout is not None, "a line engine reads pages with a layout"  # noqa: S101 - the page worker's order
        lines: list[Line] = []
        items: list[Item] = []
        shapes: list[float] = []
        for line, cut in line_pictures(page, layout, mode="RGB", geometry=self._geometry):
            why = cut if isinstance(cut, str) else _unreadable(cut)
            if why is not None or isinstance(cut, str):
                lines.append(replace(line, unread=why))
                continue
            lines.append(line)
            shapes.append(cut.width / cut.height)
            items.append(Item((self._around.square(cut),), cost=min(shapes[-1] * COST_HEIGHT, COSTLIEST), line=line.id))
        notes = (*layout.notes, *_squeezed(items, shapes))
        return Prepared(replace(page, layout=replace(layout, lines=tuple(lines), notes=notes)), tuple(items))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read one batch of lines; each is read as if it were alone."""
        if self._writer is None:
            raise RuntimeError(f"{len(items)} lines were to be read where no network was loaded")
        return self._writer.raws(items)

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the text of every line that was cut; lines are matched by their ids."""
        layout = prepared.page.layout
        assert layout is not None, "prepare keeps the layout"  # noqa: S101
        lines = {line.id: line for line in layout.lines}
        notes = list(layout.notes)
        for item, raw in zip(prepared.items, raws, strict=True):
            tokens, probabilities = (cast("NDArray[Any]", array) for array in raw.arrays)
            line = lines[cast(Any, item.line)]
            lines[line.id] = self._read(line, tokens, probabilities)
            if not len(tokens) or int(tokens[-1]) not in self._around.ends:
                notes.append(_truncated(line, len(tokens)))
        return replace(layout, lines=tuple(lines[line.id] for line in layout.lines), notes=tuple(notes))

    def _read(self, line: Line, tokens: "NDArray[np.int32]", probabilities: "NDArray[np.float32]") -> Line:
        said = ~np.isin(tokens, self._around.special)
        text = self._around.text(tokens).strip()
        return replace(line, text=text, confidence=mean_confidence(probabilities[said]) if text else None)


def _writer(order: LoadOrder) -> LineWriter:
    from htrkit.engines.trocr_torch import TorchWriter  # noqa: PLC0415 - seconds, and a third of a gigabyte

    return TorchWriter(order)


def _unreadable(cut: Image.Image) -> str | None:
    extremes = cast(Sequence[tuple[int, int]], cut.getextrema())
    one_colour = all(low == high for low, high in extremes)
    return "nothing is written there: the line is of one colour" if one_colour else None


def _squeezed(items: Sequence[Item], shapes: Sequence[float]) -> Sequence[Note]:
    """Say once a page that lines are wider than the square bears; the model reads them as well as it can."""
    wide = [(shape, item.line) for shape, item in zip(shapes, items, strict=True) if shape > WIDE]
    if not wide:
        return ()
    widest, line = max(wide, key=lambda one: one[0])
    return (
        Note(
            "wide-line",
            f"{len(wide)} of {len(items)} lines are over {WIDE} times as wide as high, this one {widest:.0f} times: "
            "TrOCR squeezes every line into a square, and letters may be lost.",
            line=line,
        ),
    )


def _truncated(line: Line, tokens: int) -> Note:
    return Note(
        "truncated",
        f"The text of this line ends after {tokens} tokens, which is the most that may be written for one "
        "(--max-new-tokens).",
        line=line.id,
        flag=True,
    )
