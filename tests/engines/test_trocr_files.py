"""TrOCR models as people have them on disk, and what is said of those that lack something."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import sentencepiece
import torch
from safetensors.torch import load_file, save_file
from transformers import TrOCRProcessor, XLMRobertaTokenizer

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder, ReadingOptions
from htrkit.engines.trocr_config import read_config
from htrkit.engines.trocr_lines import TrocrLines
from htrkit.engines.trocr_network import numbers_on, placed, wider
from htrkit.files import trocr_folder
from tests.engines.test_trocr import TEXTS, texts, writer_of
from tests.fakes.trocr_models import LESSONS, SIDE, as_microsoft, edit, made, write_processor, write_trocr

pytestmark = pytest.mark.slow

TOKENS = ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt")


def order(folder: Path, processor: str | None = None) -> LoadOrder:
    return LoadOrder(str(folder), ModelFacts(folder.name, "a" * 64), options=ReadingOptions(processor=processor))


def load(folder: Path, processor: str | None = None) -> TrocrLines:
    return TrocrLines(order(folder, processor))


@pytest.fixture
def copied(trocr: Path, tmp_path: Path) -> Path:
    """Give the model that knows its lessons, to be spoiled."""
    return Path(shutil.copytree(trocr, tmp_path / "model"))


@pytest.fixture(autouse=True)
def no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a hub's cache, empty, of a machine without a network."""
    place = tmp_path / "hub"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(place))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return place


def in_cache(hub: Path, name: str, files: Path, *wanted: str) -> None:
    """Put a model into the hub's cache, as its own client does."""
    kept = hub / f"models--{name.replace('/', '--')}"
    snapshot = kept / "snapshots" / ("c" * 40)
    snapshot.mkdir(parents=True)
    for file in wanted:
        shutil.copy(files / file, snapshot)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("c" * 40)


def without(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).unlink()
    return folder


# Layouts.


def test_the_layout_of_the_first_models_is_read(trocr: Path, tmp_path: Path) -> None:
    assert texts(load(as_microsoft(trocr, tmp_path / "old"))) == TEXTS


def test_the_layout_of_transformers_5_is_read(copied: Path) -> None:
    TrOCRProcessor.from_pretrained(copied, backend="pil").save_pretrained(copied)
    without(copied, "preprocessor_config.json")
    assert (copied / "processor_config.json").is_file()
    assert texts(load(copied)) == TEXTS


def test_a_tokenizer_in_one_file_is_read(copied: Path) -> None:
    assert texts(load(without(copied, "vocab.json", "merges.txt"))) == TEXTS


def test_a_tokenizer_without_a_word_about_its_class_is_read(copied: Path) -> None:
    assert texts(load(without(copied, "tokenizer.json", "tokenizer_config.json"))) == TEXTS


def test_weights_that_nothing_is_computed_with_may_be_missing(copied: Path) -> None:
    """As in all of Microsoft's: the encoder's pooler."""
    names = load_file(copied / "model.safetensors")
    assert not any("pooler" in name for name in names)
    assert writer_of(load(copied)).network.encoder.pooler is not None


def write_sentencepiece(folder: Path) -> int:
    """Write a tokenizer of the kind that small TrOCR has; give the tokens that it knows."""
    lines = folder / "lines.txt"
    lines.write_text("\n".join(lesson.text for lesson in LESSONS))
    sentencepiece.SentencePieceTrainer.train(
        input=str(lines),
        model_prefix=str(folder / "sentencepiece.bpe"),
        vocab_size=60,
        model_type="bpe",
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    without(folder, "lines.txt", "sentencepiece.bpe.vocab")
    return len(XLMRobertaTokenizer.from_pretrained(folder))


def test_a_sentencepiece_tokenizer_is_read_and_a_few_tokens_more_are_borne(tmp_path: Path) -> None:
    known = write_sentencepiece(tmp_path)
    write_processor(tmp_path)
    made(known + 42).save_pretrained(tmp_path)
    stage = load(tmp_path)
    tokenizer = writer_of(stage).around.processor.tokenizer
    ids = tokenizer("den 3 Maij").input_ids
    assert tokenizer.decode(ids, skip_special_tokens=True) == "den 3 Maij"
    assert len(texts(stage)) == len(TEXTS)


def test_places_that_are_sines_are_where_and_as_the_network_is(tmp_path: Path) -> None:
    """Large TrOCR for print has them; torch neither saves nor moves nor narrows them."""
    stage = load(write_trocr(tmp_path, steps=0, learned_places=False))
    writer = writer_of(stage)
    places = writer.network.decoder.model.decoder.embed_positions
    assert not places.weights.is_meta
    expected = type(places).get_embedding(len(places.weights), places.embedding_dim, places.padding_idx)
    assert torch.equal(places.weights, expected)
    places.weights = expected.to("meta")
    narrow = placed(writer.network.to(torch.bfloat16), "cpu")
    assert torch.equal(places.weights, expected.to(torch.bfloat16))
    writer.network = narrow
    assert len(texts(stage)) == len(TEXTS)


# Processors from elsewhere.


@pytest.mark.parametrize("lacking", [TOKENS, ("preprocessor_config.json",), (*TOKENS, "preprocessor_config.json")])
def test_what_the_model_lacks_is_taken_from_the_processor_that_is_named(
    trocr: Path, copied: Path, lacking: tuple[str, ...]
) -> None:
    assert texts(load(without(copied, *lacking), str(trocr))) == TEXTS


def test_a_processor_of_the_hub_is_taken_from_its_cache(trocr: Path, copied: Path, no_hub: Path) -> None:
    in_cache(no_hub, "some/body", trocr, *TOKENS, "preprocessor_config.json")
    assert texts(load(without(copied, *TOKENS), "some/body")) == TEXTS


def test_a_vocabulary_says_whose_tokenizer_it_is(
    trocr: Path, copied: Path, no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = read_config(order(trocr)).vocabulary
    monkeypatch.setattr(trocr_folder, "KNOWN", {vocabulary: "microsoft/known"})
    without(copied, *TOKENS)
    with pytest.raises(PreflightRefused, match=r"tokenizer .* is missing") as refused:
        load(copied)
    assert "--processor microsoft/known" in str(refused.value.mend)
    in_cache(no_hub, "microsoft/known", trocr, *TOKENS)
    assert texts(load(copied)) == TEXTS


@pytest.mark.parametrize(
    ("lacking", "said"), [(TOKENS, "tokenizer.json"), (("preprocessor_config.json",), "preprocessor_config.json")]
)
def test_what_is_nowhere_is_named_with_the_option_that_mends_it(
    copied: Path, lacking: tuple[str, ...], said: str
) -> None:
    with pytest.raises(PreflightRefused, match=said) as refused:
        load(without(copied, *lacking))
    assert "--processor" in str(refused.value.mend)


@pytest.mark.parametrize("wanted", ["no/where", "nowhere/at/all", "../gone"])
def test_a_processor_that_is_not_there_is_named(copied: Path, wanted: str) -> None:
    with pytest.raises(PreflightRefused, match=r"--processor .*: neither a folder"):
        load(copied, wanted)


def test_a_tokenizer_of_another_model_is_refused(copied: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    known = write_sentencepiece(other)
    with pytest.raises(PreflightRefused, match=f"its tokenizer knows {known}: they do not belong together"):
        load(copied, str(other))


def test_a_tokenizer_that_knows_one_token_too_many_is_refused(copied: Path, trocr: Path) -> None:
    made(read_config(order(trocr)).vocabulary - 1).save_pretrained(copied)
    with pytest.raises(PreflightRefused, match="do not belong together"):
        load(copied)


def test_a_processor_for_another_size_is_refused(copied: Path) -> None:
    edit(copied / "preprocessor_config.json", size={"height": 64, "width": SIDE})
    with pytest.raises(PreflightRefused, match=r"32 x 32 pixels, and its processor makes them 64 x 32"):
        load(copied)


# What is broken.


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.json", "{", "config.json cannot be read"),
        ("config.json", '{"model_type": "bert"}', "type bert, and TrOCR models are"),
        ("config.json", '{"model_type": "nonsense-9"}', "config.json cannot be read"),
        ("preprocessor_config.json", "[", "processor or tokenizer cannot be loaded"),
        ("tokenizer.json", "{}", "processor or tokenizer cannot be loaded"),
        ("generation_config.json", "{", "generation_config.json cannot be read"),
        ("model.safetensors", "", "weights cannot be loaded"),
        ("model.safetensors", "no weights at all", "weights cannot be loaded"),
    ],
)
def test_a_file_that_is_broken_is_named(copied: Path, name: str, content: str, said: str) -> None:
    (copied / name).write_text(content)
    with pytest.raises(PreflightRefused, match=said):
        load(copied)


def test_weights_that_are_missing_are_not_made_up(copied: Path) -> None:
    weights = load_file(copied / "model.safetensors")
    name = next(name for name in weights if name.endswith("fc1.weight"))
    del weights[name]
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(PreflightRefused, match=rf"1 of its weights are missing, the first is {name}"):
        load(copied)


def test_weights_of_another_shape_are_refused(copied: Path) -> None:
    encoder = json.loads((copied / "config.json").read_text())["encoder"]
    edit(copied / "config.json", encoder={**encoder, "patch_size": 4})
    with pytest.raises(PreflightRefused, match="weights cannot be loaded"):
        load(copied)


class Deed:
    """What somebody who means harm would pickle."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


def test_nothing_in_a_pickle_is_run(copied: Path, tmp_path: Path) -> None:
    torch.save({"deed": Deed(tmp_path / "done")}, copied / "pytorch_model.bin")
    with pytest.raises(PreflightRefused, match="weights cannot be loaded"):
        load(without(copied, "model.safetensors"))
    assert not (tmp_path / "done").exists()


def test_a_model_that_names_code_of_its_own_runs_none_of_it(copied: Path) -> None:
    edit(copied / "tokenizer_config.json", auto_map={"AutoTokenizer": ["own.Own", None]}, tokenizer_class="Own")
    (copied / "own.py").write_text("raise SystemExit('run')")
    with pytest.raises(PreflightRefused, match="cannot be loaded"):
        load(copied)


# The network.


@pytest.mark.parametrize(("device", "numbers"), [("cpu", torch.float32), ("cuda:0", torch.float16)])
def test_a_gpu_computes_in_half_precision(device: str, numbers: torch.dtype) -> None:
    assert numbers_on(device) is numbers


def test_wider_numbers_than_half_precision_are_those_that_are_there(trocr: Path) -> None:
    network = wider(writer_of(load(trocr)).network.to(torch.float16))
    assert network.dtype in {torch.bfloat16, torch.float32}


def test_nothing_is_drawn_while_a_model_is_loaded(trocr: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(trocr)
    assert capsys.readouterr() == ("", "")
