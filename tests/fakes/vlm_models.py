"""Small models of the Qwen family, made by the libraries' own classes and taught a few pages by heart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2_5_VLProcessor,
    Qwen2VLImageProcessor,
    Qwen2VLVideoProcessor,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    Qwen3VLProcessor,
    Qwen3VLVideoProcessor,
)

from tests.fakes.teaching import NotLearned, taught

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content %}"
    "{% if c.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c.text }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A picture, what the model is told with it, and what it shall write."""

    picture: Image.Image
    system: str
    user: str
    text: str


def picture_of(seed: int, *, size: tuple[int, int]) -> Image.Image:
    """Give a page with strokes and stains in colours that no other seed has."""
    chance = np.random.default_rng(seed)
    picture = Image.new("RGB", size, (236, 226, 200))
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = (int(value) for value in chance.integers(0, size))
        colour = tuple(int(value) for value in chance.integers(0, 140, 3))
        draw.line((x, y, x + int(chance.integers(-40, 40)), y + int(chance.integers(-12, 12))), fill=colour, width=4)
    draw.rectangle((seed % 4 * 20, 4, seed % 4 * 20 + 16, 14), fill=(160, 30 + 30 * (seed % 3), 20))
    return picture


def pages_of(system: str, user: str, *, side: int, texts: Sequence[str]) -> tuple[Lesson, ...]:
    """Give five lessons that can only be told apart by what a page's preparation must get right.

    A page, and the same with red and blue exchanged, darker, smaller, and with something else asked; all in one order.
    """
    page = picture_of(1, size=(side, side))
    red, green, blue = page.split()
    small = page.resize((side * 4 // 5, side * 4 // 5), Image.Resampling.BICUBIC)
    pictures = (page, Image.merge("RGB", (blue, green, red)), page.point(lambda value: value // 2), small)
    plain = [Lesson(picture, system, user, text) for picture, text in zip(pictures, texts, strict=True)]
    return (*plain, Lesson(page, "", "Else", "no"))


def write_qwen3_vl(folder: Path, lessons: Sequence[Lesson] = (), *, steps: int = 200) -> Path:
    """Write a model of the type `qwen3_vl` that has learned its lessons; without any, one that writes at random."""
    tokenizer = _tokenizer(lessons)
    processor = Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(
            patch_size=16,
            size={"shortest_edge": 256 * 256, "longest_edge": 1024 * 1024},
            image_mean=[0.5] * 3,
            image_std=[0.5] * 3,
        ),
        tokenizer=tokenizer,
        video_processor=Qwen3VLVideoProcessor(),
        chat_template=TEMPLATE,
    )
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "initializer_range": 0.06,
            "head_dim": 16,
            "max_position_embeddings": 4096,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [4, 2, 2]},
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "patch_size": 16,
            "out_hidden_size": 64,
            "initializer_range": 0.2,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0],
        },
        tie_word_embeddings=True,
        **_special_ids(tokenizer),
    )
    return _taught(folder, lambda: Qwen3VLForConditionalGeneration(config), processor, lessons, steps)


def write_churro(folder: Path, lessons: Sequence[Lesson] = (), *, steps: int = 200) -> Path:
    """Write a model of the type `qwen2_5_vl`, as Churro is, that has learned its lessons."""
    tokenizer = _tokenizer(lessons)
    processor = Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(
            patch_size=14, size={"shortest_edge": 56 * 56, "longest_edge": 1024 * 1024}
        ),
        tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=TEMPLATE,
    )
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "initializer_range": 0.06,
            "max_position_embeddings": 4096,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [4, 2, 2]},
            "bos_token_id": None,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "patch_size": 14,
            "out_hidden_size": 64,
            "initializer_range": 0.2,
            "window_size": 56,
            "fullatt_block_indexes": [1],
        },
        tie_word_embeddings=True,
        **_special_ids(tokenizer),
    )
    return _taught(folder, lambda: Qwen2_5_VLForConditionalGeneration(config), processor, lessons, steps)


def _tokenizer(lessons: Sequence[Lesson]) -> PreTrainedTokenizerFast:
    base = Tokenizer(models.BPE())
    base.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    base.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=420, initial_alphabet=alphabet, special_tokens=[], show_progress=False)
    said = [part for lesson in lessons for part in (lesson.system, lesson.user)]
    base.train_from_iterator([*said, "the quick brown fox"], trainer)
    base.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in SPECIAL])
    end, padding = "<|im_end|>", "<|endoftext|>"
    return PreTrainedTokenizerFast(tokenizer_object=base, eos_token=end, pad_token=padding)


def _special_ids(tokenizer: PreTrainedTokenizerFast) -> Mapping[str, int]:
    names = {
        "image_token_id": "<|image_pad|>",
        "video_token_id": "<|video_pad|>",
        "vision_start_token_id": "<|vision_start|>",
        "vision_end_token_id": "<|vision_end|>",
    }
    return {name: tokenizer.convert_tokens_to_ids(token) for name, token in names.items()}


def _taught(folder: Path, make: Callable[[], Any], processor: Any, lessons: Sequence[Lesson], steps: int) -> Path:
    tokenizer = processor.tokenizer

    def teach(seed: int) -> Any:
        torch.manual_seed(seed + 5)
        network = make()
        network.generation_config.eos_token_id = [tokenizer.eos_token_id, tokenizer.pad_token_id]
        network.generation_config.pad_token_id = tokenizer.pad_token_id
        if lessons:
            _teach(network, processor, lessons, steps)
        return network

    network = taught(teach)
    network.eval().save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _teach(network: Any, processor: Any, lessons: Sequence[Lesson], steps: int) -> None:
    inputs = _inputs(processor, lessons)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    network.train()
    for _ in range(steps):
        loss = network(**inputs).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if loss.item() < LEARNED:
            return
    raise NotLearned(f"{loss.item()}")


LEARNED = 0.015
"""The loss with which lessons are known by heart, and surely."""


def _inputs(processor: Any, lessons: Sequence[Lesson]) -> Mapping[str, torch.Tensor]:
    asked = []
    for lesson in lessons:
        user: list[dict[str, str]] = [{"type": "image"}]
        user += [{"type": "text", "text": lesson.user}] if lesson.user else []
        said: list[dict[str, Any]] = [{"role": "user", "content": user}]
        if lesson.system:
            said.insert(0, {"role": "system", "content": [{"type": "text", "text": lesson.system}]})
        asked.append(processor.apply_chat_template(said, tokenize=False, add_generation_prompt=True))
    inputs = processor(
        text=[question + lesson.text + "<|im_end|>" for question, lesson in zip(asked, lessons, strict=True)],
        images=[[lesson.picture] for lesson in lessons],
        padding=True,
        padding_side="left",
        return_tensors="pt",
    )
    labels = torch.full_like(inputs["input_ids"], -100)
    for row, lesson in enumerate(lessons):
        length = len(processor.tokenizer(lesson.text + "<|im_end|>")["input_ids"])
        labels[row, -length:] = inputs["input_ids"][row, -length:]
    return {**inputs, "labels": labels}
