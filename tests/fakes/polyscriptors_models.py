"""Checkpoints as polyscriptor's `train_pylaia.py` writes them, from a network that is written as the one there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

SYMBOLS = ("", " ", *"abcdef")


class Crnn(nn.Module):
    """Convolutions numbered through, a bias in each, leaky by 0.2."""

    def __init__(
        self, *, pools: Sequence[int] = (2, 2, 0, 2), height: int = 128, units: int = 6, rnn_layers: int = 2
    ) -> None:
        super().__init__()
        torch.manual_seed(4)
        layers: list[nn.Module] = []
        channels = 1
        for features, pool in zip((3, 4, 5, 5), pools, strict=False):
            layers += [nn.Conv2d(channels, features, 3, padding=1), nn.BatchNorm2d(features), nn.LeakyReLU(0.2)]
            layers += [nn.MaxPool2d(2, 2)] if pool else []
            channels = features
        self.cnn = nn.Sequential(*layers)
        rows = height // 2 ** sum(pool > 0 for pool in pools)
        self.rnn = nn.LSTM(channels * rows, units, rnn_layers, bidirectional=True)
        self.fc = nn.Linear(2 * units, len(SYMBOLS))
        for name, values in self.named_buffers():
            if values.is_floating_point():
                values.copy_(torch.rand_like(values) + (0.5 if name.endswith("var") else 0))
        self.eval()

    def forward(self, lines: torch.Tensor) -> torch.Tensor:
        """Give log probabilities, shape (frames, lines, symbols)."""
        columns = self.cnn(lines).permute(3, 0, 1, 2).flatten(2)
        return self.fc(self.rnn(columns)[0]).log_softmax(2)


def saved(network: Crnn) -> dict[str, Any]:
    """Give what its training saves."""
    numbered = dict(enumerate(SYMBOLS))
    return {
        "epoch": 7,
        "model_state_dict": network.state_dict(),
        "optimizer_state_dict": torch.optim.RMSprop(network.parameters()).state_dict(),
        "best_val_cer": 0.03,
        "history": {"val_cer": [0.5, 0.03]},
        "idx2char": numbered,
        "char2idx": {symbol: number for number, symbol in numbered.items()},
    }


def write_polyscriptors(
    folder: Path, *, pools: Sequence[int] = (2, 2, 0, 2), name: str = "best_model.pt", says: Sequence[int] = ()
) -> Crnn:
    """Write a model; `says` are symbols that it writes far more gladly than others."""
    network = Crnn(pools=pools)
    with torch.no_grad():
        network.fc.bias[list(says)] += 50
    torch.save(saved(network), folder / name)
    return network
