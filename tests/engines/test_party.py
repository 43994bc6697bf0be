"""What Party is shown and what is made of its answers, with a plug-in that writes down what it was shown."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.geometry import Points
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line, ModelFacts
from htrkit.domain.stages import LinePrompt, LoadOrder, OpenPage, ReadingOptions
from htrkit.engines.party_languages import iso_code, packed, unpacked
from htrkit.engines.party_lines import PartyLines
from tests.fakes.party_models import offer, write_fake

FACTS = ModelFacts("m", "0" * 64)
WIDTH, HEIGHT = 300, 200


@pytest.fixture(autouse=True)
def fake_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path / "site", monkeypatch)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_fake(tmp_path / "party.safetensors")


def stage(model: Path, options: ReadingOptions | None = None) -> PartyLines:
    return PartyLines(LoadOrder(str(model), FACTS, options=options or ReadingOptions()))


def network(reader: PartyLines) -> Any:
    return reader._party.network


def line(name: str, *baseline: tuple[int, int], boundary: Points | None = None, language: str | None = None) -> Line:
    left, top = baseline[0] if baseline else (0, 0)
    outline = boundary if boundary is not None else ((left, top - 20), (left + 60, top - 20), (left + 60, top + 4))
    return Line(LineId(name), outline, baseline, language=language)


THREE = (line("a", (30, 50), (270, 50)), line("b", (60, 100), (270, 100)), line("c", (90, 150), (270, 150)))


def page(*lines: Line, colour: tuple[int, int, int] = (250, 5, 5), language: str | None = None) -> OpenPage:
    origin = LayoutOrigin(LayoutKind.PAGE_XML, "p.xml")
    return OpenPage(
        PageKey("p"), Image.new("RGB", (WIDTH, HEIGHT), colour), Layout(origin, lines=lines, language=language)
    )


def read(reader: PartyLines, opened: OpenPage) -> Layout:
    prepared = reader.prepare(opened)
    return reader.finish(prepared, reader.infer(prepared.items))


def texts(layout: Layout) -> list[str]:
    return [one.text for one in layout.lines]


# What is shown


def test_each_line_is_shown_as_a_curve_on_its_page_in_the_pages_colours(model: Path) -> None:
    assert texts(read(stage(model), page(*THREE))) == ["? +-- 0.10 0.25", "? +-- 0.20 0.50", "? +-- 0.30 0.75"]
    assert texts(read(stage(model), page(THREE[0], colour=(5, 5, 250)))) == ["? --+ 0.10 0.25"]


def test_a_line_can_be_shown_as_the_box_around_its_outline(model: Path) -> None:
    reader = stage(model, ReadingOptions(line_prompt=LinePrompt.BOXES))
    assert texts(read(reader, page(THREE[1]))) == ["? +-- 0.20 0.40"]
    assert network(reader).shown == "boxes"


def test_a_grey_page_is_shown_in_colour(model: Path) -> None:
    grey = replace(page(THREE[0]), picture=Image.new("L", (WIDTH, HEIGHT), 200))
    assert stage(model).prepare(grey).items[0].arrays[0].shape == (40, 30, 3)
    assert texts(read(stage(model), grey)) == ["? +++ 0.10 0.25"]


def test_an_item_is_a_page_at_the_models_size_with_all_its_lines(model: Path) -> None:
    (item,) = stage(model).prepare(page(*THREE)).items
    pixels, prompts, languages = item.arrays
    assert (pixels.shape, np.asarray(pixels).dtype) == ((40, 30, 3), np.uint8)
    assert (prompts.shape, languages.shape, item.cost) == ((3, 8), (3, 0, 3), 3)


def test_a_page_is_encoded_once_and_its_lines_are_decoded_so_many_together(model: Path) -> None:
    reader = stage(model, ReadingOptions(lines_together=2))
    read(reader, page(*THREE))
    assert (network(reader).pages, network(reader).batches) == (1, [2, 1])
    assert network(reader).shown == "curves"


def test_there_is_room_for_as_many_lines_as_a_page_has_and_no_more(model: Path) -> None:
    reader = stage(model)
    read(reader, page(THREE[0]))
    assert network(reader)._lines == 1
    read(reader, page(*THREE))
    assert (network(reader)._lines, network(reader).batches) == (3, [1, 3])


@pytest.mark.parametrize("together", [1, 2, 3, 50])
def test_lines_read_alone_are_read_as_in_a_batch(model: Path, together: int) -> None:
    alike = read(stage(model, ReadingOptions(lines_together=together)), page(*THREE))
    assert alike == read(stage(model), page(*THREE))


def test_pages_of_one_batch_come_back_in_their_order(model: Path) -> None:
    reader = stage(model)
    pages = [page(*THREE), page(THREE[2]), page(THREE[1], THREE[0])]
    prepared = [reader.prepare(one) for one in pages]
    raws = reader.infer([one.items[0] for one in prepared])
    together = [texts(reader.finish(one, [raw])) for one, raw in zip(prepared, raws, strict=True)]
    assert together == [texts(read(reader, one)) for one in pages]
    assert together[2] == ["? +-- 0.20 0.50", "? +-- 0.10 0.25"]


def test_an_empty_page_asks_for_nothing(model: Path) -> None:
    prepared = stage(model).prepare(page())
    assert prepared.items == ()
    assert stage(model).finish(prepared, ()).lines == ()


# Lines that cannot be shown


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (line("x", (50, 60)), "fewer than two points"),
        (line("x"), "fewer than two points"),
        (line("x", (50, 60), (50, 60), (50, 60)), "fewer than two points"),
        (line("x", (50, 60), (53, 60)), "3 pixels long"),
        (line("x", (900, 60), (990, 60)), "fewer than two points on the page"),
        (line("odd", (50, 60), (150, 60)), "SVD did not converge"),
        (line("passed-over", (50, 60), (150, 60)), "outside of the page for Party"),
    ],
)
def test_a_line_that_cannot_be_shown_says_why_and_the_others_keep_their_text(model: Path, odd: Line, why: str) -> None:
    layout = read(stage(model), page(THREE[0], odd, THREE[2]))
    assert why in str(layout.lines[1].unread)
    assert texts(layout) == ["? +-- 0.10 0.25", "", "? +-- 0.30 0.75"]
    assert [one.unread is None for one in layout.lines] == [True, False, True]


@pytest.mark.parametrize(
    ("boundary", "why"),
    [
        ((), "no outline"),
        (((10, 10), (90, 10)), "80 x 0 pixels"),
        (((10, 10), (12, 10), (12, 13)), "2 x 3 pixels"),
        (((900, 10), (990, 10), (990, 40)), "0 x 30 pixels"),
    ],
)
def test_a_box_of_nothing_is_not_shown(model: Path, boundary: Points, why: str) -> None:
    reader = stage(model, ReadingOptions(line_prompt=LinePrompt.BOXES))
    layout = read(reader, page(line("x", (10, 50), (90, 50), boundary=boundary), THREE[0]))
    assert why in str(layout.lines[0].unread)
    assert texts(layout)[1] == "? +-- 0.10 0.15"


def test_a_line_that_leaves_the_page_is_shown_as_far_as_it_is_on_it(model: Path) -> None:
    assert texts(read(stage(model), page(line("x", (-40, 100), (900, 100))))) == ["? +-- 0.00 0.50"]


def test_a_point_given_twice_is_given_once(model: Path) -> None:
    twice = line("x", (30, 50), (30, 50), (270, 50), (270, 50))
    assert texts(read(stage(model), page(twice))) == ["? +-- 0.10 0.25"]


def test_a_line_known_to_be_unreadable_keeps_its_reason(model: Path) -> None:
    layout = read(stage(model), page(replace(THREE[0], unread="nowhere"), THREE[1]))
    assert (layout.lines[0].unread, texts(layout)) == ("nowhere", ["", "? +-- 0.20 0.50"])


def test_a_page_of_nothing_but_such_lines_asks_for_nothing(model: Path) -> None:
    prepared = stage(model).prepare(page(line("x", (1, 1))))
    assert prepared.items == ()
    assert "two points" in str(stage(model).finish(prepared, ()).lines[0].unread)


# Languages


def test_party_is_told_no_language_unless_asked(model: Path) -> None:
    assert texts(read(stage(model), page(replace(THREE[0], language="German"), language="Latin")))[0][:2] == "? "


def test_every_line_is_told_the_languages_that_are_asked_for(model: Path) -> None:
    reader = stage(model, ReadingOptions(languages=("deu", "lat")))
    assert texts(read(reader, page(THREE[0]))) == ["deu+lat +-- 0.10 0.25"]


def test_each_line_is_told_its_layouts_language_where_party_knows_it(model: Path) -> None:
    lines = [replace(THREE[0], language="German"), replace(THREE[1], language="Klingon"), THREE[2]]
    layout = read(stage(model, ReadingOptions(layout_languages=True)), page(*lines, language="la"))
    assert [text.split()[0] for text in texts(layout)] == ["deu", "?", "lat"]


def test_a_language_that_party_has_no_token_for_is_refused(model: Path) -> None:
    with pytest.raises(PreflightRefused, match="no token for xyz"):
        stage(model, ReadingOptions(languages=("deu", "xyz")))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("German", "deu"),
        ("de", "deu"),
        ("deu", "deu"),
        ("de-AT", "deu"),
        ("Klingonese", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_known_by_its_name_and_its_codes(given: str | None, code: str | None) -> None:
    assert iso_code(given) == code


@pytest.mark.parametrize("codes", [[[], []], [["deu"], []], [["deu", "lat"], ["lat"]], []])
def test_languages_survive_the_way_to_a_device(codes: Sequence[Sequence[str]]) -> None:
    assert unpacked(packed(codes)) == [list(one) for one in codes]


# What is made of the answers


def test_a_character_is_as_sure_as_its_bytes_and_stands_nowhere(model: Path) -> None:
    reader = stage(model)
    prepared = reader.prepare(page(THREE[0]))
    no_text = [260, 3 + 0xFF, 1, 2]
    ids = np.array([[260, 3 + 0xC3, 3 + 0xA4, *no_text, 3 + ord("b"), 0]], np.int32)
    sure = np.array([[0.1, 0.2, 0.4, *[0.1] * len(no_text), 0.9, 0.0]], np.float32)
    (raw,) = reader.infer(prepared.items)
    (read_line,) = reader.finish(prepared, [type(raw)((ids, sure, np.array([0], np.int32)))]).lines
    assert (read_line.text, [one.confidence for one in read_line.characters]) == ("äb", pytest.approx([0.3, 0.9]))
    assert read_line.confidence == pytest.approx(0.6)
    assert {one.polygon for one in read_line.characters} == {()}


@pytest.mark.parametrize(
    ("said", "text"), [(b"a\xc3", "a"), (b"a\xff\xc3\xa4b", "aäb"), (b"\xc3b\xa4c", "bc"), (b"", "")]
)
def test_bytes_that_are_no_text_are_left_out(model: Path, said: bytes, text: str) -> None:
    reader = stage(model)
    network(reader).speech = said
    layout = read(reader, page(THREE[0]))
    assert texts(layout) == [text]
    assert (layout.lines[0].confidence is None) == (not text)


def test_a_line_that_comes_to_the_decoders_end_is_flagged_and_no_other(tmp_path: Path) -> None:
    reader = stage(write_fake(tmp_path / "short.safetensors", positions=16))
    network(reader).speech = b"x" * 40
    cut = read(reader, page(*THREE[:1]))
    assert texts(cut) == ["x" * 14]
    assert [(note.code, note.line, note.flag) for note in cut.notes] == [("truncated", "a", True)]
    network(reader).speech = b"x" * 13
    assert read(reader, page(*THREE[:1])).notes == ()


def test_no_more_is_written_than_is_asked_for(model: Path) -> None:
    reader = stage(model, ReadingOptions(max_new_tokens=5))
    layout = read(reader, page(*THREE))
    assert texts(layout) == ["? +--"] * 3
    assert [note.line for note in layout.notes] == ["a", "b", "c"]


def test_lines_that_do_not_fit_together_are_read_in_halves_from_then_on(model: Path) -> None:
    reader = stage(model, ReadingOptions(lines_together=8))
    network(reader).fits = 2
    alike = [line(f"l{number}", (30, 30 + number * 20), (200, 30 + number * 20)) for number in range(8)]
    assert "" not in texts(read(reader, page(*alike)))
    assert network(reader).batches == [2, 2, 2, 2]


def test_a_line_that_does_not_fit_alone_is_its_pages_trouble(model: Path) -> None:
    reader = stage(model)
    network(reader).fits = 0
    with pytest.raises(torch.OutOfMemoryError):
        read(reader, page(*THREE))


def test_another_error_is_not_taken_for_want_of_memory(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = stage(model)
    tries: list[int] = []
    monkeypatch.setattr(network(reader), "predict_tokens", lambda **_: tries.append(1) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read(reader, page(*THREE))
    assert len(tries) == 1
