"""Pages or lines read by an inference server: the network is elsewhere, and no library of networks is loaded here."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from htrkit.core.pace import Pace
from htrkit.domain.engine import Prompting
from htrkit.domain.page import Layout, Line, Note
from htrkit.domain.stages import Array, Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.asking import REAL_TIMES, Asking, Times
from htrkit.engines.chat import Answer, Wording
from htrkit.engines.endpoint import Endpoint
from htrkit.engines.line_pictures import line_pictures
from htrkit.engines.page_text import PageText, placed
from htrkit.engines.sent_pictures import is_of_one_colour, jpeg_of, sent_picture
from htrkit.engines.server_access import key_in

MOST_AT_ONCE = 16
"""Requests of one process that may be under way, whatever the server bears."""
TOKENS = "tokens"
"""The code of the note that says what a page has cost."""
TRUNCATED = "truncated"
OF_ONE_COLOUR = "nothing is written there: the line is of one colour"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a family of models is spoken to, and what its writing means."""

    prompting: Prompting
    read: Callable[[str, float | None], PageText]
    """Gives the lines that stand in what the model wrote, with the confidence of all of it."""
    longest_side: int
    """Pixels, of a page or a line as it is sent."""


class ServedPages:
    """A model of an inference server, which is given whole pages or one line after the other.

    An item is a picture as JPEG, uint8 of shape (bytes,); a raw holds the text in UTF-8, uint8 of shape (bytes,), and
    float64 of shape (4,): its confidence or NaN, 1 where it came to its limit, the tokens read and those written.
    """

    def __init__(
        self,
        order: LoadOrder,
        dialect: Dialect,
        *,
        environment: Mapping[str, str] = os.environ,
        times: Times = REAL_TIMES,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        """Take the server's address from the order; raises UsageProblem or PreflightRefused for one that is none."""
        self.model = order.model
        self._geometry = order.geometry
        options = order.options
        self._dialect = dialect
        self._whole = options.whole_pages
        known = dialect.prompting
        told = known.page if self._whole else known.line
        most = known.most_tokens if self._whole else known.most_tokens_a_line
        wording = Wording(
            order.model.name,
            told if options.prompt is None else options.prompt,
            known.system,
            options.max_new_tokens or most,
        )
        endpoint = Endpoint(options.server or "", key_in(environment))
        self._asking = Asking(endpoint, wording, Pace(most_at_once), times)

    def prepare(self, page: OpenPage) -> Prepared:
        """Make the page's pictures: itself, or its lines; one on which nothing can be gets no item."""
        if not self._whole and page.layout is not None:
            return self._prepared_lines(page, page.layout)
        picture = cast(Image.Image, page.picture)
        if is_of_one_colour(picture):
            return Prepared(page, ())
        return Prepared(page, (self._item(picture),))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Ask for every item's text, as many at once as the server bears.

        Raises PageProblem for a text that is not to be had, ServerGone and ServerRefused for the run.
        """
        answers = self._asking.answers([cast("NDArray[np.uint8]", item.arrays[0]).tobytes() for item in items])
        return [_raw(answer) for answer in answers]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the text, and say what it has cost."""
        answers = [_answer(raw) for raw in raws]
        layout = self._with_lines(prepared, answers) if _by_line(prepared) else self._with_page(prepared, answers)
        return replace(layout, notes=(*layout.notes, *_cost(answers)))

    def _prepared_lines(self, page: OpenPage, layout: Layout) -> Prepared:
        lines: list[Line] = []
        items: list[Item] = []
        for line, cut in line_pictures(page, layout, mode="RGB", geometry=self._geometry):
            blank = not isinstance(cut, str) and is_of_one_colour(cut)
            if isinstance(cut, str) or blank:
                lines.append(replace(line, unread=OF_ONE_COLOUR if blank else str(cut)))
                continue
            lines.append(line)
            items.append(replace(self._item(cut), line=line.id))
        return Prepared(replace(page, layout=replace(layout, lines=tuple(lines))), tuple(items), _BY_LINE)

    def _item(self, picture: Image.Image) -> Item:
        sent = sent_picture(picture, longest_side=self._dialect.longest_side)
        return Item((np.frombuffer(jpeg_of(sent), dtype=np.uint8),), cost=sent.width * sent.height / 1e6)

    def _with_page(self, prepared: Prepared, answers: Sequence[Answer]) -> Layout:
        if not answers:
            return placed(prepared.page, PageText(()))
        (answer,) = answers
        text = self._dialect.read(answer.text, answer.confidence)
        cut = (_truncated("The page's text"),) if answer.cut_off else ()
        return placed(prepared.page, replace(text, notes=(*text.notes, *cut)))

    def _with_lines(self, prepared: Prepared, answers: Sequence[Answer]) -> Layout:
        layout = prepared.page.layout
        assert layout is not None, "prepare keeps the layout"  # noqa: S101
        read = dict(zip((item.line for item in prepared.items), answers, strict=True))
        lines, notes = [], []
        for line in layout.lines:
            answer = read.get(line.id)
            if answer is None:
                lines.append(line)
                continue
            text = " ".join(one.text.strip() for one in self._dialect.read(answer.text, answer.confidence).lines)
            lines.append(replace(line, text=text.strip(), confidence=answer.confidence))
            if answer.cut_off:
                notes.append(replace(_truncated("The line's text"), line=line.id))
        return replace(layout, lines=tuple(lines), notes=(*layout.notes, *notes))


_BY_LINE: tuple[Array, ...] = (np.zeros(0, dtype=np.uint8),)
"""What `finish` knows a page by whose lines were sent."""


def _by_line(prepared: Prepared) -> bool:
    return bool(prepared.kept)


def _raw(answer: Answer) -> Raw:
    confidence = np.nan if answer.confidence is None else answer.confidence
    facts = np.array([confidence, answer.cut_off, answer.read_tokens, answer.written_tokens], dtype=np.float64)
    return Raw((np.frombuffer(answer.text.encode(), dtype=np.uint8), facts))


def _answer(raw: Raw) -> Answer:
    text, facts = (cast("NDArray[np.float64]", array) for array in raw.arrays)
    confidence, cut_off, read, written = facts.tolist()
    sure = None if np.isnan(confidence) else confidence
    return Answer(text.tobytes().decode(), bool(cut_off), sure, int(read), int(written))


def _truncated(what: str) -> Note:
    message = f"{what} came to the limit of --max-new-tokens: the rest is missing."
    return Note(TRUNCATED, message, flag=True)


def _cost(answers: Sequence[Answer]) -> tuple[Note, ...]:
    read, written = sum(one.read_tokens for one in answers), sum(one.written_tokens for one in answers)
    if not read + written:
        return ()
    requests = "1 request" if len(answers) == 1 else f"{len(answers)} requests"
    return (Note(TOKENS, f"{read} tokens read, {written} written, in {requests}."),)
