"""PyLaia's network in plain torch: the one of Puigcerver (2017), as the package 1.1 builds it from its arguments.

Source: https://gitlab.teklia.com/atr/pylaia (MIT), `laia.models.htr.laia_crnn` and `laia.nn`.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import nn
from torch.nn import functional

from htrkit.engines.padding import blank_beyond
from htrkit.engines.pylaia_plan import BlockPlan, NetworkPlan, Pair


class _Block(nn.Module):
    def __init__(self, channels: int, plan: BlockPlan) -> None:
        super().__init__()
        padding = tuple((size - 1) // 2 * spread for size, spread in zip(plan.kernel, plan.dilation, strict=True))
        self.conv = nn.Conv2d(
            channels,
            plan.features,
            plan.kernel,
            stride=plan.stride,
            padding=cast(Pair, padding),
            dilation=plan.dilation,
            bias=plan.bias or not plan.batch_norm,
        )
        self.batchnorm = nn.BatchNorm2d(plan.features) if plan.batch_norm else None
        leaky = plan.activation == "LeakyReLU"
        self.activation: nn.Module = nn.LeakyReLU(plan.slope) if leaky else getattr(nn, plan.activation)()
        self.pool = nn.MaxPool2d(plan.pool) if plan.pool[0] * plan.pool[1] > 1 else None
        self.strides = plan.stride
        self.pooled = plan.pool if self.pool is not None else (1, 1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        values = self.conv(values)
        if self.batchnorm is not None:
            values = self.batchnorm(values)
        values = self.activation(values)
        return self.pool(values) if self.pool is not None else values

    def length(self, size: int, axis: int) -> int:
        """Give what is left of a height (0) or a width (1)."""
        spread = self.conv.dilation[axis] * (self.conv.kernel_size[axis] - 1)
        size = (size + 2 * int(self.conv.padding[axis]) - spread - 1) // self.strides[axis] + 1
        return size // self.pooled[axis]


class PylaiaNetwork(nn.Module):
    """Reads lines of shape (lines, channels, height, width), grey, as the plan has them shown."""

    def __init__(self, plan: NetworkPlan) -> None:
        super().__init__()
        inputs = [plan.channels, *(block.features for block in plan.blocks)]
        self.plan = plan
        self.conv = nn.ModuleList(_Block(channels, block) for channels, block in zip(inputs, plan.blocks, strict=False))
        rnn = nn.GRU if plan.rnn == "GRU" else nn.LSTM
        self.rnn = rnn(inputs[-1] * plan.rows, plan.rnn_units, plan.rnn_layers, bidirectional=True)
        self.linear = nn.Linear(2 * plan.rnn_units, plan.symbols)

    def forward(self, lines: torch.Tensor, widths: Sequence[int]) -> tuple[torch.Tensor, list[int]]:
        """Give scores before the softmax, shape (frames, lines, symbols), and the frames of each line.

        The lines have one height and are padded with zeros on the right; each is read as if it were alone. Raises
        ValueError for a height that a network of fixed height was not trained with.
        """
        values, lengths = lines, list(widths)
        for block in cast("Sequence[_Block]", self.conv):
            values = block(values)
            lengths = [block.length(width, axis=1) for width in lengths]
            values = blank_beyond(values, torch.tensor(lengths))
        columns = self._columns(values)
        packed = nn.utils.rnn.pack_padded_sequence(columns, torch.tensor(lengths), enforce_sorted=False)
        read, _ = nn.utils.rnn.pad_packed_sequence(self.rnn(packed)[0])
        return self.linear(read), lengths

    def _columns(self, values: torch.Tensor) -> torch.Tensor:
        """Give one vector a column, shape (columns, lines, features times rows)."""
        plan = self.plan
        if plan.fixed_height and values.shape[2] != plan.rows:
            raise ValueError(f"{values.shape[2]} rows instead of {plan.rows}: the line has another height")
        size = (plan.rows, values.shape[3])
        if plan.sequencer == "avgpool":
            values = functional.adaptive_avg_pool2d(values, size)
        elif plan.sequencer == "maxpool":
            values = functional.adaptive_max_pool2d(values, size)
        return values.permute(3, 0, 1, 2).flatten(2)
