"""Party without its package: a plug-in that writes down what it was shown, and how it is offered to Kraken."""

import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from kraken.models import RecognitionBaseModel, write_safetensors
from torch import nn
from torchvision.transforms import v2

ISO_TO_IDX = {"deu": 0, "lat": 1, "und": 2}
"""The engine looks for it beside the tokenizer."""
EOS, OFFSET, LANGUAGES = 2, 3, 259
SURE = 0.5


class Tokenizer:
    """UTF-8, byte by byte."""


class Decoder(nn.Module):
    def __init__(self, max_seq_len: int) -> None:
        super().__init__()
        self.max_seq_len = max_seq_len


class PartyModel(nn.Module, RecognitionBaseModel):  # type: ignore[misc] # kraken's own types are loose
    """Writes, for every line, its languages, the page's colour, and the first numbers of its prompt.

    `batches` tells how many lines were decoded together, `pages` how many pages were encoded; more lines than `fits` do
    not fit into memory. `speech`, where it is given, is written for every line instead.
    """

    model_type = ("recognition",)
    _kraken_min_version = "6.0.0"
    tokenizer = Tokenizer()

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        if facts.get("pretrained", True):
            raise RuntimeError("weights would be fetched from a network")
        self.user_metadata = {name: value for name, value in facts.items() if name != "pretrained"}
        self.nn = nn.ModuleDict({"encoder": nn.Linear(1, 1), "decoder": Decoder(facts.get("positions", 384))})
        self.batches: list[int] = []
        self.pages = 0
        self.fits = 1000
        self.speech: bytes | None = None
        self.shown = ""
        self._lines = self._room = 0

    def prepare_for_inference(self, config: object) -> None:
        raise NotImplementedError

    def predict(self, im: object, segmentation: object) -> Iterator[object]:
        raise NotImplementedError

    def prepare_for_generation(self, batch_size: int, *, max_generated_tokens: int) -> None:
        if batch_size > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self._lines, self._room = batch_size, max_generated_tokens

    def predict_tokens(
        self,
        encoder_input: torch.Tensor,
        curves: torch.Tensor | None = None,
        boxes: torch.Tensor | None = None,
        languages: Sequence[list[str] | None] | None = None,
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        assert (curves is None) != (boxes is None)
        prompts = curves if curves is not None else boxes
        assert prompts is not None
        self.pages += 1
        self.shown = "curves" if curves is not None else "boxes"
        told = languages or [None] * len(prompts)
        for start in range(0, len(prompts), self._lines):
            group = range(start, min(start + self._lines, len(prompts)))
            self.batches.append(len(group))
            yield self._batch([self._bytes(encoder_input, prompts[row], told[row]) for row in group], told[start])

    def _bytes(self, picture: torch.Tensor, prompt: torch.Tensor, told: list[str] | None) -> bytes:
        if self.speech is not None:
            return self.speech
        colour = "".join("-+"[int(channel > 0)] for channel in picture.mean((0, 2, 3)).tolist())
        place = " ".join(f"{number:.2f}" for number in prompt.flatten()[:2].tolist())
        return f"{'+'.join(told or ['?'])} {colour} {place}".encode()

    def _batch(self, texts: Sequence[bytes], told: list[str] | None) -> tuple[torch.Tensor, torch.Tensor]:
        """Give what Party gives: the end is masked and the last step left out, so that it may take the last sign."""
        room = self._room - 1 - len(told or [])
        steps = min(max(len(text) for text in texts) + 1, room)
        tokens = torch.zeros(len(texts), steps, dtype=torch.int64)
        for row, text in zip(tokens, texts, strict=True):
            row[: len(text)] = torch.tensor([byte + OFFSET for byte in text])[:steps]
        return tokens[:, :-1], (tokens > 0).float()[:, :-1] * SURE


def get_default_transforms(image_size: tuple[int, int], dtype: torch.dtype) -> Any:
    return v2.Compose(
        [v2.Resize(image_size), v2.ToImage(), v2.ToDtype(dtype, scale=True), v2.Normalize([0.5] * 3, [0.5] * 3)]
    )


def _curve_prompt_fn(line: Any, size: tuple[int, int]) -> list[float] | None:
    (left, top), (right, bottom) = line.baseline[0], line.baseline[-1]
    numbers = [left / size[0], top / size[1], 0.0, 0.0, 0.0, 0.0, right / size[0], bottom / size[1]]
    if line.id == "odd" or any(one == other for one, other in pairwise(line.baseline)):
        raise ValueError("SVD did not converge")
    return None if line.id == "passed-over" else numbers


def _box_prompt_fn(line: Any, size: tuple[int, int]) -> list[float] | None:
    xs, ys = zip(*line.boundary, strict=True)
    return [min(xs) / size[0], min(ys) / size[1], max(xs) / size[0], max(ys) / size[1], 0.0, 0.0, 0.0, 0.0]


def write_fake(place: Path, **facts: Any) -> Path:
    """Write a model of the fake's class; its metadata say nothing of weights to begin with, as Party's do not."""
    with torch.random.fork_rng():
        model = PartyModel(**{"image_size": [40, 30], **facts}, pretrained=False)
    model.model_type = ["recognition"]
    write_safetensors([model], place)
    return place


def offer(folder: Path, patch: pytest.MonkeyPatch, *, entries: str = "") -> None:
    """Install a package called party with these entry points; by default, one that offers the fake."""
    told = folder / "party-0.0.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: party\nVersion: 0.0.0\n")
    (told / "entry_points.txt").write_text(entries or f"[kraken.models]\nPartyModel = {__name__}:PartyModel\n")
    (folder / "party.py").write_text("")
    patch.syspath_prepend(str(folder))
    patch.delitem(sys.modules, "party", raising=False)
