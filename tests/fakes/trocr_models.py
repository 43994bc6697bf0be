"""Small TrOCR checkpoints, made by transformers' own classes and trained to read a few coloured lines by heart."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageDraw
from tokenizers import ByteLevelBPETokenizer
from torch import nn
from transformers import (
    RobertaTokenizer,
    TrOCRConfig,
    TrOCRForCausalLM,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessorPil,
    ViTModel,
)
from transformers.utils import logging

from tests.fakes.teaching import NotLearned, taught

SIDE = 32
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
START, PAD, END = 2, 1, 2
KNOWN_BY_HEART = 0.006
"""The mean loss of a token."""
MEAN, DEVIATION = [0.5, 0.4, 0.6], [0.5, 0.3, 0.4]
RED, BLUE, GREEN, BLACK = (200, 20, 20), (20, 20, 200), (20, 140, 20), (10, 10, 10)
PAPER, YELLOWED = (250, 245, 235), (235, 215, 150)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line and its text; the same strokes in other colours say something else, so that no channel may be lost."""

    text: str
    strokes: int
    ink: tuple[int, int, int]
    paper: tuple[int, int, int] = PAPER
    size: tuple[int, int] = (150, 20)

    def picture(self) -> Image.Image:
        drawn = Image.new("RGB", self.size, self.paper)
        pen = ImageDraw.Draw(drawn)
        width, height = self.size
        for stroke in range(9):
            left = (stroke * 17 + self.strokes * 29) % (width - 12)
            top = (stroke * 7 + self.strokes * 5) % (height - 6)
            pen.rectangle((left, top, left + 4 + (stroke + self.strokes) % 5, top + 5), fill=self.ink)
        return drawn


LESSONS = (
    Lesson("Anno 1714", 1, RED),
    Lesson("den 3 Maij", 1, BLUE),
    Lesson("item", 2, BLACK, YELLOWED, (60, 24)),
    Lesson("Jan Peeters, smidt, heeft betaelt 12 st.", 3, GREEN, PAPER, (220, 20)),
    Lesson("één half vat bier", 3, BLACK, PAPER, (220, 20)),
    Lesson("fol. 7v", 4, BLUE, YELLOWED, (90, 30)),
)


logging.disable_progress_bar()
logging.set_verbosity_error()


def write_trocr(folder: Path, *, steps: int = 400, learned_places: bool = True, room: int = 64) -> Path:
    """Write a model as transformers 5 saves one; of no steps, it writes at random."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = write_tokenizer(folder)
    processor = write_processor(folder)

    def teach(seed: int) -> Any:
        network = made(len(tokenizer), seed=seed + 11, learned_places=learned_places, room=room)
        if steps:
            train(network, tokenizer, processor, steps)
        return network

    taught(teach).save_pretrained(folder)
    return folder


def write_tokenizer(folder: Path) -> Any:
    learning = ByteLevelBPETokenizer()
    learning.train_from_iterator([lesson.text for lesson in LESSONS], vocab_size=290, special_tokens=SPECIAL)
    learning.save_model(str(folder))
    tokenizer = RobertaTokenizer.from_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return tokenizer


def write_processor(folder: Path) -> Any:
    processor = ViTImageProcessorPil(size={"height": SIDE, "width": SIDE}, image_mean=MEAN, image_std=DEVIATION)
    processor.save_pretrained(folder)
    return processor


def made(vocabulary: int, *, seed: int = 11, learned_places: bool = True, room: int = 64) -> Any:
    torch.manual_seed(seed)
    encoder = ViTConfig(
        image_size=SIDE,
        patch_size=8,
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=96,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    decoder = TrOCRConfig(
        vocab_size=vocabulary,
        d_model=48,
        decoder_layers=2,
        decoder_attention_heads=4,
        decoder_ffn_dim=96,
        cross_attention_hidden_size=48,
        max_position_embeddings=room,
        use_learned_position_embeddings=learned_places,
        dropout=0.0,
        use_cache=False,
    )
    network = VisionEncoderDecoderModel(
        encoder=ViTModel(encoder, add_pooling_layer=False), decoder=TrOCRForCausalLM(decoder)
    )
    network.config.decoder_start_token_id, network.config.pad_token_id = START, PAD
    network.config.eos_token_id = END
    network.generation_config.decoder_start_token_id = START
    network.generation_config.pad_token_id, network.generation_config.eos_token_id = PAD, END
    return network


def train(network: Any, tokenizer: Any, processor: Any, steps: int) -> None:
    pixels = processor([lesson.picture() for lesson in LESSONS], return_tensors="pt").pixel_values
    encoded = tokenizer([lesson.text for lesson in LESSONS], padding=True, return_tensors="pt").input_ids
    labels = encoded.masked_fill(encoded == PAD, -100)
    optimizer = torch.optim.AdamW(network.parameters(), lr=4e-3, weight_decay=0.0)
    network.train()
    for _ in range(steps):
        loss = network(pixel_values=pixels, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if loss.item() < KNOWN_BY_HEART:
            network.eval()
            return
    raise NotLearned(f"{loss.item()}")


def as_microsoft(folder: Path, to: Path) -> Path:
    """Give the model in the layout of the first TrOCR models: pickled weights, no tokenizer.json, an extractor."""
    shutil.copytree(folder, to)
    network = VisionEncoderDecoderModel.from_pretrained(folder)
    torch.save(network.state_dict(), to / "pytorch_model.bin")
    for name in ("model.safetensors", "tokenizer.json", "generation_config.json"):
        (to / name).unlink()
    rewrite(to / "tokenizer_config.json", {"tokenizer_class": "RobertaTokenizer", "model_max_length": 512})
    told = json.loads((to / "preprocessor_config.json").read_text())
    old = {name: told[name] for name in ("do_normalize", "do_resize", "image_mean", "image_std")}
    rewrite(
        to / "preprocessor_config.json",
        {**old, "feature_extractor_type": "ViTFeatureExtractor", "resample": 2, "size": SIDE},
    )
    return to


def rewrite(place: Path, content: object) -> None:
    place.write_text(json.dumps(content), encoding="utf-8")


def edit(place: Path, **changes: object) -> None:
    """Change what stands in a JSON file; None takes a key away."""
    told = {**json.loads(place.read_text(encoding="utf-8")), **changes}
    rewrite(place, {name: value for name, value in told.items() if value is not None})
