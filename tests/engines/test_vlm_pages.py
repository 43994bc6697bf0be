"""Qwen3-VL and Churro as stages: small models that know a few pages by heart, and must stop doing so when misfed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from htrkit import testing
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line
from htrkit.domain.stages import Item, LoadOrder, ReadingOptions
from htrkit.engines.churro_pages import ChurroPages
from htrkit.engines.qwen3_vl_pages import LEAST_PIXELS, PAGE_PIXELS, Qwen3VlPages
from htrkit.engines.vlm_model import load_vlm
from htrkit.engines.vlm_pages import INVENTED, TRUNCATED
from htrkit.engines.vlm_pictures import Bounds
from tests.fakes.vlm_taught import PROMPTINGS, TEXTS, Taught, opened, read, stage_of, text_of


def texts_of(taught: Taught) -> list[str]:
    return [text_of(read(taught.stage, lesson.picture)) for lesson in taught.pages]


def test_pages_that_were_learned_are_read_exactly(taught: Taught) -> None:
    assert texts_of(taught) == list(TEXTS)


def test_lines_say_how_sure_the_model_is(taught: Taught) -> None:
    lines = read(taught.stage, taught.lessons[0].picture).lines
    assert all(line.confidence is not None and 0.5 < line.confidence <= 1 for line in lines)


def test_a_page_in_a_batch_is_read_as_alone_and_the_order_is_kept(taught: Taught) -> None:
    items = [taught.stage.prepare(opened(lesson.picture)).items[0] for lesson in taught.pages]
    alone = [taught.stage.infer([item])[0] for item in items]
    together = taught.stage.infer(items[::-1])[::-1]
    assert len({item.cost for item in items}) > 1
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one.arrays[0], other.arrays[0])
        assert np.allclose(one.arrays[1], other.arrays[1], atol=1e-3)


def test_the_same_input_gives_the_same_output(taught: Taught) -> None:
    item = taught.stage.prepare(opened(taught.lessons[0].picture)).items[0]
    one, other = (taught.stage.infer([item])[0] for _ in range(2))
    assert [array.tobytes() for array in one.arrays] == [array.tobytes() for array in other.arrays]


def fed(taught: Taught, change: Callable[[Item], Item]) -> list[str]:
    """Give what is read of every page where its item is changed on its way to the device."""
    found = []
    for lesson in taught.pages:
        prepared = taught.stage.prepare(opened(lesson.picture))
        raws = taught.stage.infer([change(item) for item in prepared.items])
        found.append(text_of(taught.stage.finish(prepared, raws)))
    return found


def pixels_of(item: Item) -> Any:
    return np.asarray(item.arrays[0])


def smaller(pixels: Any) -> Any:
    height, width = pixels.shape[:2]
    if height * width == LEAST_PIXELS:
        return pixels  # the library would scale it up again
    return np.asarray(Image.fromarray(pixels).resize((width * 4 // 5, height * 4 // 5)))


PIXEL_MUTANTS: dict[str, Callable[[Any], Any]] = {
    "blue for red": lambda pixels: pixels[:, :, ::-1],
    "half as bright": lambda pixels: pixels // 2,
    "smaller": smaller,
}


@pytest.mark.parametrize("mutant", sorted(PIXEL_MUTANTS))
def test_a_picture_that_is_prepared_wrongly_is_read_wrongly(taught: Taught, mutant: str) -> None:
    def change(item: Item) -> Item:
        factor = taught.stage._vlm.factor
        wrong = PIXEL_MUTANTS[mutant](pixels_of(item))
        height, width = (side // factor * factor for side in wrong.shape[:2])
        return replace(item, arrays=(np.ascontiguousarray(wrong[:height, :width]),))

    assert fed(taught, lambda item: item) == list(TEXTS)
    assert fed(taught, change) != list(TEXTS)


@pytest.mark.parametrize(
    ("name", "value"),
    [("image_mean", [0.0] * 3), ("do_normalize", False), ("do_rescale", False)],
)
def test_another_normalisation_is_read_wrongly(
    taught: Taught, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    monkeypatch.setattr(taught.stage._vlm.processor.image_processor, name, value)
    assert texts_of(taught) != list(TEXTS)


def test_padding_on_the_right_is_read_wrongly(taught: Taught, monkeypatch: pytest.MonkeyPatch) -> None:
    processor = taught.stage._vlm.processor

    class OnTheRight:
        image_processor = processor.image_processor
        tokenizer = processor.tokenizer
        apply_chat_template = processor.apply_chat_template

        def __call__(self, *, padding_side: str, **given: Any) -> Any:
            assert padding_side == "left"
            return processor(padding_side="right", **given)

    items = [taught.stage.prepare(opened(lesson.picture)).items[0] for lesson in taught.pages]
    right = [raw.arrays[0].tobytes() for raw in taught.stage.infer(items)]
    monkeypatch.setattr(taught.stage, "_vlm", replace(taught.stage._vlm, processor=OnTheRight()))
    assert [raw.arrays[0].tobytes() for raw in taught.stage.infer(items)] != right


def test_a_prompt_that_is_left_out_is_read_wrongly(taught: Taught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taught.stage, "_wording", replace(taught.stage._wording, system="", user="Else"))
    assert text_of(read(taught.stage, taught.lessons[0].picture)) == "no"


@pytest.mark.parametrize("shift", [-1, 1])
def test_tokens_that_are_cut_off_a_place_too_early_or_late_are_read_wrongly(taught: Taught, shift: int) -> None:
    prepared = taught.stage.prepare(opened(taught.lessons[0].picture))
    (raw,) = taught.stage.infer(prepared.items)
    tokens, chances = (np.asarray(array) for array in raw.arrays[:2])
    moved = (tokens[1:], chances[1:]) if shift > 0 else (tokens[:-1], chances[:-1])
    assert text_of(taught.stage.finish(prepared, [replace(raw, arrays=(*moved, raw.arrays[2]))])) != TEXTS[0] or (
        taught.engine == "churro"  # what is lost there is a sign of its marks
    )


def test_the_prompt_that_the_user_gives_stands_beside_the_picture(taught: Taught) -> None:
    stage = stage_of(taught.engine, taught.folder, ReadingOptions(prompt="Else"))
    assert stage._wording.user == "Else"
    assert stage._wording.system == PROMPTINGS[taught.engine].system


def test_lines_are_read_one_by_one_where_that_is_asked(taught: Taught) -> None:
    prompting = PROMPTINGS[taught.engine]
    stage = stage_of(taught.engine, taught.folder, ReadingOptions(whole_pages=False, prompt=prompting.page))
    whole = Line(LineId("l7"), ((0, 0), (9, 0), (9, 9), (0, 9)), ((0, 7), (9, 7)))
    layout = Layout(LayoutOrigin(LayoutKind.WHOLE, "whole image"), lines=(whole,))
    read_ = read(stage, taught.lessons[0].picture, layout)
    assert [(line.id, line.text) for line in read_.lines] == [("l7", TEXTS[0].replace("\n", " "))]
    assert read_.lines[0].confidence is not None


def test_a_line_of_one_colour_is_not_asked_about(taught: Taught) -> None:
    stage = stage_of(taught.engine, taught.folder, ReadingOptions(whole_pages=False))
    whole = Line(LineId("l1"), ((0, 0), (9, 0), (9, 9), (0, 9)), ((0, 7), (9, 7)))
    layout = Layout(LayoutOrigin(LayoutKind.WHOLE, "whole image"), lines=(whole,))
    read_ = read(stage, Image.new("RGB", (90, 20), (250, 250, 250)), layout)
    assert (read_.lines[0].text, read_.lines[0].unread) == ("", "nothing is written there: the line is of one colour")


def test_a_page_of_one_colour_is_not_asked_about(taught: Taught) -> None:
    prepared = taught.stage.prepare(opened(Image.new("L", (900, 900), 255)))
    assert prepared.items == ()
    assert taught.stage.finish(prepared, ()).lines == ()


def test_text_on_a_page_with_hardly_any_ink_is_flagged(taught: Taught) -> None:
    blank = Image.new("RGB", (320, 320), (240, 240, 240))
    blank.putpixel((160, 160), (235, 235, 235))
    layout = read(taught.stage, blank)
    assert layout.lines
    assert INVENTED in [note.code for note in layout.notes if note.flag]
    assert INVENTED not in [note.code for note in read(taught.stage, taught.lessons[0].picture).notes]


@pytest.mark.parametrize("size", [(2, 1), (2, 700), (3000, 1), (7000, 5000)])
def test_pictures_of_any_size_become_items_within_the_bounds(taught: Taught, size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (200, 200, 200))
    picture.putpixel((0, 0), (0, 0, 0))
    (item,) = taught.stage.prepare(opened(picture)).items
    height, width, _ = item.arrays[0].shape
    assert height % taught.stage._vlm.factor == width % taught.stage._vlm.factor == 0
    assert height * width <= (PAGE_PIXELS if taught.engine == "qwen3-vl" else 2500 * 2500)
    assert item.cost == height * width / 1e6


def test_a_text_that_comes_to_the_limit_is_flagged(taught: Taught) -> None:
    stage = stage_of(taught.engine, taught.folder, ReadingOptions(max_new_tokens=5))
    layout = read(stage, taught.lessons[0].picture)
    assert TRUNCATED in [note.code for note in layout.notes if note.flag]
    assert TRUNCATED not in [note.code for note in read(taught.stage, taught.lessons[0].picture).notes]


def test_pictures_beyond_the_bounds_are_an_error_and_not_a_full_card(
    taught: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = taught.stage.prepare(opened(taught.lessons[0].picture)).items[0]
    order = LoadOrder(str(taught.folder), taught.stage.model)
    smaller = load_vlm(order, Bounds(None, 9, 9_999), frozenset({"qwen3_vl", "qwen2_5_vl"}))
    monkeypatch.setattr(taught.stage, "_vlm", smaller)
    with pytest.raises(ValueError, match="beyond the bounds"):
        taught.stage.infer([item])


# The contract


@pytest.mark.parametrize("check", testing.CHECKS, ids=lambda check: check.__name__)
def test_it_does_what_every_engine_must(taught: Taught, check: Callable[[testing.Tried], None]) -> None:
    first, last = (replace(opened(taught.pages[place].picture), key=PageKey(f"p{place}")) for place in (0, 3))
    options = ReadingOptions(max_new_tokens=200)
    check(testing.Tried(lambda: stage_of(taught.engine, taught.folder, options), (first, last)))


@pytest.mark.parametrize("check", testing.CHECKS, ids=lambda check: check.__name__)
def test_it_does_so_line_by_line(taught: Taught, check: Callable[[testing.Tried], None]) -> None:
    options = ReadingOptions(max_new_tokens=60, whole_pages=False)
    check(testing.Tried(lambda: stage_of(taught.engine, taught.folder, options), testing.sample_pages()))


def test_numbers_of_half_the_length_are_read_as_well(taught: Taught) -> None:
    """As on a GPU; computed here on the CPU."""
    stage = stage_of(taught.engine, taught.folder)
    stage._vlm.network.to(torch.bfloat16)
    assert [text_of(read(stage, lesson.picture)) for lesson in taught.pages] == list(TEXTS)


def test_a_page_worker_of_a_device_server_has_no_network(taught: Taught) -> None:
    made = {"qwen3-vl": Qwen3VlPages, "churro": ChurroPages}[taught.engine]
    served = made(LoadOrder(str(taught.folder), taught.stage.model, computes=False))
    assert served._vlm.network is None
    prepared = served.prepare(opened(taught.lessons[0].picture))
    assert text_of(served.finish(prepared, taught.stage.infer(prepared.items))) == TEXTS[0]


def test_want_of_memory_while_writing_is_said_and_leaves_the_model_usable(taught: Taught) -> None:
    item = taught.stage.prepare(opened(taught.lessons[0].picture)).items[0]
    network = taught.stage._vlm.network
    steps = 0

    def full(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise torch.OutOfMemoryError

    hook = network.register_forward_pre_hook(full)
    with pytest.raises(torch.OutOfMemoryError):
        taught.stage.infer([item, item])
    hook.remove()
    assert text_of(read(taught.stage, taught.lessons[0].picture)) == TEXTS[0]
