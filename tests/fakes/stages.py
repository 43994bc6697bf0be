"""Stages that do without a network: lines and text are made up by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from htrkit.domain.names import LineId
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw


class FakeSegmenter:
    """Finds as many lines as it was told, one below the other."""

    model = ModelFacts("fake-lines", "0" * 64)

    def __init__(self, lines: int = 2) -> None:
        self.lines = lines
        self.pages = 0

    def prepare(self, page: OpenPage) -> Prepared:
        self.pages += 1
        return Prepared(page, (Item((np.zeros(1),), cost=1.0),))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return [Raw(item.arrays) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        assert len(raws) == len(prepared.items)
        size = prepared.page.size
        step = size.height // (self.lines + 1)
        lines = []
        for number in range(1, self.lines + 1):
            low, right = number * step, size.width - 2
            boundary = ((1, low - step + 1), (right, low - step + 1), (right, low), (1, low))
            lines.append(Line(LineId(f"l{number}"), boundary, ((1, low - 2), (right, low - 2))))
        return Layout(LayoutOrigin(LayoutKind.KRAKEN, "fake-lines"), lines=tuple(lines))


class FakeReader:
    """Reads each line as its id, or as `texts` say; `unread` ones it cannot cut, and what `trouble` holds it raises."""

    model = ModelFacts("fake-text", "1" * 64)

    def __init__(
        self,
        *,
        unread: frozenset[str] = frozenset(),
        trouble: Exception | None = None,
        texts: Mapping[str, str] | None = None,
        why: str = "too short",
    ) -> None:
        self.why = why
        self.unread = unread
        self.texts = texts or {}
        self.trouble = trouble

    def prepare(self, page: OpenPage) -> Prepared:
        if self.trouble is not None:
            raise self.trouble
        assert page.layout is not None
        lines = tuple(replace(line, unread=self.why) if line.id in self.unread else line for line in page.layout.lines)
        items = tuple(Item((np.zeros(3),), cost=3.0, line=line.id) for line in lines if line.unread is None)
        return Prepared(replace(page, layout=replace(page.layout, lines=lines)), items)

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return [Raw(item.arrays) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        layout = prepared.page.layout
        assert layout is not None
        assert len(raws) == len(prepared.items)
        read = {item.line for item in prepared.items}
        lines = tuple(
            replace(line, text=self.texts.get(line.id, f"text of {line.id}"), confidence=0.9)
            if line.id in read
            else line
            for line in layout.lines
        )
        return replace(layout, lines=lines)
