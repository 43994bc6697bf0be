"""Vision-language models as a stage: pages or lines are bounded and read in batches, their text cleaned and placed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from htrkit.core.alarms import Alarm
from htrkit.domain.engine import Prompting
from htrkit.domain.names import LineId
from htrkit.domain.page import Layout, Line, Note
from htrkit.domain.stages import Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.line_pictures import line_pictures
from htrkit.engines.page_text import PageText, placed
from htrkit.engines.text_confidence import Token, mean_confidence, with_confidences
from htrkit.engines.token_text import token_bytes
from htrkit.engines.vlm_model import load_vlm
from htrkit.engines.vlm_pictures import Bounds, patched
from htrkit.engines.vlm_writing import Wording, Written, written_for
from htrkit.engines.wrappers import on_one_line
from htrkit.files.ink import has_ink

TRUNCATED = "truncated"
"""The code of the note on a text that came to the limit of tokens."""
INVENTED = "text-without-ink"
"""The code of the note on a page on which there is text and no ink."""
_BLANK = "nothing is written there: the line is of one colour"


@dataclass(frozen=True, slots=True)
class Family:
    """What tells one family of models from another."""

    types: frozenset[str]
    """What config.json may call them."""
    prompting: Prompting
    page_bounds: Bounds
    line_bounds: Bounds
    read: Callable[[str], PageText]
    """Gives the lines that stand in what a model wrote."""


class VlmPages:
    """A vision-language model that reads whole pages, or one line after the other.

    An item is a picture as the model sees it, uint8 of shape (height, width, 3); a raw holds the tokens written (int32)
    and their probabilities (float32), shape (tokens,) each, and three flags (uint8): looped, cut off, tried again.
    """

    def __init__(self, order: LoadOrder, family: Family) -> None:
        """Load the model; raises PreflightRefused."""
        options, prompting = order.options, family.prompting
        self.model = order.model
        self._geometry = order.geometry
        self._whole = options.whole_pages
        self._read = family.read
        self._bounds = family.page_bounds if self._whole else family.line_bounds
        user = prompting.page if self._whole else prompting.line
        most = prompting.most_tokens if self._whole else prompting.most_tokens_a_line
        self._wording = Wording(
            prompting.system, user if options.prompt is None else options.prompt, options.max_new_tokens or most
        )
        self._vlm = load_vlm(order, self._bounds, family.types)

    def prepare(self, page: OpenPage) -> Prepared:
        """Make the picture of the page, or of each line; what is of one colour gets no item."""
        if not self._whole:
            return self._prepared_lines(page)
        picture = cast(Image.Image, page.picture)
        return Prepared(page, () if _is_of_one_colour(picture) else (self._item(picture, None),))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read one batch of pictures."""
        # What came over a socket cannot be written to, and torch warns of that.
        pictures = [np.array(item.arrays[0], dtype=np.uint8) for item in items]
        if not pictures:
            return ()
        return [_raw(text) for text in written_for(self._vlm, self._wording, pictures)]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the page's text in it; lines are matched by their ids."""
        texts = [_written(raw) for raw in raws]
        if not self._whole:
            return self._finished_lines(prepared, texts)
        if not texts:
            return placed(prepared.page, PageText(()))
        (text,) = texts
        read = self._cleaned(text)
        notes = (*read.notes, *_said_of(text), *_invented(read, prepared.page))
        return placed(prepared.page, replace(read, notes=notes))

    def _prepared_lines(self, page: OpenPage) -> Prepared:
        layout = page.layout
        assert layout is not None, "line by line, pages have a layout"  # noqa: S101 - the page worker's order
        lines: list[Line] = []
        items: list[Item] = []
        for line, cut in line_pictures(page, layout, mode="RGB", geometry=self._geometry):
            why = cut if isinstance(cut, str) else _BLANK if _is_of_one_colour(cut) else None
            lines.append(line if why is None else replace(line, unread=why))
            if why is None:
                items.append(self._item(cast(Image.Image, cut), line.id))
        return Prepared(replace(page, layout=replace(layout, lines=tuple(lines))), tuple(items))

    def _finished_lines(self, prepared: Prepared, texts: Sequence[Written]) -> Layout:
        layout = prepared.page.layout
        assert layout is not None, "prepare keeps the layout"  # noqa: S101
        lines = {line.id: line for line in layout.lines}
        notes: list[Note] = []
        for item, text in zip(prepared.items, texts, strict=True):
            name = cast(LineId, item.line)
            read = self._cleaned(text)
            lines[name] = replace(lines[name], text=on_one_line(read), confidence=mean_confidence(text.probabilities))
            notes += [replace(note, line=name) for note in (*read.notes, *_said_of(text))]
        return replace(layout, lines=tuple(lines[line.id] for line in layout.lines), notes=(*layout.notes, *notes))

    def _item(self, picture: Image.Image, line: LineId | None) -> Item:
        pixels = patched(picture, self._bounds, factor=self._vlm.factor)
        return Item((pixels,), cost=pixels.shape[0] * pixels.shape[1] / 1e6, line=line)

    def _cleaned(self, text: Written) -> PageText:
        pieces = token_bytes(self._vlm.tokenizer, text.tokens.tolist())
        tokens = [Token(*pair) for pair in zip(pieces, text.probabilities.tolist(), strict=True)]
        return with_confidences(self._read(b"".join(pieces).decode("utf-8", "replace")), tokens)


def _said_of(text: Written) -> tuple[Note, ...]:
    """Say what went wrong with the writing."""
    notes = []
    if text.looped:
        message = (
            "The model ran in a loop and was stopped, with a penalty on repeats again: what it wrote first is here."
        )
        notes.append(Note(Alarm.REPETITION, message, flag=True))
    if text.tried_again:
        message = "The model ran in a loop: this is its second text, with a penalty on repeats."
        notes.append(Note(Alarm.REPETITION, message, flag=True))
    if text.cut_off:
        message = f"The text was cut off after {len(text.tokens):,} tokens: more with --max-new-tokens."
        notes.append(Note(TRUNCATED, message, flag=True))
    return tuple(notes)


def _invented(text: PageText, page: OpenPage) -> tuple[Note, ...]:
    if not text.lines or has_ink(cast(Image.Image, page.picture)):
        return ()
    return (Note(INVENTED, "There is hardly any ink on the page: the model may have invented its text.", flag=True),)


def _is_of_one_colour(picture: Image.Image) -> bool:
    extrema = picture.getextrema()
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(low == high for low, high in cast(Any, bands))


def _raw(text: Written) -> Raw:
    flags = np.array([text.looped, text.cut_off, text.tried_again], dtype=np.uint8)
    return Raw((text.tokens, text.probabilities, flags))


def _written(raw: Raw) -> Written:
    tokens, probabilities, flags = (cast("NDArray[Any]", array) for array in raw.arrays)
    looped, cut_off, tried_again = (bool(flag) for flag in flags.tolist())
    return Written(tokens, probabilities, looped=looped, cut_off=cut_off, tried_again=tried_again)
