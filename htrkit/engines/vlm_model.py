"""Loads a vision-language model of the Qwen family, its processor and an adapter, and says plainly what is wrong."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor
from transformers.utils import logging as transformers_logging

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.stages import LoadOrder
from htrkit.engines.vlm_pictures import Bounds

ADAPTER_FILE = "adapter_config.json"
INSTALL = 'pip install "htrkit[vlm]"'


@dataclass(frozen=True, slots=True)
class VlmModel:
    """A network on its device, and what prepares its input."""

    network: Any
    """None where another process computes."""
    processor: Any
    device: str

    @property
    def tokenizer(self) -> Any:  # noqa: ANN401 - transformers' own types are loose
        """What turns tokens into text."""
        return self.processor.tokenizer

    @property
    def factor(self) -> int:
        """The pixels of a visual token's side."""
        images = self.processor.image_processor
        return int(images.patch_size * images.merge_size)


def load_vlm(order: LoadOrder, bounds: Bounds, types: frozenset[str]) -> VlmModel:
    """Load what `order.path` holds, a model of one of the types that its config.json may name.

    Raises PreflightRefused for another model, a folder that lacks something, an adapter that does not fit it.
    """
    folder = Path(order.options.processor or order.path)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # transformers has no types for it
    try:
        _refuse_others(order, types)
        processor = _processor(folder, bounds)
        network = _network(order) if order.computes else None
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        # transformers raises these with what is missing in the first line of a long text.
        raise PreflightRefused(
            f"{shown(order.model.name)}: cannot be loaded: {_first_line(error)}.",
            mend="Give the folder with weights, config.json, tokenizer and processor files, whole.",
        ) from error
    if network is not None and order.options.adapter is not None:
        network = _adapted(network, order.options.adapter)
    if network is not None:
        _decide_for_itself_no_more(network.generation_config)
        network = network.eval().requires_grad_(requires_grad=False).to(order.device)
    return VlmModel(network, processor, order.device)


def _refuse_others(order: LoadOrder, types: frozenset[str]) -> None:
    found = AutoConfig.from_pretrained(order.path).model_type
    if found not in types:
        raise PreflightRefused(
            f"{shown(order.model.name)}: is a model of the type {found}, and this engine reads with {_listed(types)}.",
            mend="Take another --model, or the engine that reads with this one: `htrkit engines`.",
        )


def _processor(folder: Path, bounds: Bounds) -> Any:  # noqa: ANN401 - transformers' own types are loose
    # The bound counts only where it is given at loading: with the call it is passed over in silence.
    size = {"shortest_edge": bounds.least_pixels, "longest_edge": bounds.most_pixels}
    processor: Any = AutoProcessor.from_pretrained(folder, size=size)  # type: ignore[no-untyped-call] # as above
    processor.tokenizer.padding_side = "left"
    if processor.tokenizer.pad_token is None:
        processor.tokenizer.pad_token = processor.tokenizer.eos_token
    if processor.chat_template is None:
        raise ValueError("chat_template.jinja is missing")
    return processor


def _network(order: LoadOrder) -> Any:  # noqa: ANN401 - transformers' own types are loose
    # Weights as tensors only: a pickle from elsewhere is code from elsewhere.
    return AutoModelForImageTextToText.from_pretrained(
        order.path, dtype=_numbers(order.device), use_safetensors=True, trust_remote_code=False
    )


def _numbers(device: str) -> torch.dtype:
    """Brain floats where a card has them: in half precision these models' numbers overflow."""
    has_them = device.startswith("cuda") and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if has_them else torch.float32


def _adapted(network: Any, adapter: str) -> Any:  # noqa: ANN401 - transformers' own types are loose
    """Give the network with a LoRA adapter worked into its weights."""
    if find_spec("peft") is None:
        raise PreflightRefused("--adapter needs the Python package peft, which is not installed.", mend=INSTALL)
    from peft import PeftModel  # noqa: PLC0415 - an extra

    try:
        return PeftModel.from_pretrained(network, adapter).merge_and_unload()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise PreflightRefused(
            f"--adapter {shown(adapter)}: cannot be put on this model: {_first_line(error)}.",
            mend=f"Give a folder with {ADAPTER_FILE} and weights that were trained on this very model.",
        ) from error


def _decide_for_itself_no_more(generation: Any) -> None:  # noqa: ANN401 - transformers' own types are loose
    """Take away what the model's card has for chatting: sampling, and a length that would rival ours."""
    generation.do_sample = False
    generation.max_length = generation.temperature = generation.top_p = generation.top_k = None


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return shown(lines[0].rstrip(".")) if lines else type(error).__name__


def _listed(types: frozenset[str]) -> str:
    return " or ".join(sorted(types))
