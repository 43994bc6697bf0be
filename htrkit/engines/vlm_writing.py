"""Has a vision-language model write for a batch of pictures, guarded against loops and against never ending."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LogitsProcessorList, StoppingCriteriaList

from htrkit.engines.token_confidence import TokenConfidence
from htrkit.engines.vlm_loops import LoopGuard
from htrkit.engines.vlm_model import VlmModel

PENALTY = 1.1
"""On every token that was already written, when a text that ran in a loop is tried once more."""
NO_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Wording:
    """What the model is told with every picture."""

    system: str
    user: str
    most_tokens: int


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for a picture: tokens int32 and their probabilities float32, shape (tokens,) each."""

    tokens: "NDArray[np.int32]"
    probabilities: "NDArray[np.float32]"
    looped: bool
    """Stopped since it ran in a loop."""
    cut_off: bool
    """It came to the limit of tokens."""
    tried_again: bool = False
    """It is the second text, made with a penalty on repeats, since the first ran in a loop."""


@torch.inference_mode()
def written_for(model: VlmModel, wording: Wording, pictures: Sequence["NDArray[np.uint8]"]) -> list[Written]:
    """Give what the model writes for pictures of shape (height, width, 3), as `patched` gives them, greedily.

    A text that loops is stopped and tried once more by itself, so that the second one does not depend on its company;
    if that one loops as well, the first is kept.
    """
    first = _written(model, wording, pictures, NO_PENALTY)
    return [
        _again(model, wording, picture, text) if text.looped else text
        for picture, text in zip(pictures, first, strict=True)
    ]


def _again(model: VlmModel, wording: Wording, picture: "NDArray[np.uint8]", first: Written) -> Written:
    (second,) = _written(model, wording, [picture], PENALTY)
    return first if second.looped else replace(second, tried_again=True)


def _written(
    model: VlmModel, wording: Wording, pictures: Sequence["NDArray[np.uint8]"], penalty: float
) -> list[Written]:
    inputs = _inputs(model, wording, pictures)
    ends = _ends(model)
    padding = model.tokenizer.pad_token_id
    guard, sure = LoopGuard(ends), TokenConfidence()
    output = model.network.generate(
        **inputs,
        do_sample=False,
        num_beams=1,
        max_new_tokens=wording.most_tokens,
        repetition_penalty=penalty,
        pad_token_id=padding,
        stopping_criteria=StoppingCriteriaList([guard]),
        logits_processor=LogitsProcessorList([sure]),
    )
    prompt = inputs["input_ids"].shape[1]
    rows = output[:, prompt:].cpu().numpy().astype(np.int32)
    return [
        _row(tokens, chances, [*ends, padding], looped=looped, most=wording.most_tokens)
        for tokens, chances, looped in zip(rows, sure.of(output), guard.looped.tolist(), strict=True)
    ]


def _inputs(model: VlmModel, wording: Wording, pictures: Sequence["NDArray[np.uint8]"]) -> Any:  # noqa: ANN401
    """Give the network's input on its device; raises ValueError where the library resized a picture after all."""
    asked = model.processor.apply_chat_template(
        [_conversation(wording)] * len(pictures), tokenize=False, add_generation_prompt=True
    )
    # Padded on the right, the texts of a batch would begin behind their padding, and be others.
    inputs = model.processor(
        text=asked,
        images=[[picture] for picture in pictures],
        padding=True,
        padding_side="left",
        return_tensors="pt",
    )
    patch = model.processor.image_processor.patch_size
    seen = (inputs["image_grid_thw"][:, 1:] * patch).tolist()
    if seen != [list(picture.shape[:2]) for picture in pictures]:
        raise ValueError(f"transformers shows the model pictures of {seen} pixels, beyond the bounds that it was given")
    return inputs.to(model.device)


def _conversation(wording: Wording) -> list[dict[str, Any]]:
    asked = [{"type": "image"}]
    if wording.user:
        asked.append({"type": "text", "text": wording.user})
    said = [{"role": "user", "content": asked}]
    if wording.system:
        said.insert(0, {"role": "system", "content": [{"type": "text", "text": wording.system}]})
    return said


def _ends(model: VlmModel) -> list[int]:
    """Give the tokens with which the model ends a text."""
    told = model.network.generation_config.eos_token_id
    if told is None:
        told = model.tokenizer.eos_token_id
    return list(told) if isinstance(told, list | tuple) else [told]


def _row(
    tokens: "NDArray[np.int32]",
    probabilities: "NDArray[np.float32]",
    ends: Sequence[int],
    *,
    looped: bool,
    most: int,
) -> Written:
    """Cut off what stands behind the text's end: what pads it to the longest of its batch."""
    found = np.flatnonzero(np.isin(tokens, ends))
    length = int(found[0]) if found.size else len(tokens)
    cut_off = not looped and length == most
    return Written(tokens[:length].copy(), probabilities[:length].copy(), looped=looped, cut_off=cut_off)
