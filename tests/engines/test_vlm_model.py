"""What stops a vision-language model: loops, folders that lack something, adapters that do not fit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from htrkit.core.alarms import Alarm
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.stages import ReadingOptions
from htrkit.engines import vlm_writing
from tests.fakes.vlm_models import write_qwen3_vl
from tests.fakes.vlm_taught import TEXTS, Taught, opened, read, stage_of, text_of


@pytest.fixture(scope="session")
def looping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learned nothing: it says the same for ever."""
    return write_qwen3_vl(tmp_path_factory.mktemp("looping"))


def scribble(side: int = 256) -> Image.Image:
    picture = Image.new("RGB", (side, side), (240, 230, 210))
    ImageDraw.Draw(picture).line((20, 30, side - 30, side - 40), fill=(20, 20, 20), width=6)
    return picture


def test_a_model_that_runs_in_a_loop_is_stopped_and_flagged(looping: Path) -> None:
    stage = stage_of("qwen3-vl", looping, ReadingOptions(max_new_tokens=3000))
    prepared = stage.prepare(opened(scribble()))
    (raw,) = stage.infer(prepared.items)
    assert len(np.asarray(raw.arrays[0])) < 700
    flags = [note for note in stage.finish(prepared, [raw]).notes if note.flag]
    assert Alarm.REPETITION in [note.code for note in flags]


def test_a_text_that_looped_is_tried_once_more_with_a_penalty(looping: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = stage_of("qwen3-vl", looping, ReadingOptions(max_new_tokens=400))
    penalties: list[float] = []
    generate = stage._vlm.network.generate

    def noted(**given: Any) -> Any:
        penalties.append(given["repetition_penalty"])
        return generate(**given)

    monkeypatch.setattr(stage._vlm.network, "generate", noted)
    item = stage.prepare(opened(scribble())).items[0]
    stage.infer([item])
    assert penalties == [vlm_writing.NO_PENALTY, vlm_writing.PENALTY]


@pytest.mark.parametrize("gone", ["config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"])
def test_a_folder_that_lacks_a_file_is_refused_in_one_line(looping: Path, tmp_path: Path, gone: str) -> None:
    for file in looping.iterdir():
        if file.name != gone:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(PreflightRefused) as refused:
        stage_of("qwen3-vl", tmp_path)
    assert "\n" not in refused.value.what


def test_a_model_of_another_family_is_refused_by_its_name(looping: Path) -> None:
    with pytest.raises(PreflightRefused, match="qwen3_vl, and this engine reads with qwen2_5_vl"):
        stage_of("churro", looping)


def test_an_adapter_without_peft_is_one_line_with_the_command(looping: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("htrkit.engines.vlm_model.find_spec", lambda _: None)
    with pytest.raises(PreflightRefused, match="pip install") as refused:
        stage_of("qwen3-vl", looping, ReadingOptions(adapter="somewhere"))
    assert "\n" not in str(refused.value)


def test_an_adapter_that_is_none_is_refused(looping: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(PreflightRefused, match="--adapter"):
        stage_of("qwen3-vl", looping, ReadingOptions(adapter=str(tmp_path)))


def test_an_adapter_changes_what_is_read(taught: Taught, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    base = stage_of(taught.engine, taught.folder)._vlm.network
    adapted = peft.get_peft_model(base, peft.LoraConfig(r=2, target_modules=["q_proj", "v_proj"]))
    torch.manual_seed(1)
    for name, weights in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=3.0)
    adapted.save_pretrained(tmp_path)
    stage = stage_of(taught.engine, taught.folder, ReadingOptions(adapter=str(tmp_path), max_new_tokens=20))
    assert [text_of(read(stage, lesson.picture)) for lesson in taught.pages] != list(TEXTS)
