"""PyLaia's models read as the genuine package reads them, and nothing of their pickles is run."""

import os
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.names import PageKey
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Ahead, Item, LoadOrder, OpenPage, Raw
from htrkit.engines.pylaia_checkpoint import load_pylaia
from htrkit.engines.pylaia_lines import PylaiaLines
from htrkit.engines.pylaia_outline import plan_from
from htrkit.engines.pylaia_plan import NetworkPlan
from htrkit.files.checkpoint_outline import Named, read_outline
from htrkit.files.tensors_only import read_tensors
from htrkit.run.given_layout import whole_picture
from tests.fakes.pylaia_models import SYMBOLS, foreign_classes, network, plan, told, write_model, write_symbols

PLANS = [
    plan(),
    plan(sequencer="none"),
    plan(sequencer="maxpool"),
    plan(rnn="GRU"),
    plan(norm=False),
]
FACTS = ModelFacts("m", "0" * 64)


def stage(folder: Path) -> PylaiaLines:
    return PylaiaLines(LoadOrder(str(folder), FACTS))


def opened(picture: Image.Image) -> OpenPage:
    page = OpenPage(PageKey("p"), picture)
    return replace(page, layout=whole_picture(page))


def scribble(width: int, height: int = 16, *, seed: int = 1) -> Image.Image:
    chance = np.random.default_rng(seed)
    picture = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(picture)
    for left in range(2, max(width - 3, 3), 5):
        pen.line([(left, int(chance.integers(height))), (left + 3, int(chance.integers(height)))], fill=10, width=2)
    return picture


def read(reader: PylaiaLines, picture: Image.Image) -> Layout:
    prepared = reader.prepare(opened(picture))
    return reader.finish(prepared, reader.infer(prepared.items))


@pytest.mark.parametrize("made", PLANS, ids=lambda made: f"{made.sequencer}-{made.rnn}-{made.blocks[0].batch_norm}")
def test_a_checkpoint_gives_its_network_back(tmp_path: Path, made: NetworkPlan) -> None:
    built = write_model(tmp_path, made)
    found, symbols = load_pylaia(tmp_path)
    assert (found.plan, symbols) == (made, SYMBOLS)
    lines = torch.rand(2, 1, 16, 40)
    with torch.inference_mode():
        assert torch.equal(found(lines, [40, 40])[0], built(lines, [40, 40])[0])


@pytest.mark.parametrize("made", PLANS, ids=lambda made: f"{made.sequencer}-{made.rnn}-{made.blocks[0].batch_norm}")
def test_a_line_in_a_batch_is_read_as_alone(made: NetworkPlan) -> None:
    built = network(made)
    widths = [61, 24, 40, 4]
    lines = [torch.rand(1, 1, 16, width) for width in widths]
    batch = torch.cat([torch.nn.functional.pad(line, (0, 61 - line.shape[3])) for line in lines])
    with torch.inference_mode():
        together, frames = built(batch, widths)
        for row, (line, width) in enumerate(zip(lines, widths, strict=True)):
            alone, (count,) = built(line, [width])
            assert frames[row] == count == width // 4
            assert torch.allclose(together[:count, row], alone[:, 0], atol=1e-6)


def test_padding_that_is_not_made_nothing_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant of the test above: without the mend, a convolution's bias is seen from the line's end."""
    monkeypatch.setattr("htrkit.engines.pylaia_network.blank_beyond", lambda values, _: values)
    built = network(plan())
    line = torch.rand(1, 1, 16, 24)
    batch = torch.cat([torch.nn.functional.pad(line, (0, 40)), torch.rand(1, 1, 16, 64)])
    with torch.inference_mode():
        together, _ = built(batch, [24, 64])
        alone, _ = built(line, [24])
    assert not torch.allclose(together[:6, 0], alone[:, 0], atol=1e-4)


def test_lines_of_different_heights_are_read_in_groups_and_come_back_in_order(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    reader = stage(tmp_path)
    pictures = [scribble(60, 16), scribble(80, 40), scribble(50, 16, seed=2), scribble(90, 23)]
    items = [reader.prepare(opened(picture)).items[0] for picture in pictures]
    together = reader.infer(items)
    for item, raw in zip(items, together, strict=True):
        (alone,) = reader.infer([item])
        assert np.array_equal(np.asarray(alone.arrays[0]), np.asarray(raw.arrays[0]))
        assert np.allclose(np.asarray(alone.arrays[1]), np.asarray(raw.arrays[1]), atol=1e-6)


def test_a_line_for_a_network_of_fixed_height_is_scaled_to_it(tmp_path: Path) -> None:
    write_model(tmp_path, plan(sequencer="none"))
    (item,) = stage(tmp_path).prepare(opened(scribble(101, 40))).items
    assert item.arrays[0].shape == (1, 16, int(101 * 16 / 40))
    assert item.cost == 40


def test_a_line_for_a_network_of_any_height_keeps_its_own(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    picture = scribble(101, 40)
    (item,) = stage(tmp_path).prepare(opened(picture)).items
    expected = (255 - np.asarray(picture, dtype=np.float32)) / np.float32(255)
    assert np.array_equal(np.asarray(item.arrays[0])[0], expected)


def test_a_line_too_narrow_for_a_frame_is_padded_on_both_sides(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    (item,) = stage(tmp_path).prepare(opened(scribble(3, 16))).items
    assert item.arrays[0].shape == (1, 16, 4)


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (Image.new("L", (60, 16), 255), "nothing is written there"),
        (Image.new("RGB", (60, 16), (7, 7, 7)), "nothing is written there"),
        (scribble(60, 3), "3 pixels high, and the model reads lines from 4 on"),
    ],
)
def test_a_line_that_cannot_be_read_says_why_and_has_no_item(tmp_path: Path, picture: Image.Image, why: str) -> None:
    write_model(tmp_path, plan())
    prepared = stage(tmp_path).prepare(opened(picture))
    assert prepared.items == ()
    layout = stage(tmp_path).finish(prepared, ())
    assert why in str(layout.lines[0].unread)
    assert (layout.lines[0].text, layout.lines[0].confidence) == ("", None)


def test_a_line_of_no_width_at_the_models_height_says_so(tmp_path: Path) -> None:
    write_model(tmp_path, plan(sequencer="none"))
    prepared = stage(tmp_path).prepare(opened(scribble(4, 400)))
    assert "nothing is left of the line" in str(prepared.page.layout and prepared.page.layout.lines[0].unread)


class Told:
    """Says of every line what it is told."""

    ahead: Ahead | None = None

    def __init__(self, symbols: Sequence[int]) -> None:
        self._raw = Raw((np.array(symbols, np.int32), np.ones(len(symbols), np.float32)))

    def raws(self, lines: Sequence[Any]) -> Sequence[Raw]:
        return [self._raw] * len(lines)


def spoken(reader: PylaiaLines, symbols: Sequence[int]) -> Any:
    reader._reader = Told(symbols)
    return read(reader, scribble(4 * len(symbols))).lines[0]


def test_repeated_symbols_are_one_and_blanks_part_them(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    line = spoken(stage(tmp_path), [2, 2, 0, 2, 1, 1, 3, 0, 12])
    assert line.text == "aa b\N{REPLACEMENT CHARACTER}"
    assert line.confidence == pytest.approx(1.0)
    assert [one.text for one in line.characters] == ["a", "a", " ", "b", "\N{REPLACEMENT CHARACTER}"]


def test_a_line_of_blanks_is_empty_and_has_no_confidence(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    line = spoken(stage(tmp_path), [0, 0, 0, 0, 0])
    assert (line.text, line.confidence, line.characters) == ("", None, ())


def test_confidence_is_that_of_the_first_frame_of_each_sign(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    reader = stage(tmp_path)
    best, sure = np.array([2, 2, 0, 3], np.int32), np.array([0.5, 0.9, 0.9, 0.7], np.float32)
    prepared = reader.prepare(opened(scribble(16)))
    raw = reader.infer(prepared.items)[0]
    layout = reader.finish(prepared, [type(raw)((best, sure))])
    assert layout.lines[0].confidence == pytest.approx(0.6)


def test_text_from_right_to_left_is_in_logical_order(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    reader = stage(tmp_path)
    reader._symbols = ("", " ", *"אבגדהוזחטי", "?")
    assert spoken(reader, [2, 0, 3, 0, 4]).text == "גבא"


# The files


@pytest.mark.parametrize("weights", ["weights.ckpt", "epoch=1-last.ckpt"])
def test_weights_are_found_by_their_names(tmp_path: Path, weights: str) -> None:
    write_model(tmp_path, plan(), weights=weights)
    load_pylaia(tmp_path)
    load_pylaia(tmp_path / weights)


def test_model_and_symbols_may_lie_above_the_checkpoints(tmp_path: Path) -> None:
    write_model(tmp_path, plan(), weights="weights.ckpt")
    (tmp_path / "experiment").mkdir()
    (tmp_path / "weights.ckpt").rename(tmp_path / "experiment" / "epoch=9-lowest_va_cer.ckpt")
    load_pylaia(tmp_path)
    load_pylaia(tmp_path / "experiment")


def test_of_several_checkpoints_the_one_with_the_lowest_error_is_taken(tmp_path: Path) -> None:
    write_model(tmp_path, plan(), weights="epoch=2-lowest_va_cer.ckpt")
    (tmp_path / "epoch=9-last.ckpt").write_bytes(b"never read")
    os.utime(tmp_path / "epoch=2-lowest_va_cer.ckpt", (1, 1))
    load_pylaia(tmp_path)


@pytest.mark.parametrize(
    ("gone", "said"),
    [("model", "`model`"), ("epoch=3-lowest_va_cer.ckpt", "no checkpoint"), ("syms.txt", "syms.txt")],
)
def test_a_file_that_is_missing_is_named(tmp_path: Path, gone: str, said: str) -> None:
    folder = tmp_path / "m"
    write_model(folder, plan())
    (folder / gone).unlink()
    with pytest.raises(PreflightRefused, match=said):
        load_pylaia(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match="no such folder"):
        load_pylaia(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", b"PK\x03\x04", b"\x80\x02."])
@pytest.mark.parametrize("name", ["model", "epoch=3-lowest_va_cer.ckpt"])
def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    write_model(tmp_path, plan())
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PreflightRefused, match=name.replace("=", ".")):
        load_pylaia(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vertical_text", True),
        ("image_sequencer", "wavelet-3"),
        ("image_sequencer", "none-x"),
        ("rnn_type", "RNN"),
        ("rnn_layers", "two"),
        ("cnn_activation", ["Exec"] * 3),
        ("cnn_poolsize", [[2, 2]]),
        ("cnn_kernel_size", None),
    ],
)
def test_a_network_that_cannot_be_built_is_said(tmp_path: Path, name: str, value: object) -> None:
    with foreign_classes() as foreign:
        kwargs = {**told(plan(), foreign), name: value}
    with pytest.raises(PreflightRefused, match="no PyLaia model can be read"):
        plan_from({"kwargs": kwargs}, tmp_path / "model")


@pytest.mark.parametrize("saved", [None, {}, {"kwargs": 3}, [1]])
def test_a_model_file_that_says_nothing_is_said(tmp_path: Path, saved: object) -> None:
    with pytest.raises(PreflightRefused, match="does not say how its network is built"):
        plan_from(saved, tmp_path / "model")


def test_weights_of_another_network_are_said(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    write_model(tmp_path / "other", plan(rnn="GRU"))
    (tmp_path / "other" / "model").replace(tmp_path / "model")
    with pytest.raises(PreflightRefused, match="not those of the network"):
        load_pylaia(tmp_path)


@pytest.mark.parametrize("saved", [[], {"state_dict": 5}, {"tr_engine": {"model": None}}])
def test_a_checkpoint_without_weights_is_said(tmp_path: Path, saved: object) -> None:
    write_model(tmp_path, plan())
    torch.save(saved, tmp_path / "epoch=3-lowest_va_cer.ckpt")
    with pytest.raises(PreflightRefused, match="no weights"):
        load_pylaia(tmp_path)


def test_checkpoints_of_before_kept_their_weights_elsewhere_and_are_read(tmp_path: Path) -> None:
    built = write_model(tmp_path, plan())
    torch.save({"tr_engine": {"model": built.state_dict()}}, tmp_path / "epoch=3-lowest_va_cer.ckpt")
    load_pylaia(tmp_path)


@pytest.mark.parametrize("content", ["a\n", "a x\n", "<ctc> 0\na 2\n"])
def test_a_list_of_symbols_that_is_none_is_said(tmp_path: Path, content: str) -> None:
    write_model(tmp_path, plan())
    (tmp_path / "syms.txt").write_text(content)
    with pytest.raises(PreflightRefused, match=r"syms\.txt"):
        load_pylaia(tmp_path)


def test_symbols_of_another_model_are_said(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    write_symbols(tmp_path / "syms.txt", SYMBOLS[:-1])
    with pytest.raises(PreflightRefused, match="12 symbols, and the network writes 13"):
        load_pylaia(tmp_path)


class Deed:
    """What somebody who means harm would pickle."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


@pytest.mark.parametrize("name", ["model", "epoch=3-lowest_va_cer.ckpt"])
def test_nothing_in_a_checkpoint_is_run(tmp_path: Path, name: str) -> None:
    write_model(tmp_path, plan())
    torch.save({"kwargs": {}, "state_dict": {}, "deed": Deed(tmp_path / "done")}, tmp_path / name)
    with pytest.raises(PreflightRefused):
        load_pylaia(tmp_path)
    assert not (tmp_path / "done").exists()
    for found in (read_tensors(tmp_path / name), read_outline(tmp_path / name)):
        assert isinstance(found["deed"], str | Named)
    assert not (tmp_path / "done").exists()


def test_a_bare_pickle_is_run_no_more_than_one_in_a_zip(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(pickle.dumps(Deed(tmp_path / "done")))
    for read_it in (read_tensors, read_outline):
        with pytest.raises(PreflightRefused):
            read_it(tmp_path / "x")
    assert not (tmp_path / "done").exists()


# Against the genuine package


@pytest.fixture
def genuine(shared: Path) -> Path:
    return shared / "data" / "pylaia"


def line_item(folder: Path, name: str, reader: PylaiaLines) -> Item:
    with Image.open(folder / "lines" / name) as picture:
        return reader.prepare(opened(picture.convert("L"))).items[0]


@pytest.mark.parametrize(("name", "height"), [("m0", 0), ("m128", 128)])
def test_scores_are_those_of_the_genuine_package(genuine: Path, name: str, height: int) -> None:
    reference = torch.load(genuine / "ref.pt", weights_only=True)[height]
    network_, _ = load_pylaia(genuine / name)
    for number, expected in zip(reference["order"], reference["singles"], strict=True):
        with Image.open(genuine / "lines" / f"l{40 + number}.png") as picture:
            grey = np.asarray(picture.convert("L"), dtype=np.float32)
        line = torch.from_numpy((255 - grey) / 255)[None, None]
        with torch.inference_mode():
            scores, (count,) = network_(line, [line.shape[3]])
        assert count == len(expected)
        assert torch.allclose(scores[:, 0], expected, atol=1e-4), number


@pytest.mark.parametrize("name", ["m0-trained", "m128-trained"])
def test_trained_checkpoints_of_the_genuine_package_read_their_lines(genuine: Path, name: str) -> None:
    reader = stage(genuine / name)
    rows = (genuine / "lines" / "expected.tsv").read_text(encoding="utf-8").splitlines()
    wanted = dict(row.split("\t") for row in rows)
    found = {}
    for file in wanted:
        with Image.open(genuine / "lines" / file) as picture:
            found[file] = read(reader, picture.convert("L")).lines[0]
    assert {file: line.text for file, line in found.items()} == wanted
    confidences = {
        "m0-trained": (0.957, 0.930, 0.933, 0.909, 0.954, 0.936),
        "m128-trained": (0.918, 0.958, 0.937, 0.968, 0.909, 0.946),
    }[name]
    assert [line.confidence for line in found.values()] == pytest.approx(confidences, abs=0.01)


MUTANTS = {
    "not inverted": lambda ink: 1 - ink,
    "not scaled to 1": lambda ink: ink * 255,
    "upside down": lambda ink: ink[:, ::-1].copy(),
    "from right to left": lambda ink: ink[:, :, ::-1].copy(),
}


@pytest.mark.parametrize("name", ["m0-trained", "m128-trained"])
@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_a_step_of_preprocessing_that_is_broken_is_seen_in_the_text(genuine: Path, name: str, mutant: str) -> None:
    reader = stage(genuine / name)
    item = line_item(genuine, "t1.png", reader)
    broken = replace(item, arrays=(MUTANTS[mutant](np.asarray(item.arrays[0])),))
    right, wrong = (np.asarray(reader.infer([one])[0].arrays[0]) for one in (item, broken))
    assert not np.array_equal(right, wrong)


def test_lines_at_another_height_are_not_read(genuine: Path) -> None:
    reader = stage(genuine / "m0-trained")
    with Image.open(genuine / "lines" / "t1.png") as picture:
        scaled = picture.convert("L").resize((int(picture.width * 128 / picture.height), 128))
    assert read(reader, scaled).lines[0].text != "the quick brown fox jumps"
