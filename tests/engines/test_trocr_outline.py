"""What stands around a TrOCR network is the same without transformers, or is transformers'."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines.trocr_around import ByTransformers, around_of, outline_of
from htrkit.engines.trocr_lines import TrocrLines
from htrkit.engines.trocr_outline import Outlined, TrocrOutline, around_elsewhere
from htrkit.networks.kept import FOLDER
from tests.engines.test_trocr import read, sheet, stage_of
from tests.fakes.trocr_models import LESSONS, as_microsoft, edit, write_trocr

pytestmark = pytest.mark.slow


def order(folder: Path, cache: Path | None = None) -> LoadOrder:
    facts = ModelFacts(folder.name, "a" * 64)
    return LoadOrder(str(folder), facts, computes=False, cache=str(cache) if cache is not None else None)


@pytest.fixture(scope="session")
def untaught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trocr(tmp_path_factory.mktemp("untaught"), steps=0)


@pytest.fixture
def copied(untaught: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(untaught, tmp_path / "model"))


def as_it_is(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


def cubic(folder: Path, to: Path) -> Path:
    edit(as_it_is(folder, to) / "preprocessor_config.json", resample=3)
    return to


@pytest.mark.parametrize("layout", [as_it_is, as_microsoft, cubic])
def test_squares_and_text_are_those_of_transformers(
    untaught: Path, tmp_path: Path, layout: Callable[[Path, Path], Path]
) -> None:
    model = layout(untaught, tmp_path / "model")
    theirs, ours = around_of(order(model)), around_elsewhere(order(model, tmp_path))
    assert isinstance(ours, Outlined)
    assert (list(ours.special), ours.ends) == (list(theirs.special), theirs.ends)
    for lesson in LESSONS:
        cut = lesson.picture()
        assert np.array_equal(ours.square(cut), theirs.square(cut))
        tokens = np.array(theirs.processor.tokenizer(lesson.text).input_ids, np.int32)
        assert ours.text(tokens) == theirs.text(tokens) == lesson.text


def test_a_page_worker_has_the_text_that_the_network_wrote(trocr: Path, tmp_path: Path) -> None:
    served, serving = TrocrLines(order(trocr, tmp_path)), stage_of(trocr)
    prepared, expected = served.prepare(sheet()), serving.prepare(sheet())
    for one, other in zip(prepared.items, expected.items, strict=True):
        assert np.array_equal(np.asarray(one.arrays[0]), np.asarray(other.arrays[0]))
    raws = serving.infer(prepared.items)
    assert served.finish(prepared, raws) == serving.finish(expected, raws)
    assert read(serving, LESSONS[0].picture()).lines[0].text == LESSONS[0].text


def scaled_otherwise(around: ByTransformers) -> None:
    around.processor.pictures.resample = 1
    whole = around.processor.pictures
    around.processor = replace(around.processor, pictures=Shifted(whole))


class Shifted:
    """A processor with a step of its own."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self.resample = whole.resample

    def __call__(self, cut: Image.Image, **told: Any) -> dict[str, Any]:
        made = self._whole(cut, **told)
        return {"pixel_values": [np.roll(made["pixel_values"][0], 1, axis=2)]}


def without_a_backend(around: ByTransformers) -> None:
    around.processor = replace(around.processor, tokenizer=object())


def shouting(around: ByTransformers) -> None:
    whole = around.text
    around.text = lambda tokens: whole(tokens).upper()  # type: ignore[method-assign]


@pytest.mark.parametrize("own", [scaled_otherwise, without_a_backend, shouting])
def test_what_would_come_out_otherwise_is_not_kept(untaught: Path, own: Callable[[ByTransformers], None]) -> None:
    around = around_of(order(untaught))
    assert outline_of(around) is not None
    own(around)
    assert outline_of(around) is None


def test_a_model_that_cannot_be_kept_is_transformers_own(
    untaught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("htrkit.engines.trocr_around.outline_of", lambda _: None)
    for _ in range(2):
        assert isinstance(around_elsewhere(order(untaught, tmp_path)), ByTransformers)
    assert len([path for path in (tmp_path / FOLDER).iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize(
    ("name", "changes"),
    [("preprocessor_config.json", {"resample": 3}), ("generation_config.json", {"eos_token_id": [2, 4]})],
)
def test_another_processor_or_other_rules_are_looked_at_anew(
    copied: Path, tmp_path: Path, name: str, changes: dict[str, object]
) -> None:
    before = around_elsewhere(order(copied, tmp_path))
    edit(copied / name, **changes)
    after = around_elsewhere(order(copied, tmp_path))
    cut = Image.effect_noise((90, 20), 60).convert("RGB")
    same = np.array_equal(before.square(cut), after.square(cut)) and before.ends == after.ends
    assert not same


def test_a_model_of_another_kind_is_refused_as_ever(copied: Path, tmp_path: Path) -> None:
    edit(copied / "config.json", model_type="bert")
    with pytest.raises(PreflightRefused, match="TrOCR models"):
        around_elsewhere(order(copied, tmp_path))


def test_an_outline_comes_back_from_its_entry_as_it_was() -> None:
    outline = TrocrOutline(384, 380, 2, (0, 1), (2,), "{}")
    assert TrocrOutline.of(outline.about) == outline
