"""Networks of PyLaia's and polyscriptor's that have learnt a few lines by heart, in seconds on one core.

They are told which sign stands in which frame, since finding that out (CTC) takes them minutes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import nn

from htrkit.engines.pylaia_network import PylaiaNetwork
from tests.fakes.polyscriptors_models import SYMBOLS as POLYSCRIPTORS
from tests.fakes.polyscriptors_models import Crnn, saved
from tests.fakes.pylaia_models import SYMBOLS, network, plan, write_model
from tests.fakes.teaching import NotLearned, taught

TEXTS = ("bad cab", "cab bed", "a decade")
WIDTH, HEIGHT, PITCH, LEFT = 160, 32, 18, 8
"""In pixels: of every line, so that none can be told by its size, and of the place of each sign."""
UNITS = 32
STEPS = 1200
"""Most end long before: where the last bits of sums are others, some take longer."""
ENOUGH = 0.03
"""The loss at which every frame is known by heart."""

Scores = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line as the network is shown it, and its text in symbols."""

    pixels: torch.Tensor
    symbols: tuple[int, ...]

    def frames(self, count: int) -> torch.Tensor:
        """Give the symbol of every frame: where a sign stands that sign, between signs the blank."""
        told = torch.zeros(count, dtype=torch.long)
        for place, symbol in enumerate(self.symbols):
            first, last = ((LEFT + PITCH * (place + share)) / WIDTH * count for share in (0.1, 0.75))
            told[round(first) : round(last)] = symbol
        return told


def line_of(text: str) -> Image.Image:
    """Draw a line, dark on light, upright."""
    picture = Image.new("L", (WIDTH, HEIGHT), 235)
    pen = ImageDraw.Draw(picture)
    for place, sign in enumerate(text):
        pen.text((LEFT + PITCH * place, 0), sign, fill=20, font_size=24)
    return picture


def write_lines(folder: Path) -> Path:
    """Write the lines as pictures, named by their place."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(TEXTS):
        line_of(text).save(folder / f"{number}.png")
    return folder


def write_taught(folder: Path) -> Path:
    """Write a PyLaia model that knows the lines."""
    blocks = tuple(replace(block, features=12) for block in plan().blocks)
    made = replace(plan(), blocks=blocks, rnn_layers=1, rnn_units=UNITS)
    names = ("", " ", *SYMBOLS[2:])
    greys = [(255 - np.asarray(line_of(text), dtype=np.float32)) / 255 for text in TEXTS]

    def teach(seed: int) -> PylaiaNetwork:
        built = network(made, seed=seed + 3)
        _teach(built, _lessons(greys, names), lambda pixels: built(pixels, [WIDTH] * len(pixels))[0])
        return built

    write_model(folder, made, built=taught(teach))
    return folder


def write_taught_polyscriptors(folder: Path) -> Path:
    """Write a model of polyscriptor's that knows the lines."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line_of(text).resize((WIDTH * 128 // HEIGHT, 128), Image.Resampling.LANCZOS) for text in TEXTS]
    greys = [(np.asarray(line, dtype=np.float32) / 255 - 0.5) / 0.5 for line in lines]

    def teach(seed: int) -> Crnn:
        torch.manual_seed(seed)
        built = Crnn(units=UNITS, rnn_layers=1)
        _teach(built, _lessons(greys, POLYSCRIPTORS), built)
        return built

    torch.save(saved(taught(teach)), folder / "best_model.pt")
    return folder


def _lessons(greys: Sequence[np.ndarray], symbols: Sequence[str]) -> list[Lesson]:  # type: ignore[type-arg]
    return [
        Lesson(torch.from_numpy(grey)[None].float(), tuple(symbols.index(sign) for sign in text))
        for grey, text in zip(greys, TEXTS, strict=True)
    ]


def _teach(made: nn.Module, lessons: Sequence[Lesson], scores: Scores) -> None:
    """Teach all lines at once, normalising by nothing that a line could change, until every frame is known."""
    for part in made.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.reset_running_stats()
    optimiser = torch.optim.Adam(made.parameters(), lr=0.01)
    batch = torch.stack([lesson.pixels for lesson in lessons])
    loss = torch.tensor(float("inf"))
    for _ in range(STEPS):
        seen = scores(batch)
        told = torch.stack([lesson.frames(len(seen)) for lesson in lessons], dim=1)
        loss = nn.functional.cross_entropy(seen.flatten(0, 1), told.flatten())
        if loss < ENOUGH:
            return
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(made.parameters(), 1.0)
        optimiser.step()
    raise NotLearned(f"{loss}")
