"""What every engine must do, as checks that the author of one runs: `check_engine(make_stage, sample_pages())`."""

import gc
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
from PIL import Image, ImageDraw

from htrkit.core.out_of_memory import is_out_of_memory
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw, Stage

PAPER, INK = 235, 20


class ContractBroken(AssertionError):
    """An engine does not do what every engine must."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An engine that is tried."""

    make_stage: Callable[[], Stage]
    """Loads the model; it is called for every check anew."""
    pages: Sequence[OpenPage]
    """Two at least, with lines where the engine reads lines; on one of them at least it reads something."""
    tolerance: float = 0.001
    """How far two confidences of the same line may lie apart when batches are composed otherwise."""


def check_engine(make_stage: Callable[[], Stage], pages: Sequence[OpenPage], *, tolerance: float = 0.001) -> None:
    """Run every check; raises ContractBroken with all that was found."""
    found = []
    for check in CHECKS:
        try:
            check(Tried(make_stage, pages, tolerance))
        except ContractBroken as broken:
            found.append(f"{check.__name__}: {broken}")
        except Exception as error:  # noqa: BLE001 - whatever an engine raises where it must not is a finding
            found.append(f"{check.__name__}: it raised {type(error).__name__}: {error}")
    if found:
        raise ContractBroken("\n".join(found))


def sample_pages() -> tuple[OpenPage, OpenPage]:
    """Give two small pages with three and two lines of print, and their layout."""
    return _page("p1", ("In nomine domini", "amen dico", "vobis")), _page("p2", ("Anno domini", "mcccxlviii"))


# The checks.


def items_can_travel(tried: Tried) -> None:
    """Items and raws go to another process: plain arrays of numbers, and a cost that can be reckoned with."""
    stage = tried.make_stage()
    for prepared in map(stage.prepare, tried.pages):
        for item in prepared.items:
            _demand(isfinite(item.cost) and item.cost > 0, f"an item's cost is {item.cost}; it must be above 0")
            _demand_plain(item.arrays, "an item")
        _demand_plain(prepared.kept, "what is kept")
        for raw in stage.infer(prepared.items):
            _demand_plain(raw.arrays, "a raw")


def something_is_read(tried: Tried) -> None:
    """On one of the pages at least; else all that follows would show nothing."""
    stage = tried.make_stage()
    texts = [line.text for page in tried.pages for line in _read(stage, page).lines]
    _demand(any(text.strip() for text in texts), "nothing is read on any of the pages")


def lines_keep_their_order_and_places(tried: Tried) -> None:
    """What reads text changes no line but by its text, unless there were none."""
    stage = tried.make_stage()
    for page in tried.pages:
        given, read = page.layout, _read(stage, page)
        for line in read.lines:
            sure = line.confidence
            _demand(sure is None or 0 <= sure <= 1, f"{line.id}: its confidence is {sure}; it must be from 0 to 1")
        ids = [line.id for line in read.lines]
        _demand(len(set(ids)) == len(ids), "two lines have the same id")
        if given is None or not given.lines or read.origin != given.origin:
            continue
        _demand(ids == [line.id for line in given.lines], "the lines of the layout are others, or in another order")
        for was, now in zip(given.lines, read.lines, strict=True):
            _demand((was.boundary, was.baseline) == (now.boundary, now.baseline), f"{was.id}: the line has moved")


def a_batch_of_one_reads_as_a_batch_of_many(tried: Tried) -> None:
    """Batches are composed by a device's memory, and text must not depend on it."""
    stage = tried.make_stage()
    prepared = [stage.prepare(page) for page in tried.pages]
    alone = [_finished(stage, one, [stage.infer([item])[0] for item in one.items]) for one in prepared]
    together = iter(_inferred(stage, [item for one in prepared for item in one.items]))
    many = [_finished(stage, one, [next(together) for _ in one.items]) for one in prepared]
    for one, other in zip(alone, many, strict=True):
        _demand_same(one, other, tried.tolerance, "alone and in a batch with items of another page")


def answers_keep_the_order_of_items(tried: Tried) -> None:
    """One raw an item, in the order of the items."""
    stage = tried.make_stage()
    for page in tried.pages:
        prepared = stage.prepare(page)
        backwards = _inferred(stage, list(reversed(prepared.items)))
        there = _finished(stage, prepared, _inferred(stage, prepared.items))
        back = _finished(stage, prepared, list(reversed(backwards)))
        _demand_same(there, back, tried.tolerance, "when its batch was turned around")


def the_same_page_reads_the_same(tried: Tried) -> None:
    """Also in another process, and after other pages."""
    first, second = tried.make_stage(), tried.make_stage()
    before = [_read(first, page) for page in tried.pages]
    for page, one in zip(reversed(tried.pages), reversed(before), strict=True):
        _demand_same(one, _read(first, page), 0, "when it was read again")
        _demand_same(one, _read(second, page), 0, "by an engine that was loaded anew")


def the_picture_is_left_alone(tried: Tried) -> None:
    """Others look at it afterwards."""
    stage = tried.make_stage()
    for page in tried.pages:
        before = _bytes(page)
        _read(stage, page)
        _demand(_bytes(page) == before, f"{page.key}: its picture was changed")


def an_empty_page_is_read(tried: Tried) -> None:
    """White paper without lines is a page like any other, and a batch of nothing is answered with nothing."""
    stage = tried.make_stage()
    page = replace(_page("empty", ()), layout=Layout(LayoutOrigin(LayoutKind.KRAKEN, "none")))
    text = "".join(line.text for line in _read(stage, page).lines)
    _demand(not text.strip(), f"on white paper it reads {text!r}")
    _demand(list(stage.infer(())) == [], "a batch without items has an answer")


def odd_lines_cost_no_page(tried: Tried) -> None:
    """A line of one pixel, one of one colour, one as wide as a scroll, one beyond the page: read, or told why not."""
    stage = tried.make_stage()
    for page in _odd_pages():
        read = _read(stage, page)
        for line in read.lines:
            _demand(isinstance(line.text, str), f"{page.key}: the text of {line.id} is no text")


def memory_that_is_wanting_is_said(tried: Tried) -> None:
    """The run halves the batch then; an engine that goes on as if nothing were is trusted with wrong text."""
    stage = tried.make_stage()
    prepared = [stage.prepare(page) for page in tried.pages]
    items = [item for one in prepared for item in one.items]
    _demand(bool(items), "the pages make no items")
    middle = len(items) // 2
    batch: list[Item] = [*items[:middle], _TooLarge(items[middle]), *items[middle + 1 :]]  # type: ignore[list-item]
    try:
        stage.infer(batch)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    else:
        raise ContractBroken("out of memory in the middle of a batch is answered as if nothing had been")
    _read(stage, tried.pages[0])


def a_page_that_is_put_down_costs_the_next_nothing(tried: Tried) -> None:
    """A run may drop a page before its items are computed, or before its answers are put together."""
    stage = tried.make_stage()
    expected = [_read(stage, page) for page in tried.pages]
    for dropped in tried.pages:
        stage.prepare(dropped)
        stage.infer(stage.prepare(dropped).items)
        for page, layout in zip(tried.pages, expected, strict=True):
            _demand_same(layout, _read(stage, page), 0.0, "after a page that was put down half way")


def nothing_holds_it_when_it_is_let_go(tried: Tried) -> None:
    """A device's memory comes back with the last reference; caches of a module or of a class keep it."""
    stage = tried.make_stage()
    _read(stage, tried.pages[0])
    left = weakref.ref(stage)
    del stage
    gc.collect()
    _demand(left() is None, "something still holds the engine, and with it its memory")


CHECKS: tuple[Callable[[Tried], None], ...] = (
    items_can_travel,
    something_is_read,
    lines_keep_their_order_and_places,
    a_batch_of_one_reads_as_a_batch_of_many,
    answers_keep_the_order_of_items,
    the_same_page_reads_the_same,
    the_picture_is_left_alone,
    an_empty_page_is_read,
    odd_lines_cost_no_page,
    memory_that_is_wanting_is_said,
    a_page_that_is_put_down_costs_the_next_nothing,
    nothing_holds_it_when_it_is_let_go,
)
"""One a test, as in `@pytest.mark.parametrize("check", CHECKS)`."""


class _TooLarge:
    """An item whose arrays do not fit any more."""

    def __init__(self, item: Item) -> None:
        self.cost, self.line = item.cost, item.line

    @property
    def arrays(self) -> tuple[()]:
        raise MemoryError("out of memory")


def _demand(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - as `assert` has it
    if not holds:
        raise ContractBroken(otherwise)


def _demand_plain(arrays: Sequence[object], whose: str) -> None:
    for array in arrays:
        plain = isinstance(array, np.ndarray) and array.dtype.kind in "biuf"
        _demand(plain, f"{whose} holds {type(array).__name__}; only numpy's arrays of numbers can travel")


def _demand_same(one: Layout, other: Layout, tolerance: float, when: str) -> None:
    texts, others = [line.text for line in one.lines], [line.text for line in other.lines]
    _demand(texts == others, f"{when}, it reads {others} and not {texts}")
    for was, now in zip(one.lines, other.lines, strict=True):
        apart = abs((was.confidence or 0) - (now.confidence or 0))
        _demand(apart <= tolerance, f"{when}, the confidence of {was.id} differs by {apart:.6f}")


def _inferred(stage: Stage, items: Sequence[Item]) -> list[Raw]:
    raws = list(stage.infer(items))
    _demand(len(raws) == len(items), f"{len(items)} items have {len(raws)} answers")
    return raws


def _finished(stage: Stage, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
    return stage.finish(prepared, raws)


def _read(stage: Stage, page: OpenPage) -> Layout:
    prepared = stage.prepare(page)
    return stage.finish(prepared, _inferred(stage, prepared.items))


def _bytes(page: OpenPage) -> bytes:
    picture = page.picture
    assert isinstance(picture, Image.Image), "pages here are Pillow's"  # noqa: S101
    return picture.tobytes()


def _page(key: str, texts: Sequence[str], *, width: int = 400) -> OpenPage:
    picture = Image.new("L", (width, 60 * (len(texts) + 1)), PAPER)
    draw = ImageDraw.Draw(picture)
    lines = []
    for number, text in enumerate(texts, start=1):
        top = 60 * number - 40
        draw.text((12, top), text, fill=INK, font_size=32)
        # Of several widths: an engine that sorts its batches must put them back.
        right = min(round(draw.textbbox((12, top), text, font_size=32)[2]) + 8, width - 5)
        lines.append(_line(f"l{number}", 5, top - 5, right, top + 40))
    return OpenPage(PageKey(key), picture, _layout(lines))


def _line(name: str, left: int, top: int, right: int, bottom: int) -> Line:
    base = bottom - max((bottom - top) // 4, 0)
    boundary = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Line(LineId(name), boundary, ((left, base), (right, base)))


def _layout(lines: Sequence[Line]) -> Layout:
    return Layout(LayoutOrigin(LayoutKind.PAGE_XML, "sample.xml"), lines=tuple(lines))


def _odd_pages() -> Iterator[OpenPage]:
    """Give pages with one odd line each, beside a good one, and a picture of one pixel that is a line as a whole."""
    good = _page("good", ("amen",))
    assert good.layout is not None  # noqa: S101
    odd = {
        "one pixel": _line("odd", 50, 50, 50, 50),
        "blank": _line("odd", 300, 100, 390, 115),
        "beyond the page": _line("odd", 350, 10, 4000, 60),
        "no boundary": replace(_line("odd", 10, 10, 100, 50), boundary=()),
        "no baseline": replace(_line("odd", 10, 10, 100, 50), baseline=()),
    }
    for name, line in odd.items():
        yield replace(good, key=PageKey(name), layout=_layout((*good.layout.lines, line)))
    yield _page("as wide as a scroll", ("in principio " * 40,), width=8000)
    for side in ((1, 1), (3000, 1), (1, 300)):
        edge = side[0] - 1, side[1] - 1
        whole = Line(LineId("l1"), ((0, 0), (edge[0], 0), edge, (0, edge[1])), ((0, edge[1]), edge))
        layout = Layout(LayoutOrigin(LayoutKind.WHOLE, "whole image"), lines=(whole,))
        yield OpenPage(PageKey(f"{side[0]} by {side[1]}"), Image.new("L", side, PAPER), layout)
