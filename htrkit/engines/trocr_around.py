"""What stands before and behind a TrOCR network, by transformers' own objects.

`python -m htrkit.engines.trocr_around MODEL NAME PROCESSOR FOLDER` takes out of them what can be kept, and writes it as
an entry of the cache. `PROCESSOR` is empty where the user named none.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from transformers import GenerationConfig

from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder, ReadingOptions
from htrkit.engines.trocr_config import TrocrConfig, read_config
from htrkit.engines.trocr_outline import NO_OUTLINE, Outlined, TrocrOutline
from htrkit.engines.trocr_processor import TrocrProcessor, load_processor
from htrkit.engines.trocr_writing import ends_of, writing_rules
from htrkit.networks.conversion import told
from htrkit.networks.keeping import write_entry

TRIED_SIZES = ((37, 20), (410, 63), (900, 40), (3, 1))
"""Of pictures, (width, height), that both ways must make the same of."""
TRIED_TOGETHER = 64
"""Tokens that both ways must read the same."""


def main(model: str, name: str, processor: str, folder: str) -> int:
    """Write the entry and give the exit status."""
    order = LoadOrder(model, ModelFacts(name, ""), options=ReadingOptions(processor=processor or None))
    return told(lambda: keep(order, Path(folder)))


def keep(order: LoadOrder, entry: Path) -> None:
    """Write what can be kept of a model, or that nothing can; raises PreflightRefused, OSError."""
    outline = outline_of(around_of(order))
    write_entry(entry, NO_OUTLINE if outline is None else outline.about, None)


class ByTransformers:
    """What stands around a network that transformers knows."""

    def __init__(self, config: TrocrConfig, processor: TrocrProcessor, rules: GenerationConfig) -> None:
        self.config = config
        self.processor = processor
        self.rules = rules

    @property
    def special(self) -> NDArray[np.int64]:
        """As `trocr_outline.Around`."""
        return np.array(self.processor.tokenizer.all_special_ids, dtype=np.int64)

    @property
    def ends(self) -> tuple[int, ...]:
        """As `Around`."""
        return ends_of(self.rules)

    def square(self, cut: Image.Image) -> NDArray[np.uint8]:
        """As `Around`."""
        # Told, because a line one or three pixels high passes for channels.
        made = self.processor.pictures(cut, do_rescale=False, do_normalize=False, input_data_format="channels_last")
        return np.ascontiguousarray(made["pixel_values"][0], dtype=np.uint8)

    def text(self, tokens: NDArray[np.int32]) -> str:
        """As `Around`."""
        # With its tidying of spaces before signs, transformers would change what was written.
        said: str = self.processor.tokenizer.decode(
            tokens.tolist(), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return said


def around_of(order: LoadOrder) -> ByTransformers:
    """Load all of a model but its network; raises PreflightRefused."""
    config = read_config(order)
    return ByTransformers(config, load_processor(config, order.options.processor), writing_rules(config, order.options))


def outline_of(around: ByTransformers) -> TrocrOutline | None:
    """Take out what can be kept; None where without transformers pictures or text would come out otherwise."""
    pictures, backend = around.processor.pictures, getattr(around.processor.tokenizer, "backend_tokenizer", None)
    resampling = getattr(pictures, "resample", None)
    if backend is None or resampling is None:
        return None
    tried = [(cut, around.square(cut)) for cut in _pictures()]
    _, height, width = tried[0][1].shape
    ids = tuple(int(one) for one in around.special)
    outline = TrocrOutline(height, width, int(resampling), ids, around.ends, backend.to_str())
    kept = Outlined(outline)
    if not all(np.array_equal(kept.square(cut), made) for cut, made in tried):
        return None
    if any(kept.text(tokens) != around.text(tokens) for tokens in _tokens(around.config.vocabulary)):
        return None
    return outline


def _pictures() -> Iterator[Image.Image]:
    chance = np.random.default_rng(0)
    for width, height in TRIED_SIZES:
        yield Image.fromarray(chance.integers(0, 256, (height, width, 3), dtype=np.uint8))


def _tokens(vocabulary: int) -> Iterator[NDArray[np.int32]]:
    """Give every token, once with its neighbours and once far from them."""
    ids: NDArray[Any] = np.arange(vocabulary, dtype=np.int32)
    for order in (ids, np.random.default_rng(0).permutation(ids)):
        for first in range(0, vocabulary, TRIED_TOGETHER):
            yield order[first : first + TRIED_TOGETHER]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
