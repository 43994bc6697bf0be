"""What stands before and behind a TrOCR network, taken out of transformers once: without it, and without torch.

A page worker whose lines a device server reads needs no more: how a line becomes a square, and what tokens say. Both
are kept in the user's cache, as transformers' own objects were found to have them.
"""

from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tokenizers import Tokenizer  # type: ignore[import-untyped]

from htrkit.domain.stages import LoadOrder
from htrkit.files.trocr_folder import small_files
from htrkit.networks.kept import About
from htrkit.networks.store import NotConverted, convert_apart, kept_or_made

TASK = f"trocr-1-{version('transformers')}"
"""What an entry is for, and who it was taken from; the number is raised when what is taken changes."""
TAKING = "htrkit.engines.trocr_around"


class Around(Protocol):
    """What stands before and behind a network."""

    @property
    def special(self) -> NDArray[np.int64]:
        """The tokens that are no text."""

    @property
    def ends(self) -> tuple[int, ...]:
        """The tokens that end a line."""

    def square(self, cut: Image.Image) -> NDArray[np.uint8]:
        """Give a line as the encoder takes it but for the scale of its numbers: shape (3, height, width)."""

    def text(self, tokens: NDArray[np.int32]) -> str:
        """Give what tokens say, without those that are no text."""


@dataclass(frozen=True, slots=True)
class TrocrOutline:
    """What is kept."""

    height: int
    """Of the square, in pixels, as the width."""
    width: int
    resampling: int
    """Pillow's number for how pictures are scaled."""
    special: tuple[int, ...]
    ends: tuple[int, ...]
    tokenizer: str
    """In the JSON of the library `tokenizers`."""

    @property
    def about(self) -> About:
        """The same as it stands in an entry."""
        told = {
            "width": self.width,
            "resampling": self.resampling,
            "special": self.special,
            "ends": self.ends,
            "tokenizer": self.tokenizer,
        }
        return About(3, self.height, boxes=False, legacy_polygons=False, codec={}, metadata=told)

    @classmethod
    def of(cls, about: About) -> "TrocrOutline | None":
        """Give what an entry says; None where the model has something of its own that cannot be kept."""
        told = about.metadata
        if not told:
            return None
        special, ends = tuple(told["special"]), tuple(told["ends"])
        return cls(about.height, told["width"], told["resampling"], special, ends, told["tokenizer"])


NO_OUTLINE = About(3, 0, boxes=False, legacy_polygons=False, codec={}, metadata={})


class Outlined:
    """What stands around a network, by what was kept."""

    def __init__(self, outline: TrocrOutline) -> None:
        self.special = np.array(outline.special, dtype=np.int64)
        self.ends = outline.ends
        self._size = outline.width, outline.height
        self._resampling = Image.Resampling(outline.resampling)
        self._tokenizer: Any = Tokenizer.from_str(outline.tokenizer)

    def square(self, cut: Image.Image) -> NDArray[np.uint8]:
        """As `Around`."""
        made = np.asarray(cut.resize(self._size, self._resampling), dtype=np.uint8)
        return np.ascontiguousarray(made.transpose(2, 0, 1))

    def text(self, tokens: NDArray[np.int32]) -> str:
        """As `Around`."""
        said: str = self._tokenizer.decode(tokens.tolist(), skip_special_tokens=True)
        return said


def around_elsewhere(order: LoadOrder) -> Around:
    """Give what stands around a network that another process has; raises PreflightRefused.

    Transformers and torch are imported here where a model has something of its own, or where nothing can be kept.
    """
    outline = _outline(order)
    if outline is not None:
        return Outlined(outline)
    from htrkit.engines.trocr_around import around_of  # noqa: PLC0415 - seconds, and most of a gigabyte

    return around_of(order)


def _outline(order: LoadOrder) -> TrocrOutline | None:
    """Give what is kept of a model, which is taken from transformers by a process of its own where there is nothing."""
    model, wanted = Path(order.path), order.options.processor
    words = (TAKING, order.path, order.model.name, wanted or "")
    try:
        files = small_files(model, order.model.name, wanted)
        kept = kept_or_made(
            files, TASK, Path(order.cache) if order.cache else None, partial(convert_apart, model, words)
        )
    except NotConverted:
        return None
    return TrocrOutline.of(kept.about)
