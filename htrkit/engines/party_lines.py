"""Party as a stage: a page is encoded once, and each of its lines is written by a decoder that is shown where it is."""

import codecs
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from htrkit.core.out_of_memory import is_out_of_memory
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.geometry import Size
from htrkit.domain.page import Character, Layout, Line, Note
from htrkit.domain.stages import Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.catalog import PARTY
from htrkit.engines.party_languages import iso_code, packed, unpacked
from htrkit.engines.party_places import shape_or_why
from htrkit.engines.party_plugin import STEPS_BESIDE_TEXT, PartyNetwork, load_party

TRUNCATED = "truncated"
OFFSET, BYTES = 3, 256
"""Tokens of bytes stand behind padding, begin and end, and before those of languages."""
CPU = "cpu"


class PartyLines:
    """A Party model: the whole page is scaled to the model's size, and lines are shown to it as curves or boxes.

    An item is a page with all its lines: uint8 (height, width, 3) in RGB, its prompts float32 (lines, 8), and their
    languages uint8 (lines, languages, 3). A raw holds the lines' tokens, int32 (lines, steps) with 0 behind the end,
    and the probability of each, float32 of the same shape; (lines,) of int32 tells which came to the limit.
    """

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model
        self._party = load_party(order, number=number_for(order.device))
        self._prompt = order.options.line_prompt
        self._languages = order.options.languages
        self._layout_languages = order.options.layout_languages
        usual = PARTY.batch.default_on_cpu if order.device == CPU else PARTY.batch.default
        self._together = order.options.lines_together or usual
        self._positions = _positions(self._party, order)
        self._room: int | None = None
        self._refuse_unknown_languages()

    def prepare(self, page: OpenPage) -> Prepared:
        """Scale the page and show where its lines are; one that cannot be shown gets its reason and no prompt."""
        layout = page.layout
        assert layout is not None, "a line engine reads pages with a layout"  # noqa: S101 - the page worker's order
        prompts: list[Sequence[float]] = []
        lines: list[Line] = []
        places: list[int] = []
        for place, line in enumerate(layout.lines):
            prompt = line.unread or self._shown(line, page.size)
            if isinstance(prompt, str):
                lines.append(replace(line, unread=prompt))
                continue
            lines.append(line)
            prompts.append(prompt)
            places.append(place)
        page = replace(page, layout=replace(layout, lines=tuple(lines)))
        if not prompts:
            return Prepared(page, ())
        told = packed([self._languages_of(lines[place], layout) for place in places])
        arrays = (self._scaled(page), np.array(prompts, dtype=np.float32).reshape(-1, 8), told)
        return Prepared(page, (Item(arrays, cost=len(prompts)),), (np.array(places, dtype=np.int32),))

    @torch.inference_mode()
    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read pages one after the other; of each, so many lines together as there is room for."""
        return [self._read_page(item) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the text of every line that was shown."""
        layout = prepared.page.layout
        assert layout is not None, "prepare keeps the layout"  # noqa: S101
        if not prepared.items:
            return layout
        (raw,), (places,) = raws, prepared.kept
        lines, notes = list(layout.lines), list(layout.notes)
        tokens, sure, cut = (cast("NDArray[Any]", array) for array in raw.arrays)
        shown = cast("NDArray[np.int32]", places).tolist()
        for place, ids, confidences, at_limit in zip(shown, tokens, sure, cut.tolist(), strict=True):
            lines[place] = _with_text(lines[place], ids, confidences)
            if at_limit:
                notes.append(_truncated(lines[place]))
        return replace(layout, lines=tuple(lines), notes=tuple(notes))

    def _shown(self, line: Line, size: Size) -> Sequence[float] | str:
        """Give a line's prompt, or why there is none."""
        shape = shape_or_why(line, size, of=self._prompt)
        if isinstance(shape, str):
            return shape
        try:
            prompt = self._party.prompt(shape, size, of=self._prompt)
        except Exception as error:  # noqa: BLE001 - numpy and shapely raise what they like on odd baselines
            return f"the line cannot be shown to Party ({error})"
        return prompt if prompt is not None else "the line lies outside of the page for Party"

    def _scaled(self, page: OpenPage) -> "NDArray[np.uint8]":
        picture = cast(Image.Image, page.picture).convert("RGB")
        size = self._party.picture_size
        # The first of Party's own transforms, which leaves a picture of this size alone; so it crosses a socket small.
        return np.asarray(picture.resize((size.width, size.height), Image.Resampling.BILINEAR), dtype=np.uint8)

    def _languages_of(self, line: Line, layout: Layout) -> tuple[str, ...]:
        if not self._layout_languages:
            return self._languages
        code = iso_code(line.language or layout.language)
        return (code,) if code is not None and self._party.knows(code) else ()

    def _refuse_unknown_languages(self) -> None:
        unknown = [code for code in self._languages if not self._party.knows(code)]
        if unknown:
            raise PreflightRefused(
                f"party_languages: Party has no token for {unknown[0]}.",
                mend="Give codes of ISO 639-3 that Party was trained with, or leave the setting away.",
            )

    def _read_page(self, item: Item) -> Raw:
        """Read a page; where its lines do not fit together, half as many from now on."""
        while True:
            try:
                return self._read_together(item)
            except Exception as error:
                if not is_out_of_memory(error) or self._together == 1:
                    raise
            # Not before the error is gone: its frames hold what did not fit.
            self._together = max(min(self._together, round(item.cost)) // 2, 1)
            self._room = None
            if self._party.device != CPU:
                torch.cuda.empty_cache()

    def _read_together(self, item: Item) -> Raw:
        pixels, prompts, languages = (cast("NDArray[Any]", array) for array in item.arrays)
        together = min(self._together, len(prompts))
        if self._room != together:
            self._party.make_room(together, self._positions)
            self._room = together
        shown = torch.from_numpy(prompts.copy()).view(-1, 4, 2).to(self._party.device)
        told = unpacked(languages)
        picture = self._party.pixels(Image.fromarray(np.ascontiguousarray(pixels)))
        written = list(self._party.written(picture, shown, told, of=self._prompt))
        return _raw(written, self._positions - 1 - STEPS_BESIDE_TEXT - languages.shape[1])


def number_for(device: str) -> torch.dtype:
    """Give what Party computes with: single precision, and on cards that have it bfloat16, as its authors run it."""
    return torch.bfloat16 if device != CPU and torch.cuda.is_bf16_supported() else torch.float32


def _positions(party: PartyNetwork, order: LoadOrder) -> int:
    """Give the decoder's positions for a line: all, or as many as the text that is asked for takes at most."""
    asked = order.options.max_new_tokens
    beside = 1 + STEPS_BESIDE_TEXT + max(len(order.options.languages), int(order.options.layout_languages))
    return min(party.positions, asked + beside) if asked is not None else party.positions


def _raw(written: Sequence[tuple[torch.Tensor, torch.Tensor]], most: int) -> Raw:
    """Put the batches of a page below each other; `most` tokens are all that a line can have."""
    steps = max(tokens.shape[1] for tokens, _ in written)
    lines = sum(len(tokens) for tokens, _ in written)
    ids, sure = np.zeros((lines, steps), dtype=np.int32), np.zeros((lines, steps), dtype=np.float32)
    place = 0
    for tokens, confidences in written:
        many, far = tokens.shape
        ids[place : place + many, :far] = tokens.cpu().numpy()
        sure[place : place + many, :far] = confidences.float().cpu().numpy()
        place += many
    at_limit = (ids[:, most - 1] != 0).astype(np.int32) if steps >= most > 0 else np.zeros(lines, dtype=np.int32)
    return Raw((ids, sure, at_limit))


def _with_text(line: Line, ids: "NDArray[np.int32]", confidences: "NDArray[np.float32]") -> Line:
    """Give a line its text and how sure Party is of it; Party does not tell where a character stands."""
    characters = tuple(_characters(ids, confidences))
    text = "".join(character.text for character in characters)
    told = [character.confidence for character in characters]
    mean = round(sum(told) / len(told), 4) if told else None
    return replace(line, text=text, confidence=mean, characters=characters)


def _characters(ids: "NDArray[np.int32]", confidences: "NDArray[np.float32]") -> list[Character]:
    """Give the code points of UTF-8 written byte by byte, each as sure as its bytes are; broken ones are none."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")
    characters: list[Character] = []
    held: list[float] = []
    for token, sure in zip(ids.tolist(), confidences.tolist(), strict=True):
        if not OFFSET <= token < OFFSET + BYTES:
            continue
        held.append(sure)
        if sign := decoder.decode(bytes([token - OFFSET])):
            own = held[-len(sign.encode()) :]
            characters.append(Character(sign, round(sum(own) / len(own), 4), ()))
            held = []
    return characters


def _truncated(line: Line) -> Note:
    message = "The line's text came to the end of what Party can write for one: something may be missing."
    return Note(TRUNCATED, message, line=line.id, flag=True)
