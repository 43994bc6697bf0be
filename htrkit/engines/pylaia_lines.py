"""PyLaia's recognisers as a stage: lines are cut out, inverted, read in batches of one height, and decoded."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from htrkit.domain.page import Layout, Line
from htrkit.domain.stages import Ahead, Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.ctc import BLANK
from htrkit.engines.ctc_language import SPACES, LanguageDecoder
from htrkit.engines.line_cutting import cutting_outline
from htrkit.engines.line_pictures import line_pictures
from htrkit.engines.line_places import Frames, on_baseline, read_line
from htrkit.engines.pylaia_outline import outline_of
from htrkit.engines.pylaia_plan import Greys
from htrkit.engines.pylaia_reader import Wanted, symbol_reader
from htrkit.files.pylaia_language import UNKNOWN, language_files


class PylaiaLines:
    """A PyLaia model, of fixed height or of any.

    An item is a line as the network takes it, float32 of shape (1, height, width), 0 for paper and 1 for ink; a raw
    holds the best symbol (int32) and its probability (float32) of every frame, shape (frames,) each. With a language
    model it holds the log probabilities of all symbols instead, float32 of shape (frames, symbols): searching among
    them is the page worker's, whose cores would otherwise wait for the device.
    """

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model
        self._geometry = order.geometry
        place, options = Path(order.path), order.options
        outline = outline_of(place)
        self._language: LanguageDecoder | None = None
        if options.language_model is not None:
            files = language_files(options.language_model, place)
            self._language = LanguageDecoder(files, outline.symbols, options.language_model_weight)
        self._reader = symbol_reader(order, Wanted.BEST if self._language is None else Wanted.ALL)
        self._plan = outline.plan
        self._symbols = tuple(_text(symbol) for symbol in outline.symbols)
        self._direction = order.direction

    @property
    def ahead(self) -> Ahead | None:
        """How batches are laid out ahead of the device; None where they are not."""
        return self._reader.ahead

    def prepare(self, page: OpenPage) -> Prepared:
        """Cut out every line; one that cannot be read gets its reason and no item."""
        layout = page.layout
        assert layout is not None, "a line engine reads pages with a layout"  # noqa: S101 - the page worker's order
        lines: list[Line] = []
        items: list[Item] = []
        sizes: list[tuple[int, int]] = []
        for line, cut in line_pictures(page, layout, mode="L", geometry=self._geometry):
            pixels = cut if isinstance(cut, str) else self._pixels(cut)
            if isinstance(pixels, str) or isinstance(cut, str):
                lines.append(replace(line, unread=str(pixels)))
                continue
            lines.append(line)
            items.append(Item((pixels,), cost=pixels.shape[2], line=line.id))
            sizes.append(cut.size)
        kept = (np.array(sizes, dtype=np.int32).reshape(-1, 2),)
        return Prepared(replace(page, layout=replace(layout, lines=tuple(lines))), tuple(items), kept)

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read one batch of lines; each is read as if it were alone."""
        return self._reader.raws([cast("NDArray[np.float32]", item.arrays[0]) for item in items])

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the text of every line that was cut; lines are matched by their ids."""
        layout = prepared.page.layout
        assert layout is not None, "prepare keeps the layout"  # noqa: S101
        sizes = cast("NDArray[np.int32]", prepared.kept[0]).tolist()
        lines = {line.id: line for line in layout.lines}
        for item, raw, size in zip(prepared.items, raws, sizes, strict=True):
            line = lines[cast(Any, item.line)]
            lines[line.id] = self._read(line, layout, item, raw, size)
        return replace(layout, lines=tuple(lines[line.id] for line in layout.lines))

    def _pixels(self, cut: Image.Image) -> "NDArray[np.float32] | str":
        """Give a line as the network takes it, or why it cannot."""
        plan = self._plan
        if plan.fixed_height and cut.height != plan.height:
            # As the package's own documentation has people do it beforehand.
            width = int(cut.width * plan.height / cut.height)
            if not width:
                return "nothing is left of the line at the height that the model reads"
            cut = cut.resize((width, plan.height), Image.Resampling.LANCZOS)
        grey = np.asarray(cut, dtype=np.uint8)
        if grey.min() == grey.max():
            return "nothing is written there: the line is of one colour"
        ink = _shown(grey, plan.greys)
        if ink.shape[0] < plan.least_height:
            return f"the line is {ink.shape[0]} pixels high, and the model reads lines from {plan.least_height} on"
        lacking = max(plan.least_width - ink.shape[1], 0)
        # Centred, as PyLaia pads a line that would give no frame.
        beside = (0, 0), (lacking // 2, lacking - lacking // 2)
        return np.pad(ink, beside, constant_values=plan.greys.paper)[np.newaxis]

    def _read(self, line: Line, layout: Layout, item: Item, raw: Raw, size: Sequence[int]) -> Line:
        best, sure = self._path(raw)
        frames = Frames(item.arrays[0].shape[2], len(best), size[0], padding=0)
        decoded = [
            (sign, first, last, confidence)
            for symbol, first, last, confidence in _runs(best.tolist(), sure.tolist())
            for sign in self._symbols[symbol]
        ]
        decoded = _without_spaces_around(decoded)
        direction = self._direction or line.direction or layout.direction
        outline = cutting_outline(line, layout)
        return read_line(line, decoded, frames, on_baseline, outline=outline, direction=direction)

    def _path(self, raw: Raw) -> "tuple[NDArray[np.int32], NDArray[np.float32]]":
        """Give the symbol of every frame and the network's probability of it, which may be low where language won."""
        if self._language is None:
            best, sure = raw.arrays
            return cast("NDArray[np.int32]", best), cast("NDArray[np.float32]", sure)
        seen = cast("NDArray[np.float32]", raw.arrays[0])
        path = self._language.best_path(seen)
        return path, np.exp(seen[np.arange(len(path)), path])


def _shown(grey: "NDArray[np.uint8]", greys: Greys) -> "NDArray[np.float32]":
    match greys:
        case Greys.INK:
            return (255 - grey).astype(np.float32) / np.float32(255)
        case Greys.CENTRED:
            return (grey.astype(np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5)


def _without_spaces_around(decoded: list[tuple[str, int, int, float]]) -> list[tuple[str, int, int, float]]:
    """Leave out spaces before and behind the text, as PyLaia does."""
    written = [place for place, (sign, *_) in enumerate(decoded) if sign != " "]
    return decoded[written[0] : written[-1] + 1] if written else []


def _runs(best: Sequence[int], sure: Sequence[float]) -> list[tuple[int, int, int, float]]:
    """Give (symbol, first frame, last frame, probability at the first frame) of each symbol, as PyLaia reckons it."""
    runs: list[tuple[int, int, int, float]] = []
    place = 0
    for symbol, group in groupby(best):
        count = len(list(group))
        if symbol != BLANK:
            runs.append((symbol, place, place + count - 1, sure[place]))
        place += count
    return runs


def _text(symbol: str) -> str:
    if symbol in SPACES:
        return " "
    return "\N{REPLACEMENT CHARACTER}" if symbol == UNKNOWN else symbol
