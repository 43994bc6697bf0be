"""Our greedy search writes what transformers' own does, without computing lines that are finished."""

import gc
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GenerationConfig

from htrkit.core.out_of_memory import is_out_of_memory
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder, ReadingOptions
from htrkit.engines.trocr_config import TrocrConfig, read_config
from htrkit.engines.trocr_network import load_network
from htrkit.engines.trocr_processor import load_processor
from htrkit.engines.trocr_torch import TorchWriter
from htrkit.engines.trocr_writing import USUAL_TOKENS, write, writing_rules
from tests.fakes.trocr_models import LESSONS, SIDE, write_trocr

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Loaded:
    network: Any
    config: TrocrConfig
    order: LoadOrder

    def rules(self, **changes: Any) -> GenerationConfig:
        rules = writing_rules(self.config, self.order.options)
        rules.update(**changes)
        return rules

    def theirs(self, pixels: torch.Tensor, rules: GenerationConfig) -> list[list[int]]:
        """Give what transformers writes, without what pads."""
        with torch.inference_mode():
            sequences = self.network.generate(pixels, generation_config=rules)
        found = []
        for row in sequences[:, 1:].tolist():
            ends = [place for place, token in enumerate(row) if token == rules.eos_token_id]
            found.append(row[: ends[0] + 1] if ends else row)
        return found


def loaded(folder: Path, **options: Any) -> Loaded:
    order = LoadOrder(str(folder), ModelFacts("m", "a" * 64), options=ReadingOptions(**options))
    config = read_config(order)
    return Loaded(load_network(order, writing_rules(config, order.options)), config, order)


@pytest.fixture(scope="module")
def by_heart(trocr: Path) -> Loaded:
    return loaded(trocr)


@pytest.fixture(scope="module", params=[True, False], ids=["learned places", "sines"])
def at_random(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(write_trocr(tmp_path_factory.mktemp("random"), steps=0, learned_places=request.param))


def known(by_heart: Loaded) -> torch.Tensor:
    """Give the lessons, of 5 to 40 signs, as the network takes them."""
    pictures = load_processor(by_heart.config, None).pictures
    pixels: torch.Tensor = pictures([lesson.picture() for lesson in LESSONS], return_tensors="pt").pixel_values
    return pixels


def noise(rows: int) -> torch.Tensor:
    return torch.randn(rows, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(4))


def ours(model: Loaded, pixels: torch.Tensor, rules: GenerationConfig) -> list[list[int]]:
    with torch.inference_mode():
        return [line.tokens.tolist() for line in write(model.network, pixels, rules)]


def test_lines_of_many_lengths_are_written_as_transformers_writes_them(by_heart: Loaded) -> None:
    pixels, rules = known(by_heart), by_heart.rules()
    found = ours(by_heart, pixels, rules)
    assert found == by_heart.theirs(pixels, rules)
    assert len({len(line) for line in found}) > 3


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"no_repeat_ngram_size": 2},
        {"repetition_penalty": 1.7},
        {"forced_bos_token_id": 9},
        {"forced_eos_token_id": 2},
        {"suppress_tokens": [5, 6, 7]},
        {"min_new_tokens": 8},
        {"bad_words_ids": [[11], [12, 13]]},
    ],
)
def test_what_a_model_writes_at_random_is_what_transformers_writes(at_random: Loaded, changes: Any) -> None:
    pixels, rules = noise(5), at_random.rules(max_new_tokens=24, **changes)
    assert ours(at_random, pixels, rules) == at_random.theirs(pixels, rules)


def test_beams_are_those_of_transformers(by_heart: Loaded) -> None:
    pixels, rules = known(by_heart), by_heart.rules(num_beams=3)
    assert ours(by_heart, pixels, rules) == by_heart.theirs(pixels, rules)


def test_probabilities_are_those_of_the_scores_that_transformers_could_keep(by_heart: Loaded) -> None:
    pixels, rules = known(by_heart)[:1], by_heart.rules()
    with torch.inference_mode():
        told = by_heart.network.generate(
            pixels, generation_config=rules, output_logits=True, return_dict_in_generate=True
        )
        (line,) = write(by_heart.network, pixels, rules)
    expected = [
        float(scores[0].softmax(0)[token]) for scores, token in zip(told.logits, told.sequences[0, 1:], strict=True)
    ]
    assert np.allclose(line.probabilities, expected, atol=1e-6)
    assert line.tokens.dtype == np.int32
    assert line.probabilities.dtype == np.float32


@pytest.mark.parametrize("beams", [1, 3])
def test_probabilities_are_the_same_in_a_batch_and_alone(by_heart: Loaded, beams: int) -> None:
    pixels, rules = known(by_heart), by_heart.rules(num_beams=beams)
    with torch.inference_mode():
        together = write(by_heart.network, pixels, rules)
        alone = [write(by_heart.network, pixels[row : row + 1], rules)[0] for row in range(len(pixels))]
    for one, other in zip(together, alone, strict=True):
        assert np.allclose(one.probabilities, other.probabilities, atol=1e-5)


@dataclass(slots=True)
class Watched:
    """Counts the lines that the decoder computes in each step, and can want memory in one."""

    rows: list[int] = field(default_factory=list)
    fails_at: int = -1
    caches: list[weakref.ref[Any]] = field(default_factory=list)

    def __call__(self, _: Any, __: Any, named: dict[str, Any]) -> None:
        self.rows.append(len(named["input_ids"]))
        self.caches.append(weakref.ref(named["past_key_values"]))
        if len(self.rows) == self.fails_at:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")


def test_lines_that_are_finished_are_computed_no_more(by_heart: Loaded) -> None:
    pixels, watched = known(by_heart), Watched()
    hook = by_heart.network.decoder.register_forward_pre_hook(watched, with_kwargs=True)
    lengths = sorted(len(line) for line in ours(by_heart, pixels, by_heart.rules()))
    hook.remove()
    assert watched.rows == [sum(length > step for length in lengths) for step in range(max(lengths))]
    assert watched.rows[0] == len(LESSONS)
    assert watched.rows[-1] == 1


def test_want_of_memory_in_the_middle_of_a_batch_leaves_nothing_behind(trocr: Path) -> None:
    writer = TorchWriter(LoadOrder(str(trocr), ModelFacts("m", "a" * 64)))
    watched = Watched(fails_at=4)
    hook = writer.network.decoder.register_forward_pre_hook(watched, with_kwargs=True)
    item = np.zeros((3, SIDE, SIDE), np.uint8)
    try:
        writer.written(torch.from_numpy(np.stack([item, item])))
    except RuntimeError as error:
        wanting = is_out_of_memory(error)
    hook.remove()
    gc.collect()
    assert wanting
    assert len(watched.caches) == 4
    assert all(cache() is None for cache in watched.caches)
    assert len(writer.written(torch.from_numpy(np.stack([item])))) == 1


def test_rules_ask_for_as_many_tokens_as_the_user_does(trocr: Path) -> None:
    assert loaded(trocr, max_new_tokens=7).rules().max_new_tokens == 7
    assert loaded(trocr).rules().max_new_tokens == min(USUAL_TOKENS, 64 - 3)
