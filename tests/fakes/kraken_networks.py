"""Kraken networks with weights by chance: of any specification, small, and made in a moment."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kraken.lib.codec import PytorchCodec
from kraken.lib.ppocr.model import PPOCRv6Model
from kraken.lib.vgsl import TorchVGSLModel
from kraken.models import write_safetensors
from numpy.typing import NDArray

LETTERS = "abcdefgh"
CLASSES = {"aux": {"_start_separator": 0, "_end_separator": 1}, "baselines": {"default": 2}, "regions": {}}
LINES = "[1,12,0,1 Cr3,3,4 Mp2,2 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]"
MAPS = "[1,24,0,1 Cr3,3,4,2,2 Gn2 Lbx3 Lby3 Cs1,1,4]"


def line_network(spec: str = LINES, *, seed: int = 5) -> Any:
    """Give a network that reads lines of `LETTERS`."""
    codec = PytorchCodec(LETTERS).c2l
    return _by_chance(
        TorchVGSLModel(
            vgsl=spec,
            codec=codec,
            model_type=["recognition"],
            seg_type="baselines",
            one_channel_mode="L",
            legacy_polygons=False,
        ),
        seed,
    )


def map_network(spec: str = MAPS, *, seed: int = 5, **told: object) -> Any:
    """Give a network that finds lines; `told` is what its file says beside its classes."""
    made = TorchVGSLModel(vgsl=spec, model_type=["segmentation"], one_channel_mode="L", class_mapping=CLASSES, **told)
    return _by_chance(made, seed)


def ppocr_network(variant: str = "small", *, seed: int = 5) -> Any:
    """Give a PP-OCRv6 network for lines 48 pixels high."""
    torch.manual_seed(seed)
    codec = PytorchCodec(LETTERS)
    made = PPOCRv6Model(variant=variant, num_classes=codec.max_label + 1, height=48, codec=codec.c2l)
    return _by_chance(made, seed)


def written(network: Any, folder: Path, name: str = "net") -> Path:
    """Write a network's file."""
    path = folder / f"{name}.safetensors"
    write_safetensors([network], path)
    return path


def chance(widths: Sequence[int], *, height: int, channels: int = 1) -> list[NDArray[np.float32]]:
    """Give lines of these widths."""
    shapes = [(channels, height, width) for width in widths]
    return [np.random.default_rng(place).random(shape, dtype=np.float32) for place, shape in enumerate(shapes)]


@torch.inference_mode()
def each_alone(network: Any, lines: Sequence[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Give what torch makes of each line by itself: logits of shape (frames, classes)."""
    for line in lines:
        logits, (frames,) = network.nn(torch.from_numpy(line)[None], torch.tensor([line.shape[2]]))
        yield logits[0, :, 0, : int(frames)].numpy().T


@torch.inference_mode()
def map_of(network: Any, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give what torch makes of a page: logits of shape (classes, rows, columns)."""
    logits, _ = network.nn(torch.from_numpy(pixels)[None])
    found: NDArray[np.float32] = logits[0].numpy()
    return found


def _by_chance(network: Any, seed: int) -> Any:
    torch.manual_seed(seed)
    if isinstance(network, TorchVGSLModel):
        network.init_weights()
    for name, weights in network.nn.named_parameters():
        if weights.ndim == 1:
            # Biases that are nothing would hide what padding does, and scales of one what is folded.
            weights.data.uniform_(0.5, 1.5) if name.endswith("weight") else weights.data.uniform_(-0.5, 0.5)
    for name, values in network.nn.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            values.uniform_(0.5, 1.5)
    return network.eval()
