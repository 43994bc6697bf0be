"""Sets a sheet's blocks: breaks their texts into lines, and writes each where it belongs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .sheet import Align, Block, Kind, Sheet
from .writing import FINE, Canvas, Pen, WrittenLine

FontFile = Callable[[str], Path]
"""Gives a face's file."""


@dataclass(frozen=True, slots=True)
class WrittenBlock:
    """A region with its lines, in reading order."""

    kind: Kind
    lines: tuple[WrittenLine, ...]


@dataclass(frozen=True, slots=True)
class _Due:
    """A line to be written: its text, and where it begins, from the block's left."""

    text: str
    indent: float


def set_sheet(sheet: Sheet, font_file: FontFile, rng: np.random.Generator) -> tuple[Canvas, list[WrittenBlock]]:
    """Write a sheet; gives the canvas and its blocks, in reading order."""
    width, height = sheet.size
    canvas = np.zeros((height * FINE, width * FINE), np.uint8)
    blocks, y = [], 0.0
    for block in sheet.blocks:
        pen = Pen(block.hand, font_file(block.hand.face), rng)
        y = block.top if block.top is not None else y + block.space * block.hand.pitch
        lines = []
        for due in _due(block, pen):
            y = _on_rule(y, sheet.paper.ruled)
            start = (block.left + due.indent + rng.normal(0, 4), y + rng.normal(0, 1.5))
            lines.append(pen.write(canvas, due.text, start))
            y += block.hand.pitch
        blocks.append(WrittenBlock(block.kind, tuple(lines)))
    return canvas, blocks


def _on_rule(y: float, ruled: float) -> float:
    return round(y / ruled) * ruled if ruled else y


def _due(block: Block, pen: Pen) -> Iterator[_Due]:
    for paragraph in block.text.splitlines():
        if block.flow:
            yield from _broken(paragraph, block, pen)
        elif block.align is Align.CENTER:
            yield _Due(paragraph, (block.width - pen.width(paragraph)) / 2)
        else:
            yield _Due(paragraph, block.indent)


def _broken(paragraph: str, block: Block, pen: Pen) -> Iterator[_Due]:
    line, indent = "", block.indent
    for word in paragraph.split():
        longer = f"{line} {word}".strip()
        if line and indent + pen.width(longer) > block.width:
            yield _Due(line, indent)
            line, indent = word, 0.0
        else:
            line = longer
    yield _Due(line, indent)
