"""TrOCR as a stage: a small model that knows a few lines by heart, and must stop doing so when it is misfed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from htrkit import testing
from htrkit.domain.computing import Geometry
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line, ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage, ReadingOptions
from htrkit.engines import trocr_lines, trocr_torch
from htrkit.engines.line_pictures import Mode, line_pictures
from htrkit.engines.trocr_lines import COST_HEIGHT, COSTLIEST, TrocrLines
from htrkit.engines.trocr_network import placed
from htrkit.engines.trocr_torch import TorchWriter
from htrkit.engines.trocr_writing import Written
from htrkit.run.given_layout import whole_picture
from tests.fakes.trocr_models import LESSONS, SIDE, Lesson

pytestmark = pytest.mark.slow

TEXTS = [lesson.text for lesson in LESSONS]
Cut = Callable[[Image.Image], Image.Image]


def stage_of(folder: Path, *, beams: int = 1, max_new_tokens: int | None = None) -> TrocrLines:
    options = ReadingOptions(beams=beams, max_new_tokens=max_new_tokens)
    return TrocrLines(LoadOrder(str(folder), ModelFacts(folder.name, "a" * 64), options=options))


def writer_of(stage: TrocrLines) -> TorchWriter:
    assert isinstance(stage._writer, TorchWriter)
    return stage._writer


@pytest.fixture(scope="session")
def taught(trocr: Path) -> TrocrLines:
    return stage_of(trocr)


def opened(picture: Image.Image) -> OpenPage:
    page = OpenPage(PageKey("p"), picture)
    return replace(page, layout=whole_picture(page))


def read(stage: TrocrLines, picture: Image.Image) -> Layout:
    prepared = stage.prepare(opened(picture))
    return stage.finish(prepared, stage.infer(prepared.items))


def texts(stage: TrocrLines) -> list[str]:
    return [read(stage, lesson.picture()).lines[0].text for lesson in LESSONS]


def sheet(lessons: tuple[Lesson, ...] = LESSONS) -> OpenPage:
    """Give a page with the lessons below each other, one box each."""
    heights = [lesson.size[1] for lesson in lessons]
    page = Image.new("RGB", (260, sum(heights) + 10 * len(lessons)), "white")
    lines, top = [], 5
    for number, lesson in enumerate(lessons):
        picture = lesson.picture()
        page.paste(picture, (0, top))
        right, bottom = picture.width - 1, top + picture.height - 1
        boundary = ((0, top), (right, top), (right, bottom), (0, bottom))
        lines.append(Line(LineId(f"l{number}"), boundary, ((0, bottom - 4), (right, bottom - 4))))
        top += picture.height + 10
    return OpenPage(PageKey("sheet"), page, Layout(LayoutOrigin(LayoutKind.PAGE_XML, "x.xml"), lines=tuple(lines)))


# What it knows by heart, and ways to feed it wrongly.


@pytest.mark.parametrize("beams", [1, 3])
def test_lines_that_it_knows_are_read_to_the_letter(trocr: Path, beams: int) -> None:
    stage = stage_of(trocr, beams=beams)
    assert texts(stage) == TEXTS
    for lesson in LESSONS:
        layout = read(stage, lesson.picture())
        assert 0.9 < (layout.lines[0].confidence or 0) <= 1
        assert layout.notes == ()


def test_confidence_is_the_same_whether_text_was_found_greedily_or_with_beams(trocr: Path) -> None:
    for lesson in LESSONS:
        sure = [read(stage_of(trocr, beams=beams), lesson.picture()).lines[0].confidence for beams in (1, 2)]
        assert sure[0] == pytest.approx(sure[1], abs=1e-4)


@pytest.mark.parametrize("numbers", [torch.float16, torch.bfloat16])
def test_lines_are_read_to_the_letter_in_half_precision(trocr: Path, numbers: torch.dtype) -> None:
    stage = stage_of(trocr)
    writer = writer_of(stage)
    writer.network = placed(writer.network.to(numbers), "cpu")
    assert texts(stage) == TEXTS


def turned(cut: Image.Image) -> Image.Image:
    return Image.merge("RGB", cut.split()[::-1])


def without_colour(cut: Image.Image) -> Image.Image:
    return cut.convert("L").convert("RGB")


def in_its_shape(cut: Image.Image) -> Image.Image:
    """As models of other families want lines: scaled without a change of shape, the rest white."""
    return ImageOps.pad(cut, (SIDE, SIDE), color="white", centering=(0, 0))


@pytest.mark.parametrize("mutant", [turned, without_colour, in_its_shape, ImageOps.invert, ImageOps.mirror])
def test_lines_are_not_read_when_their_pictures_are_made_wrongly(
    trocr: Path, monkeypatch: pytest.MonkeyPatch, mutant: Cut
) -> None:
    def wrongly(page: OpenPage, layout: Layout, *, mode: Mode, geometry: Geometry) -> Iterator[tuple[Line, Any]]:
        for line, cut in line_pictures(page, layout, mode=mode, geometry=geometry):
            yield line, cut if isinstance(cut, str) else mutant(cut)

    monkeypatch.setattr(trocr_lines, "line_pictures", wrongly)
    assert texts(stage_of(trocr)) != TEXTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("do_normalize", False),
        ("do_rescale", False),
        ("image_mean", [0.4, 0.6, 0.5]),
        ("image_std", [0.1, 0.1, 0.1]),
        ("do_resize", False),
    ],
)
def test_lines_are_not_read_when_the_processor_is_not_followed(trocr: Path, name: str, value: object) -> None:
    stage = stage_of(trocr)
    setattr(writer_of(stage).around.processor.pictures, name, value)
    try:
        found = texts(stage)
    except ValueError as error:
        # A line that is no square does not even go in.
        assert name == "do_resize", error
    else:
        assert found != TEXTS


def test_lines_are_not_read_when_the_first_token_is_another(trocr: Path) -> None:
    stage = stage_of(trocr)
    writer_of(stage).around.rules.decoder_start_token_id = 7
    assert texts(stage) != TEXTS


@pytest.mark.parametrize("by", [-1, 1])
def test_lines_are_not_read_when_tokens_are_shifted(trocr: Path, monkeypatch: pytest.MonkeyPatch, by: int) -> None:
    stage = stage_of(trocr)
    whole = trocr_torch.write

    def shifted(*words: Any) -> list[Written]:
        return [replace(one, tokens=np.clip(one.tokens + by, 0, None)) for one in whole(*words)]

    monkeypatch.setattr(trocr_torch, "write", shifted)
    assert texts(stage) != TEXTS


def test_pixels_reach_the_network_as_transformers_own_processor_makes_them(
    taught: TrocrLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []
    whole = trocr_torch.write
    monkeypatch.setattr(trocr_torch, "write", lambda *words: (seen.append(words[1]), whole(*words))[1])
    for lesson in LESSONS:
        read(taught, lesson.picture())
        expected = writer_of(taught).around.processor.pictures(lesson.picture(), return_tensors="pt").pixel_values
        assert torch.allclose(seen[-1], expected, atol=1e-6)


# Pages.


def test_lines_of_a_page_are_cut_out_and_read_in_place(taught: TrocrLines) -> None:
    """What is cut out of a page differs a little from the lesson, at the edges: most of it is still known."""
    page = sheet()
    prepared = taught.prepare(page)
    layout = taught.finish(prepared, taught.infer(prepared.items))
    assert [line.id for line in layout.lines] == [f"l{number}" for number in range(len(LESSONS))]
    right = [line.text == text for line, text in zip(layout.lines, TEXTS, strict=True)]
    assert sum(right) >= len(right) - 2


def test_a_grey_page_is_read_too(taught: TrocrLines) -> None:
    assert read(taught, LESSONS[2].picture().convert("L")).lines[0].unread is None


@pytest.mark.parametrize("beams", [1, 2])
def test_a_line_in_a_batch_is_read_as_alone(trocr: Path, beams: int) -> None:
    stage = stage_of(trocr, beams=beams)
    items = stage.prepare(sheet()).items
    for item, together in zip(items, stage.infer(items), strict=True):
        (alone,) = stage.infer([item])
        assert np.array_equal(np.asarray(alone.arrays[0]), np.asarray(together.arrays[0]))
        assert np.allclose(np.asarray(alone.arrays[1]), np.asarray(together.arrays[1]), atol=1e-5)


def test_the_longer_a_line_the_more_it_costs_up_to_a_bound(taught: TrocrLines) -> None:
    costs = []
    for size in ((64, 32), (320, 32), (3200, 32), (9000, 32)):
        picture = Image.new("RGB", size, "white")
        picture.putpixel((3, 3), (0, 0, 0))
        costs.append(taught.prepare(opened(picture)).items[0].cost)
    assert costs == [2 * COST_HEIGHT, 10 * COST_HEIGHT, COSTLIEST, COSTLIEST]


def test_an_item_is_a_square_of_bytes(taught: TrocrLines) -> None:
    (pixels,) = taught.prepare(opened(LESSONS[0].picture())).items[0].arrays
    assert (pixels.shape, np.asarray(pixels).dtype) == ((3, SIDE, SIDE), np.uint8)


@pytest.mark.parametrize("size", [(60, 1), (1, 60), (3, 3), (60, 3), (3, 1), (9000, 700)])
def test_lines_of_odd_sizes_are_read(taught: TrocrLines, size: tuple[int, int]) -> None:
    picture = Image.effect_noise(size, 60).convert("RGB")
    picture.putpixel((0, 0), (0, 0, 0))
    assert read(taught, picture).lines[0].unread is None


@pytest.mark.parametrize("colour", ["white", "black", (7, 80, 7)])
def test_a_line_of_one_colour_says_so_and_has_no_item(taught: TrocrLines, colour: Any) -> None:
    prepared = taught.prepare(opened(Image.new("RGB", (60, 16), colour)))
    assert prepared.items == ()
    (line,) = taught.finish(prepared, ()).lines
    assert "of one colour" in str(line.unread)
    assert (line.text, line.confidence) == ("", None)


def test_lines_wider_than_the_square_bears_are_noted_once_a_page(taught: TrocrLines) -> None:
    wide = Lesson("", 3, (0, 0, 0), size=(600, 20))
    (note,) = read(taught, wide.picture()).notes
    assert (note.code, note.line, note.flag) == ("wide-line", "l1", False)
    assert "1 of 1 lines" in note.message
    assert "30 times" in note.message


@pytest.mark.parametrize("beams", [1, 2])
def test_a_text_that_was_cut_short_is_flagged(trocr: Path, beams: int) -> None:
    stage = stage_of(trocr, max_new_tokens=5, beams=beams)
    layout = read(stage, LESSONS[3].picture())
    (note,) = layout.notes
    assert (note.code, note.line, note.flag) == ("truncated", "l1", True)
    assert "after 5 tokens" in note.message
    assert LESSONS[3].text.startswith(layout.lines[0].text)


def test_numbers_that_overflow_in_half_precision_are_computed_again_in_wider_ones(
    trocr: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of(trocr)
    whole, calls = trocr_torch.write, []

    def overflowing(network: Any, pixels: torch.Tensor, rules: Any) -> list[Written]:
        calls.append(pixels.dtype)
        written = whole(network, pixels, rules)
        bad = len(calls) == 1
        return [replace(one, probabilities=one.probabilities * np.nan) for one in written] if bad else written

    writer = writer_of(stage)
    writer.network = writer.network.to(torch.bfloat16)
    monkeypatch.setattr(trocr_torch, "write", overflowing)
    assert read(stage, LESSONS[0].picture()).lines[0].text == TEXTS[0]
    assert calls == [torch.bfloat16, torch.float32]


# The contract.


@pytest.mark.parametrize("check", testing.CHECKS, ids=lambda check: check.__name__)
def test_it_does_what_every_engine_must(trocr: Path, check: Callable[[testing.Tried], None]) -> None:
    first, last = sheet(LESSONS[:3]), replace(sheet(LESSONS[3:]), key=PageKey("q"))
    check(testing.Tried(lambda: stage_of(trocr), (first, last)))
