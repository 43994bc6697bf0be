"""Party as Kraken's plug-in finds it: the right package looked for, its model loaded as it is, and nothing fetched."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import torch
from kraken.models.utils import create_model
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_model
from torch import nn

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.geometry import Size
from htrkit.domain.stages import LinePrompt, LoadOrder
from htrkit.engines.catalog import PARTY
from htrkit.files.kraken_models import quiet_libraries

GROUP, CLASS = "kraken.models", "PartyModel"
"""The entry point that the right package has, and a namesake on the registry has not."""
STEPS_BESIDE_TEXT = 1
"""Of the decoder's positions: where it says that a line has ended."""


@dataclass(frozen=True, slots=True)
class PartyNetwork:
    """A Party model on its device; what it takes and gives is the package's own to say."""

    network: Any
    """The package's `PartyModel`, in evaluation mode."""
    module: Any
    """The module that the class lives in: how lines become prompts, and pictures tensors."""
    picture_size: Size
    """What every page is scaled to, whatever its shape."""
    device: str
    number: torch.dtype
    """What the network computes with."""

    @property
    def positions(self) -> int:
        """The most that the decoder can hold of a line: languages, UTF-8 bytes and the end."""
        return int(self.network.nn["decoder"].max_seq_len)

    def prompt(self, line: Any, size: Size, *, of: LinePrompt) -> Sequence[float] | None:  # noqa: ANN401 - kraken's
        """Give a line's eight numbers, 0 to 1 of the page; None where Party would pass over it."""
        made = {LinePrompt.CURVES: self.module._curve_prompt_fn, LinePrompt.BOXES: self.module._box_prompt_fn}  # noqa: SLF001 - there is no other way in
        numbers: Sequence[float] | None = made[of](line, (size.width, size.height))
        return numbers

    def pixels(self, picture: Image.Image) -> torch.Tensor:
        """Give a picture of the right size as the encoder takes it, shape (1, 3, height, width)."""
        size = (self.picture_size.height, self.picture_size.width)
        made: torch.Tensor = self.module.get_default_transforms(size, dtype=self.number)(picture)
        return made.unsqueeze(0).to(self.device)

    def make_room(self, lines: int, positions: int) -> None:
        """Say how many lines are decoded together, and how far."""
        with torch.device(self.device):
            self.network.prepare_for_generation(batch_size=lines, max_generated_tokens=positions)

    def written(
        self, pixels: torch.Tensor, prompts: torch.Tensor, languages: Sequence[Sequence[str]], *, of: LinePrompt
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Encode a page once and decode its lines, so many together: tokens and confidences, (lines, steps) each."""
        curves, boxes = (prompts, None) if of is LinePrompt.CURVES else (None, prompts)
        told = [list(codes) or None for codes in languages] if any(languages) else None
        # Party makes caches of another size as it goes, on whatever device is the default.
        with torch.device(self.device):
            yield from self.network.predict_tokens(encoder_input=pixels, curves=curves, boxes=boxes, languages=told)

    def knows(self, language: str) -> bool:
        """Tell whether there is a token for a language, given as ISO 639-3."""
        known: Mapping[str, int] = sys.modules[type(self.network.tokenizer).__module__].ISO_TO_IDX
        return language in known


def load_party(order: LoadOrder, *, number: torch.dtype) -> PartyNetwork:
    """Load a Party model onto the order's device.

    Raises PreflightRefused where the package is missing or is its namesake, and for a file that holds no such model.
    """
    entry = party_entry()
    with quiet_libraries():
        try:
            model = _loaded(order)
        except (SafetensorError, ValueError, RuntimeError, OSError, ImportError, KeyError, TypeError) as error:
            raise PreflightRefused(
                f"{shown(order.path)}: Party cannot load this model: {' '.join(str(error).split())}.",
                mend=f"Give a model made by Party (.safetensors), and have its package as it was tested: {_install()}",
            ) from error
    height, width = model.user_metadata["image_size"]
    model.eval().to(device=order.device, dtype=number)
    return PartyNetwork(model, sys.modules[entry.module], Size(width, height), order.device, number)


def party_entry() -> EntryPoint:
    """Give the plug-in as Kraken finds it; raises PreflightRefused where nobody offers it."""
    found = list(entry_points(group=GROUP, name=CLASS))
    if len(found) == 1:
        return found[0]
    what = "is not installed" if not found else "is installed more than once"
    raise PreflightRefused(
        f"The Python package party {what}: Kraken finds {len(found)} model classes called {CLASS}. What the registry "
        "has under the name party is another program.",
        mend=_install(),
    )


def _install() -> str:
    return " && ".join(need.command for need in PARTY.needs)


def _loaded(order: LoadOrder) -> Any:  # noqa: ANN401 - Kraken's models share no typed base
    """Give the file's Party model.

    Kraken's loader would let Party fetch the weights that its training begins with, only to put the file's over them.
    """
    with safe_open(order.path, framework="pt") as file:  # type: ignore[no-untyped-call]
        told = json.loads((file.metadata() or {}).get("kraken_meta", "{}"))
    prefix = next((prefix for prefix, facts in told.items() if facts.get("_model") == CLASS), None)
    if prefix is None:
        raise ValueError("no model of the class PartyModel is in this file")
    arguments = {name: value for name, value in told[prefix].items() if not name.startswith("_")}
    model = create_model(CLASS, **{**arguments, "pretrained": False})
    missing, _ = load_model(nn.ModuleDict({prefix: model}), order.path, strict=False)
    if missing:
        raise ValueError(f"weights are missing, {min(missing)} among {len(missing)}")
    return model
