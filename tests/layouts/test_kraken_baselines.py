"""Kraken's segmentation as a stage, with torch and kraken's tracing: its own lines, none lost; strips refused."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.computing import Geometry
from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.geometry import bounding_box
from htrkit.domain.names import PageKey
from htrkit.domain.page import Direction, LayoutKind, LayoutOrigin, ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage
from htrkit.layouts import kraken_tracing
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.kraken_baselines import KrakenBaselines
from htrkit.layouts.kraken_tracing import traced
from htrkit.run.inference import LocalInference
from htrkit.run.model_choice import krakens_own_segmentation

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[2] / "examples" / "pages" / "letter-cork.jpg"
ORIGIN = LayoutOrigin(LayoutKind.KRAKEN, "blla")


@pytest.fixture(scope="module")
def part() -> OpenPage:
    """A corner of an example page: few lines and a narrow picture, since Kraken takes its time over each."""
    picture = Image.open(EXAMPLE).convert("RGB")
    return OpenPage(PageKey("part"), picture.crop((0, 250, 520, 900)))


@pytest.fixture(scope="module")
def stage() -> KrakenBaselines:
    facts = ModelFacts("blla.mlmodel", "0" * 64)
    return KrakenBaselines(LoadOrder(str(krakens_own_segmentation()), facts, geometry=Geometry.KRAKEN))


def test_lines_are_krakens_own_with_ids_and_places_on_the_page(stage: KrakenBaselines, part: OpenPage) -> None:
    from kraken.configs import SegmentationInferenceConfig  # noqa: PLC0415 - seconds that only slow tests pay
    from kraken.tasks import SegmentationTaskModel  # noqa: PLC0415

    prepared = stage.prepare(part)
    layout = stage.finish(prepared, LocalInference(1).results(Step.SEGMENT, stage, prepared.items))
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")
        theirs = SegmentationTaskModel.load_model().predict(
            im=part.picture, config=SegmentationInferenceConfig(accelerator="cpu")
        )

    assert len(layout.lines) >= 4
    assert [line.id for line in layout.lines] == [f"l{number}" for number in range(1, len(layout.lines) + 1)]
    assert [list(line.baseline) for line in layout.lines] == [list(map(tuple, line.baseline)) for line in theirs.lines]
    for line, other in zip(layout.lines, theirs.lines, strict=True):
        assert [*line.boundary, line.boundary[0]] == list(map(tuple, other.boundary))
    width, height = part.picture.size
    for line in layout.lines:
        assert all(0 <= x < width and 0 <= y < height for x, y in (*line.boundary, *line.baseline))
    assert layout.origin.kind is LayoutKind.KRAKEN


def test_a_blank_page_has_no_lines(stage: KrakenBaselines) -> None:
    blank = OpenPage(PageKey("blank"), Image.new("L", (100, 200), 240))
    prepared = stage.prepare(blank)

    assert stage.finish(prepared, LocalInference(1).results(Step.SEGMENT, stage, prepared.items)).lines == ()


def test_a_strip_is_refused_before_it_eats_all_memory(stage: KrakenBaselines) -> None:
    strip = OpenPage(PageKey("strip"), Image.new("L", (1200, 100), 240))

    with pytest.raises(PageProblem, match="strip") as caught:
        stage.prepare(strip)
    assert caught.value.failure is FailureClass.LAYOUT
    assert "-s none" in caught.value.mend


def heat(monkeypatch: pytest.MonkeyPatch, polygon: Any) -> HeatMap:
    """Two lines that the network saw; `polygon` is what Kraken makes of their outlines."""
    found = [[(10, 40), (180, 40)], [(10, 80), (180, 82)]]
    monkeypatch.setattr(kraken_tracing, "vectorize_lines", lambda *_, **__: found)
    monkeypatch.setattr(kraken_tracing, "vectorize_regions", lambda *_, **__: [])
    monkeypatch.setattr(kraken_tracing, "calculate_polygonal_environment", lambda **_: [polygon])
    return HeatMap(np.zeros((3, 25, 50), np.float32), np.zeros((100, 200), np.uint8), (2.0, 2.0))


CLASSES = MapClasses(start=0, end=1, baselines={"default": 2}, regions={}, topline=False)


def test_a_line_that_kraken_finds_no_outline_for_is_kept_with_a_made_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """kraken itself drops such lines with a line in its log."""
    layout = traced(heat(monkeypatch, None), CLASSES, origin=ORIGIN, direction=None)

    assert [line.baseline for line in layout.lines] == [((20, 80), (360, 80)), ((20, 160), (360, 164))]
    for line in layout.lines:
        box = bounding_box(line.boundary)
        assert box.top < line.baseline[0][1] <= box.bottom
    assert [(note.code, note.line, note.flag) for note in layout.notes] == [
        ("line-outline-made", "l1", True),
        ("line-outline-made", "l2", True),
    ]


def test_a_line_with_an_outline_needs_no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = traced(
        heat(monkeypatch, [(10, 30), (180, 30), (180, 45), (10, 45)]), CLASSES, origin=ORIGIN, direction=Direction.RTL
    )

    assert layout.notes == ()
    assert layout.direction is Direction.RTL
    assert layout.lines[0].boundary == ((20, 60), (360, 60), (360, 90), (20, 90))


def test_the_direction_that_was_asked_for_is_the_layouts(monkeypatch: pytest.MonkeyPatch) -> None:
    upright = traced(heat(monkeypatch, None), CLASSES, origin=ORIGIN, direction=Direction.TTB)

    assert upright.direction is Direction.TTB


def test_a_page_says_that_kraken_left_lines_of_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It draws 200 lines and no more, and says so in its log only."""
    monkeypatch.setattr(kraken_tracing, "calculate_polygonal_environment", lambda **_: [None])
    monkeypatch.setattr(kraken_tracing, "polygonal_reading_order", lambda lines, **_: range(len(lines)))
    values = np.zeros((3, 440, 52), np.float32)
    for left in (2, 19, 36):
        values[2, 10 : 10 + 70 * 6 : 6, left : left + 10] = 0.95
    full = HeatMap(values, np.zeros((1760, 208), np.uint8), (1.0, 1.0))

    layout = traced(full, CLASSES, origin=ORIGIN, direction=None)

    assert len(layout.lines) == 200
    told = {note.code: note for note in layout.notes}["lines-dropped"]
    assert "left out 10 lines" in told.message
    assert told.flag
