"""Loads a TrOCR network onto its device, and says plainly what is wrong with its files."""

from typing import Any

import torch
from transformers import GenerationConfig, VisionEncoderDecoderModel
from transformers.utils import logging

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.stages import LoadOrder
from htrkit.engines.trocr_config import first_line

NOT_USED = "encoder.pooler."
"""Weights that many models lack, and that nothing is computed with."""


def load_network(order: LoadOrder, rules: GenerationConfig) -> Any:  # noqa: ANN401 - transformers' own types are loose
    """Give the network: in half precision on a GPU, in single precision on the CPU.

    Raises PreflightRefused for weights that are missing, of another network, or no plain tensors.
    """
    # What it would warn of is looked at below, and said as people need it.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        # A pickle is read as tensors only: transformers asks torch for no more.
        loaded: Any = VisionEncoderDecoderModel.from_pretrained(
            order.path, dtype=numbers_on(order.device), output_loading_info=True, weights_only=True
        )
    except Exception as error:  # a file of any content makes torch, safetensors and pickle raise what they like
        raise PreflightRefused(
            f"{shown(order.model.name)}: its weights cannot be loaded: {first_line(error)}.",
            mend="Give the folder with config.json and model.safetensors or pytorch_model.bin, whole.",
        ) from error
    network, found = loaded
    missing = sorted(name for name in found["missing_keys"] if not name.startswith(NOT_USED))
    if missing:
        raise PreflightRefused(
            f"{shown(order.model.name)}: {len(missing)} of its weights are missing, the first is {shown(missing[0])}.",
            mend="Get the model's files again: a network with weights made up by chance would write nonsense.",
        )
    # What a call leaves open would be filled from the model's own rules, its length of 20 tokens among them.
    network.generation_config = rules
    return placed(network.eval().requires_grad_(requires_grad=False), order.device)


def numbers_on(device: str) -> torch.dtype:
    """Give the numbers that a device computes in."""
    return torch.float16 if device.startswith("cuda") else torch.float32


def wider(network: Any) -> Any:  # noqa: ANN401
    """Give the network in numbers that do not overflow where half precision does."""
    brain = torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)
    return placed(network.to(torch.bfloat16 if brain else torch.float32), str(network.device))


def placed(network: Any, device: str) -> Any:  # noqa: ANN401
    """Give the network on its device, sines of places too, which torch does not know of and leaves behind."""
    network = network.to(device)
    for module in network.modules():
        table = vars(module).get("weights")
        if isinstance(table, torch.Tensor):
            if table.is_meta:
                table = module.get_embedding(len(table), module.embedding_dim, module.padding_idx)
            module.weights = table.to(device=device, dtype=network.dtype)
    return network
