"""What stands around a TrOCR network is the same without transformers, or is transformers'."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines import trocr_around, trocr_outline
from htrkit.engines.trocr_around import ByTransformers, around_of, keep, outline_of
from htrkit.engines.trocr_lines import TrocrLines
from htrkit.engines.trocr_outline import Outlined, TrocrOutline, around_elsewhere
from htrkit.networks.kept import FOLDER, REFUSED, read_entry
from htrkit.networks.store import NotConverted
from tests.engines.test_trocr import read, sheet, stage_of
from tests.fakes.trocr_models import LESSONS, as_microsoft, edit, write_trocr

pytestmark = pytest.mark.slow


def order(folder: Path, cache: Path | None = None) -> LoadOrder:
    facts = ModelFacts(folder.name, "a" * 64)
    return LoadOrder(str(folder), facts, computes=False, cache=str(cache) if cache is not None else None)


@pytest.fixture(autouse=True)
def in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out what is kept without another process, which takes seconds to load what is loaded here; find no other."""
    (tmp_path / "aside").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "aside"))

    def taken(model: Path, words: Sequence[str], entry: Path) -> None:
        _, place, name, processor = words
        assert (str(model), processor) == (place, "")
        keep(LoadOrder(place, ModelFacts(name, "")), entry)

    monkeypatch.setattr(trocr_outline, "convert_apart", taken)


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


def test_a_page_worker_of_a_device_server_has_no_network_and_the_text_that_was_written(
    trocr: Path, tmp_path: Path
) -> None:
    served, serving = TrocrLines(order(trocr, tmp_path)), stage_of(trocr)
    with pytest.raises(RuntimeError, match="no network was loaded"):
        served.infer([])
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
    monkeypatch.setattr(trocr_around, "outline_of", lambda _: None)
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


def test_where_nothing_can_be_kept_transformers_is_asked(
    untaught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(model: Path, *_: object) -> None:
        raise NotConverted(model, "the conversion was ended by signal 9; memory may have run out")

    monkeypatch.setattr(trocr_outline, "convert_apart", killed)
    assert isinstance(around_elsewhere(order(untaught, tmp_path)), ByTransformers)


@pytest.mark.parametrize("named", [True, False])
def test_the_process_apart_writes_the_entry_or_says_why_not(
    copied: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], named: bool
) -> None:
    (tmp_path / "processor").mkdir()
    for name in ("preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"):
        (copied / name).rename(tmp_path / "processor" / name)
    for name in ("vocab.json", "merges.txt"):
        (copied / name).unlink(missing_ok=True)
    status = trocr_around.main(str(copied), "m", str(tmp_path / "processor") if named else "", str(tmp_path / "entry"))
    kept = read_entry(tmp_path / "entry")
    if named:
        assert status == 0
        assert kept is not None
        assert TrocrOutline.of(kept.about) is not None
    else:
        assert (status, kept) == (REFUSED, None)
        assert b"is missing in its folder" in capfdbinary.readouterr().out


def test_a_model_of_another_kind_is_refused_as_ever(copied: Path, tmp_path: Path) -> None:
    edit(copied / "config.json", model_type="bert")
    with pytest.raises(PreflightRefused, match="TrOCR models"):
        around_elsewhere(order(copied, tmp_path))


def test_an_outline_comes_back_from_its_entry_as_it_was() -> None:
    outline = TrocrOutline(384, 380, 2, (0, 1), (2,), "{}")
    assert TrocrOutline.of(outline.about) == outline
