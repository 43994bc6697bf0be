"""What a TrOCR model's makers say of writing is kept, but for what would stand in the way."""

import json
import shutil
from pathlib import Path

import pytest

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines.trocr_lines import TrocrLines
from tests.engines.test_trocr import TEXTS, texts, writer_of
from tests.fakes.trocr_models import edit, write_trocr

pytestmark = pytest.mark.slow


def load(folder: Path) -> TrocrLines:
    return TrocrLines(LoadOrder(str(folder), ModelFacts(folder.name, "a" * 64)))


@pytest.fixture
def copied(trocr: Path, tmp_path: Path) -> Path:
    """Give the model that knows its lessons, to be changed."""
    return Path(shutil.copytree(trocr, tmp_path / "model"))


def starting(folder: Path, **changes: object) -> None:
    """Change both places in which a model says how it writes."""
    for name in ("generation_config.json", "config.json"):
        edit(folder / name, **changes)


def test_a_model_that_does_not_say_how_a_line_ends_is_refused(copied: Path) -> None:
    starting(copied, eos_token_id=None)
    decoder = json.loads((copied / "config.json").read_text())["decoder"]
    edit(copied / "config.json", decoder={**decoder, "eos_token_id": None})
    with pytest.raises(PreflightRefused, match="which token starts a line, or which ends it"):
        load(copied)


@pytest.mark.parametrize("longest", [3, 20])
def test_the_length_of_a_models_own_rules_is_not_taken_over(copied: Path, longest: int) -> None:
    starting(copied, max_length=longest)
    assert texts(load(copied)) == TEXTS


@pytest.mark.parametrize(
    "rules",
    [
        {"num_beams": 4, "length_penalty": 2.0, "early_stopping": True, "no_repeat_ngram_size": 9},
        {"do_sample": True, "temperature": 5.0, "top_p": 0.5, "top_k": 3},
        {"num_return_sequences": 2, "num_beams": 2, "output_scores": True, "return_dict_in_generate": True},
        {"eos_token_id": [2, 4]},
        {"min_length": 3, "use_cache": False},
    ],
)
def test_a_models_own_rules_do_not_stand_in_the_way(copied: Path, rules: dict[str, object]) -> None:
    edit(copied / "generation_config.json", **rules)
    assert texts(load(copied)) == TEXTS


def test_tokens_that_a_model_forbids_are_not_written(copied: Path) -> None:
    stage = load(copied)
    first = writer_of(stage).around.processor.tokenizer("Anno").input_ids[1]
    edit(copied / "generation_config.json", suppress_tokens=[first])
    assert not texts(load(copied))[0].startswith("A")


def test_no_more_is_written_than_the_decoder_has_places_for(tmp_path: Path) -> None:
    folder = write_trocr(tmp_path, steps=0, room=16)
    edit(folder / "generation_config.json", suppress_tokens=[2])
    stage = load(folder)
    assert writer_of(stage).around.rules.max_new_tokens == 13
    assert len(texts(stage)) == len(TEXTS)
