"""The contract of engines: one that keeps it passes, and each way of breaking it is found by the check for it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.testing import CHECKS, ContractBroken, Tried, check_engine, sample_pages


class Good:
    """Reads a line as the number of its dark columns."""

    def __init__(self) -> None:
        self.model = ModelFacts("columns", "")

    def prepare(self, page: OpenPage) -> Prepared:
        assert page.layout is not None
        lines, items = [], []
        for line in page.layout.lines:
            pixels = self.pixels(page, line.boundary)
            if not pixels.size or pixels.min() == pixels.max():
                lines.append(replace(line, unread="nothing is there"))
            else:
                lines.append(line)
                items.append(Item((pixels,), cost=float(pixels.shape[1]), line=line.id))
        return Prepared(replace(page, layout=replace(page.layout, lines=tuple(lines))), tuple(items))

    def pixels(self, page: OpenPage, boundary: Sequence[tuple[int, int]]) -> "np.ndarray":
        grey = np.asarray(page.picture)
        xs, ys = [max(x, 0) for x, _ in boundary] or [0], [max(y, 0) for _, y in boundary] or [0]
        return np.ascontiguousarray(grey[min(ys) : max(ys) + 1, min(xs) : max(xs) + 1])

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return [Raw((np.array([self.count(item)], dtype=np.int64),)) for item in items]

    def count(self, item: Item) -> int:
        return int((np.asarray(item.arrays[0]) < 128).any(axis=0).sum())

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        layout = prepared.page.layout
        assert layout is not None
        texts = {item.line: str(raw.arrays[0]) for item, raw in zip(prepared.items, raws, strict=True)}
        return replace(
            layout,
            lines=tuple(replace(line, text=texts.get(line.id, ""), confidence=0.5) for line in layout.lines),
        )


class Unsorted(Good):
    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return super().infer(sorted(items, key=lambda item: -item.cost))


class ByBatch(Good):
    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return [Raw((np.array([self.count(item) + len(items)]),)) for item in items]


class Forgetful(Good):
    read = 0

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        self.read += 1
        return [Raw((np.array([self.count(item) + self.read]),)) for item in items]


class KeepsThePage(Good):
    """Keeps what it prepared until it is asked to finish it, and takes it for the next page's."""

    kept: Sequence[Item] = ()

    def prepare(self, page: OpenPage) -> Prepared:
        prepared = super().prepare(page)
        self.kept = self.kept or prepared.items
        return prepared

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        behind = len(self.kept) - len(items)
        return [Raw((np.array([self.count(item) + behind]),)) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        self.kept = ()
        return super().finish(prepared, raws)


class Pads(Good):
    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return [*super().infer(items), Raw((np.zeros(1),))]


class SwallowsMemory(Good):
    def count(self, item: Item) -> int:
        try:
            return super().count(item)
        except MemoryError:
            return 0


class StumblesOnOdd(Good):
    def prepare(self, page: OpenPage) -> Prepared:
        assert page.layout is not None
        if any(not line.boundary for line in page.layout.lines):
            raise ValueError("no boundary")
        return super().prepare(page)


class Invents(Good):
    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        layout = super().finish(prepared, raws)
        return replace(layout, lines=layout.lines or (replace(_any_line(), text="finis"),))


class Paints(Good):
    def prepare(self, page: OpenPage) -> Prepared:
        assert isinstance(page.picture, Image.Image)
        page.picture.putpixel((0, 0), (page.picture.getpixel((0, 0)) + 1) % 256)  # type: ignore[operator]
        return super().prepare(page)


class Turns(Good):
    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        layout = super().finish(prepared, raws)
        return replace(layout, lines=tuple(reversed(layout.lines)))


class TooSure(Good):
    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        layout = super().finish(prepared, raws)
        return replace(layout, lines=tuple(replace(line, confidence=97.0) for line in layout.lines))


class Reads(Good):
    """Reads nothing."""

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        layout = super().finish(prepared, raws)
        return replace(layout, lines=tuple(replace(line, text="") for line in layout.lines))


class Free(Good):
    def prepare(self, page: OpenPage) -> Prepared:
        prepared = super().prepare(page)
        return replace(prepared, items=tuple(replace(item, cost=0.0) for item in prepared.items))


class SendsObjects(Good):
    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        return [Raw((np.array(raw.arrays[0], dtype=object),)) for raw in super().infer(items)]


KEPT: list[Good] = []


class Stays(Good):
    def __init__(self) -> None:
        super().__init__()
        KEPT.append(self)


def _any_line() -> "object":
    (first, *_) = sample_pages()[0].layout.lines  # type: ignore[union-attr]
    return first


def test_an_engine_that_does_what_it_must_passes() -> None:
    check_engine(Good, sample_pages())


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (Unsorted, "answers_keep_the_order_of_items"),
        (ByBatch, "a_batch_of_one_reads_as_a_batch_of_many"),
        (Forgetful, "the_same_page_reads_the_same"),
        (Pads, "an_empty_page_is_read"),
        (SwallowsMemory, "memory_that_is_wanting_is_said"),
        (StumblesOnOdd, "odd_lines_cost_no_page"),
        (Invents, "an_empty_page_is_read"),
        (Paints, "the_picture_is_left_alone"),
        (Turns, "lines_keep_their_order_and_places"),
        (TooSure, "lines_keep_their_order_and_places"),
        (Reads, "something_is_read"),
        (Free, "items_can_travel"),
        (SendsObjects, "items_can_travel"),
        (KeepsThePage, "a_page_that_is_put_down_costs_the_next_nothing"),
        (Stays, "nothing_holds_it_when_it_is_let_go"),
    ],
)
def test_each_way_of_breaking_the_contract_is_found_by_its_check(broken: Callable[[], Good], check: str) -> None:
    with pytest.raises(ContractBroken, match=f"(?m)^{check}: "):
        check_engine(broken, sample_pages())
    KEPT.clear()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_check_can_be_run_alone_and_says_what_it_is_for(check: Callable[[Tried], None]) -> None:
    check(Tried(Good, sample_pages()))
    assert check.__doc__


def test_the_sample_pages_have_lines_that_hold_ink() -> None:
    pages = sample_pages()
    assert [len(page.layout.lines) for page in pages if page.layout] == [3, 2]
    assert all(page.layout.origin == LayoutOrigin(LayoutKind.PAGE_XML, "sample.xml") for page in pages if page.layout)
