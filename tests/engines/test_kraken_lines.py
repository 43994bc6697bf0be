"""Kraken's recognisers as a stage, with torch and kraken's cutting: its own text, for every kind of model."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.computing import Geometry
from htrkit.domain.failure import Step
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Direction, Layout, LayoutKind, LayoutOrigin, Line, ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage
from htrkit.engines.kraken_lines import KrakenLines
from htrkit.layouts.sidecar import read_sidecar
from htrkit.models.catalog import MODERN
from htrkit.run.inference import LocalInference

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
NAME = "letter-cork"
UNIFORM = "nothing is written there: the line is of one colour"
LETTERS = "abcdefghijklmnopqrstuvwxyz אבגד"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small models of each kind, with weights by chance: equal text then needs equal pixels."""
    import torch  # noqa: PLC0415 - seconds that only slow tests pay
    from kraken.lib.codec import PytorchCodec  # noqa: PLC0415
    from kraken.lib.vgsl import TorchVGSLModel  # noqa: PLC0415
    from kraken.models import write_safetensors  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("models")
    codec = PytorchCodec(LETTERS)
    found = {}
    for name, seg_type, legacy, channels in (
        ("baselines", "baselines", False, 1),
        ("legacy", "baselines", True, 1),
        ("colour", "baselines", False, 3),
        ("boxes", "bbox", False, 1),
    ):
        torch.manual_seed(3)
        layers = f"[1,48,0,{channels} Cr3,3,8 Mp2,2 Cr3,3,8 Mp2,2 S1(1x0)1,3 Lbx16 O1c{codec.max_label + 1}]"
        model = TorchVGSLModel(
            vgsl=layers,
            codec=codec.c2l,
            model_type=["recognition"],
            seg_type=seg_type,
            one_channel_mode="L",
            legacy_polygons=legacy,
        )
        model.init_weights()
        # By chance a blank wins nearly everywhere; without its weight there is text to compare.
        *_, bias = model.nn.parameters()
        bias.data[0] -= 9.0
        found[name] = folder / f"{name}.safetensors"
        write_safetensors([model], found[name])
        if name == "baselines":
            found["mlmodel"] = folder / "tiny.mlmodel"
            model.save_model(str(found["mlmodel"]))
    return found


@pytest.fixture(scope="module")
def page() -> OpenPage:
    picture = Image.open(EXAMPLES / "pages" / f"{NAME}.jpg").convert("RGB")
    truth = (EXAMPLES / "truth" / f"{NAME}.xml").read_bytes()
    layout = read_sidecar(truth, name=f"{NAME}.xml", image=Size(*picture.size))
    return OpenPage(PageKey(NAME), picture, replace(layout, lines=layout.lines[:8]))


def stage(path: Path, direction: Direction | None = None) -> KrakenLines:
    order = LoadOrder(str(path), ModelFacts(path.name, "0" * 64), direction=direction, geometry=Geometry.KRAKEN)
    return KrakenLines(order)


def read(path: Path, page: OpenPage, *, batch: int = 1, direction: Direction | None = None) -> Layout:
    reader = stage(path, direction)
    prepared = reader.prepare(page)
    return reader.finish(prepared, LocalInference(batch).results(Step.RECOGNISE, reader, prepared.items))


def krakens_own(path: Path, page: OpenPage, *, boxes: bool = False) -> Sequence[Any]:
    from kraken.containers import BaselineLine, BBoxLine, Segmentation  # noqa: PLC0415
    from kraken.tasks import RecognitionTaskModel  # noqa: PLC0415

    assert page.layout is not None
    lines = []
    for line in page.layout.lines:
        xs, ys = zip(*line.boundary, strict=True)
        box = BBoxLine(id=line.id, bbox=(min(xs), min(ys), max(xs), max(ys)))
        curve = BaselineLine(id=line.id, baseline=list(line.baseline), boundary=list(line.boundary))
        lines.append(box if boxes else curve)
    bounds = Segmentation(
        type="bbox" if boxes else "baselines",
        imagename="page",
        text_direction="horizontal-lr",
        script_detection=False,
        lines=lines,
    )
    model = RecognitionTaskModel.load_model(path)
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _predicted(model, page, bounds)


def _predicted(model: Any, page: OpenPage, bounds: Any) -> Sequence[Any]:
    from kraken.configs import RecognitionInferenceConfig  # noqa: PLC0415

    config = RecognitionInferenceConfig(accelerator="cpu", batch_size=1, num_line_workers=0, bidi_reordering=True)
    return list(model.predict(im=page.picture, segmentation=bounds, config=config))


@pytest.mark.parametrize("name", ["baselines", "mlmodel", "legacy", "colour", "boxes"])
def test_text_and_confidences_are_krakens_own_for_every_kind_of_model(
    made: dict[str, Path], page: OpenPage, name: str
) -> None:
    theirs = krakens_own(made[name], page, boxes=name == "boxes")
    ours = read(made[name], page)

    assert [line.text for line in ours.lines] == [record.prediction for record in theirs]
    assert sum(len(line.text) for line in ours.lines) > 20
    for line, record in zip(ours.lines, theirs, strict=True):
        confidences = [character.confidence for character in line.characters]
        assert confidences == pytest.approx(list(record.confidences), abs=1e-4)


def test_the_starter_reads_the_example_as_kraken_does(page: OpenPage) -> None:
    theirs = krakens_own(MODERN.path, page)
    ours = read(MODERN.path, page)

    assert [line.text for line in ours.lines] == [record.prediction for record in theirs]
    assert page.layout is not None
    agreed = sum(line.text == line.given_text for line in ours.lines)
    assert agreed >= 1


def test_batches_change_no_text_of_a_network_that_heeds_lengths(made: dict[str, Path], page: OpenPage) -> None:
    """PP-OCR networks look at the padding too: with them a batch of 1 is what reads best."""
    alone, *together = (read(made["baselines"], page, batch=size) for size in (1, 3, 8))

    for other in together:
        assert [(line.id, line.text) for line in other.lines] == [(line.id, line.text) for line in alone.lines]


def test_characters_stand_in_their_line_one_after_the_other(page: OpenPage) -> None:
    for line in read(MODERN.path, page).lines:
        left, right = (side(x for x, _ in line.boundary) for side in (min, max))
        starts = [min(x for x, _ in character.polygon) for character in line.characters]

        assert "".join(character.text for character in line.characters) == line.text
        assert starts == sorted(starts)
        assert left - 5 <= starts[0] <= starts[-1] <= right + 5
        assert line.confidence == pytest.approx(np.mean([one.confidence for one in line.characters]), abs=1e-3)


@pytest.mark.parametrize("batch", [1, 4, 16])
@pytest.mark.parametrize("place", [0, 3, 8])
def test_a_line_that_cannot_be_cut_costs_no_other_line(
    made: dict[str, Path], page: OpenPage, place: int, batch: int
) -> None:
    """kraken 7.1.1 loses the pending batch when the last line of a page cannot be cut."""
    assert page.layout is not None
    bad = Line(LineId("bad"), ((5, 5), (5, 5), (5, 5)), ((5, 5), (5, 5)))
    lines = list(page.layout.lines)
    lines.insert(place, bad)
    broken = replace(page, layout=replace(page.layout, lines=tuple(lines)))
    whole = read(made["baselines"], page, batch=batch)
    found = read(made["baselines"], broken, batch=batch)

    assert [line.id for line in found.lines] == [line.id for line in lines]
    assert found.lines[place].text == ""
    assert found.lines[place].unread
    assert all(line.unread is None for line in found.lines if line.id != "bad")
    assert {line.id: len(line.text) > 0 for line in found.lines if line.id != "bad"} == {
        line.id: len(line.text) > 0 for line in whole.lines
    }


def test_a_line_of_one_colour_is_empty_and_says_so(made: dict[str, Path], page: OpenPage) -> None:
    blank = replace(page, picture=Image.new("RGB", page.picture.size, "white"))
    found = read(made["boxes"], blank)

    assert [(line.text, line.unread) for line in found.lines] == [("", UNIFORM)] * 8


def test_a_page_without_lines_has_none(made: dict[str, Path], page: OpenPage) -> None:
    assert page.layout is not None
    assert read(made["baselines"], replace(page, layout=replace(page.layout, lines=()))).lines == ()


def test_vertical_lines_are_read_along_their_baseline(page: OpenPage) -> None:
    assert page.layout is not None
    picture = page.picture.transpose(Image.Transpose.ROTATE_270)  # type: ignore[attr-defined]  # Pillow's
    height = page.size.height

    def turned(points: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((height - 1 - y, x) for x, y in points)

    lines = tuple(
        replace(line, boundary=turned(line.boundary), baseline=turned(line.baseline), direction=Direction.TTB)
        for line in page.layout.lines
    )
    layout = Layout(LayoutOrigin(LayoutKind.PAGE_XML, "turned"), lines=lines)
    upright = read(MODERN.path, page)
    found = read(MODERN.path, OpenPage(PageKey("turned"), picture, layout))

    one, other = ("\n".join(line.text for line in layout.lines) for layout in (upright, found))
    assert SequenceMatcher(None, one, other, autojunk=False).ratio() > 0.9
    boxes = [[max(y for _, y in one.polygon) for one in line.characters] for line in found.lines]
    assert all(places == sorted(places) for places in boxes)
