"""Kraken's PP-OCRv6 networks on torch, by layers of ours: normalisation and branches are folded into convolutions.

Source: `kraken.lib.ppocr` (Apache-2.0), after PaddleOCR's PPLCNetV4 and LightSVTR.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from htrkit.networks.torch_layers import (
    Activation,
    Convolution,
    Ends,
    affine,
    beyond,
    blank_beyond,
    plain,
    shortened,
)
from htrkit.networks.torch_vgsl import Unknown

BLOCKS = ("blocks2", "blocks3", "blocks4", "blocks5", "blocks6")
POOLED = 2
"""Columns that become one behind the backbone."""


class PpocrNetwork:
    """A network that reads lines: of a convolutional backbone, and two blocks of attention over the line."""

    takes_mixed = True
    """Whether lines of different widths may share a batch."""

    def __init__(self, network: Any, precision: torch.dtype) -> None:  # noqa: ANN401 - kraken's models share no base
        """Take over a kraken model's weights, on its device; raises Unknown for a variant that is not known."""
        body = network.nn
        if type(body.neck).__name__ != "LightSVTRNeck" or not hasattr(body.backbone.conv1, "stem1"):
            raise Unknown(f"variant {body.variant}")
        self._stem = _Stem.of(body.backbone.conv1, precision)
        stages = (getattr(body.backbone, name) for name in BLOCKS)
        self._blocks = tuple(_Block.of(block, precision) for stage in stages for block in stage)
        self._neck = _Neck.of(body.neck, precision)
        self._head = plain(body.head.fc.weight, precision), plain(body.head.fc.bias, precision)
        self.precision = precision

    def lengths(self, widths: Sequence[int]) -> list[list[int]]:
        """Give the columns of lines of these widths: twice halved, and as frames."""
        found = []
        columns = list(widths)
        for conv in (self._stem.first, self._stem.third):
            columns = [conv.length(one) for one in columns]
            found.append(columns)
        return [*found, [shortened(one, POOLED, POOLED, 0) for one in columns]]

    def logits(self, pixels: torch.Tensor, ends: torch.Tensor | None = None) -> torch.Tensor:
        """Compute, as `VgslNetwork.logits`; (lines, channels, height, width) to (lines, classes, 1, frames)."""
        halved, quartered, frames = (None, None, None) if ends is None else ends
        values = self._stem(pixels.contiguous(memory_format=torch.channels_last), halved, quartered)
        for block in self._blocks:
            values = block(values, quartered)
        height = values.shape[2]
        values = blank_beyond(functional.avg_pool2d(values, (height, POOLED)), frames)
        return functional.linear(self._neck(values, frames), *self._head).transpose(1, 2).unsqueeze(2)


@dataclass(frozen=True, slots=True)
class _Stem:
    first: Convolution
    upper: Convolution
    lower: Convolution
    third: Convolution
    fourth: Convolution

    @classmethod
    def of(cls, stem: Any, precision: torch.dtype) -> "_Stem":  # noqa: ANN401 - kraken's
        parts = (stem.stem1, stem.stem2a, stem.stem2b, stem.stem3, stem.stem4)
        return cls(*(_folded(part.conv, part.bn, precision, torch.relu_) for part in parts))

    def __call__(self, values: torch.Tensor, halved: Ends, quartered: Ends) -> torch.Tensor:
        values = self.first(values, halved)
        # Even kernels: one row and one column of nothing, below and to the right. Behind ReLU no value is below zero,
        # so that zeros lose where the largest is looked for.
        other = self.lower(_edged(self.upper(_edged(values), halved)), halved)
        pooled = functional.max_pool2d(_edged(values), 2, 1)
        return self.fourth(self.third(torch.cat([pooled, other], 1), quartered), quartered)


@dataclass(frozen=True, slots=True)
class _Block:
    """Columns are mixed channel by channel, then channels column by column."""

    mixing: Convolution
    gates: tuple[Convolution, Convolution] | None
    widening: Convolution
    narrowing: Convolution
    adds: bool

    @classmethod
    def of(cls, block: Any, precision: torch.dtype) -> "_Block":  # noqa: ANN401 - kraken's
        mixer, channels = block.token_mixer, block.channel_mixer
        folded = _reparameterised(mixer.rep_dw, precision) if block.use_rep_dw else None
        mixing = folded or _folded(mixer.dw_conv.conv, mixer.dw_conv.bn, precision)
        gates = (_bare(mixer.se.conv1, precision), _bare(mixer.se.conv2, precision)) if hasattr(mixer, "se") else None
        widening = _folded(channels.expand.conv, channels.expand.bn, precision, functional.gelu)
        narrowing = _folded(channels.compress.conv, channels.compress.bn, precision)
        return cls(mixing, gates, widening, narrowing, block.has_residual)

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        mixed = self.mixing(values, ends)
        if self.gates is not None:
            mixed = mixed * self._opened(self.gates, mixed, ends)
        # Neither looks beside its own column, so that blanking once is enough.
        made = self.narrowing(self.widening(mixed, None), None)
        return blank_beyond(mixed + made if self.adds else made, ends)

    def _opened(self, gates: tuple[Convolution, Convolution], values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """Weigh channels by what they hold over the line's own columns (squeeze and excitation)."""
        if ends is None:
            mean = values.mean((2, 3), keepdim=True)
        else:
            area = (ends * values.shape[2])[:, None, None, None]
            mean = (values.sum((2, 3), keepdim=True, dtype=torch.float32) / area).to(values.dtype)
        first, second = gates
        return functional.hardsigmoid(second(torch.relu(first(mean, None)), None))


@dataclass(frozen=True, slots=True)
class _Neck:
    reducing: Convolution
    near: Convolution
    skipping: Convolution
    blocks: tuple["_Attention", ...]
    norm: "_LayerNorm"

    @classmethod
    def of(cls, neck: Any, precision: torch.dtype) -> "_Neck":  # noqa: ANN401 - kraken's
        silu = functional.silu
        return cls(
            _folded(neck.conv_reduce.conv, neck.conv_reduce.norm, precision, silu),
            _folded(neck.local_conv[0], neck.local_conv[1], precision, silu),
            _folded(neck.skip_conv.conv, neck.skip_conv.norm, precision, silu),
            tuple(_Attention.of(block, precision) for block in neck.svtr_block),
            _LayerNorm.of(neck.norm),
        )

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """Give (lines, frames, features)."""
        skipped = self.skipping(values, None)
        reduced = self.reducing(values, ends)
        mixed = _sequence(blank_beyond(reduced + self.near(reduced, None), ends))
        seen = None if ends is None else ~beyond(ends, mixed.shape[1])[:, None, None, :]
        for block in self.blocks:
            mixed = block(mixed, seen)
        return self.norm(mixed) + _sequence(skipped)


@dataclass(frozen=True, slots=True)
class _LayerNorm:
    weights: torch.Tensor
    bias: torch.Tensor
    least: float

    @classmethod
    def of(cls, norm: Any) -> "_LayerNorm":  # noqa: ANN401 - torch's
        return cls(plain(norm.weight, torch.float32), plain(norm.bias, torch.float32), norm.eps)

    def __call__(self, values: torch.Tensor) -> torch.Tensor:
        made = functional.layer_norm(values.float(), self.weights.shape, self.weights, self.bias, self.least)
        return made.to(values.dtype)


@dataclass(frozen=True, slots=True)
class _Attention:
    """A block of attention over the whole line, and of a perceptron."""

    heads: int
    scale: float
    norms: tuple[_LayerNorm, _LayerNorm]
    asking: tuple[torch.Tensor, torch.Tensor | None]
    joining: tuple[torch.Tensor, torch.Tensor | None]
    widening: tuple[torch.Tensor, torch.Tensor | None]
    narrowing: tuple[torch.Tensor, torch.Tensor | None]

    @classmethod
    def of(cls, block: Any, precision: torch.dtype) -> "_Attention":  # noqa: ANN401 - kraken's
        mixer = block.mixer
        linear = (_linear(one, precision) for one in (mixer.qkv, mixer.proj, block.mlp.fc1, block.mlp.fc2))
        return cls(mixer.num_heads, mixer.scale, (_LayerNorm.of(block.norm1), _LayerNorm.of(block.norm2)), *linear)

    def __call__(self, values: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        before, between = self.norms
        values = values + self._attended(before(values), seen)
        wide = functional.silu(functional.linear(between(values), *self.widening))
        return values + functional.linear(wide, *self.narrowing)

    def _attended(self, values: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        lines, frames, features = values.shape
        split = functional.linear(values, *self.asking).reshape(lines, frames, 3, self.heads, -1)
        asked, keys, contents = split.permute(2, 0, 3, 1, 4)
        read = functional.scaled_dot_product_attention(asked, keys, contents, attn_mask=seen, scale=self.scale)
        return functional.linear(read.transpose(1, 2).reshape(lines, frames, features), *self.joining)


def _edged(values: torch.Tensor) -> torch.Tensor:
    return functional.pad(values, (0, 1, 0, 1))


def _sequence(values: torch.Tensor) -> torch.Tensor:
    """(lines, features, 1, frames) to (lines, frames, features)."""
    return values.squeeze(2).transpose(1, 2)


def _linear(layer: Any, precision: torch.dtype) -> tuple[torch.Tensor, torch.Tensor | None]:  # noqa: ANN401 - torch's
    return plain(layer.weight, precision), None if layer.bias is None else plain(layer.bias, precision)


def _bare(conv: Any, precision: torch.dtype) -> Convolution:  # noqa: ANN401 - torch's
    return Convolution(plain(conv.weight, precision), plain(conv.bias, precision))


def _folded(
    conv: Any,  # noqa: ANN401 - torch's
    norm: Any,  # noqa: ANN401 - torch's
    precision: torch.dtype,
    activation: Activation | None = None,
) -> Convolution:
    """Fold batch normalisation into the convolution before it."""
    scale, shift = affine(norm)
    weights = plain(conv.weight * scale.reshape(-1, 1, 1, 1), precision)
    shape = conv.stride, conv.padding, conv.dilation, conv.groups
    return Convolution(weights, plain(shift, precision), *shape, activation=activation)


def _reparameterised(layer: Any, precision: torch.dtype) -> Convolution:  # noqa: ANN401 - kraken's
    """Fold the three branches of a depthwise convolution (its own, one of a single pixel, none) into one."""
    conv = layer.conv.conv
    inner, inner_shift = affine(layer.conv.bn)
    weights = (conv.weight * inner.reshape(-1, 1, 1, 1)).detach().clone()
    middle = weights.shape[2] // 2
    weights[:, 0, middle, middle] += layer.conv1.weight[:, 0, 0, 0] + 1
    scale, shift = affine(layer.bn)
    weights, bias = weights * scale.reshape(-1, 1, 1, 1), inner_shift * scale + shift
    return Convolution(plain(weights, precision), plain(bias, precision), padding=conv.padding, groups=conv.groups)
