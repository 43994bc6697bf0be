"""What a TrOCR model's config.json says, before anything large is loaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoConfig

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.stages import LoadOrder

TYPE = "vision-encoder-decoder"


@dataclass(frozen=True, slots=True)
class TrocrConfig:
    """The sizes that tokenizer, processor and network must agree on."""

    folder: Path
    name: str
    """As the user calls the model."""
    vocabulary: int
    """Different tokens that the decoder writes."""
    picture: tuple[int, int] | None
    """(height, width) of what the encoder reads, in pixels; None where it reads any size."""
    longest: int | None
    """Places for tokens that the decoder has; None where it has as many as one likes."""
    told: Any
    """The whole of it, as transformers has it."""


def read_config(order: LoadOrder) -> TrocrConfig:
    """Give what the model's config.json says; raises PreflightRefused for a model of another kind."""
    try:
        config: Any = AutoConfig.from_pretrained(order.path, trust_remote_code=False)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PreflightRefused(
            f"{shown(order.model.name)}: its config.json cannot be read: {first_line(error)}.",
            mend="Give the folder or hub id of a TrOCR model with --model.",
        ) from error
    if config.model_type != TYPE:
        raise PreflightRefused(
            f"{shown(order.model.name)}: is a model of the type {shown(str(config.model_type))}, and TrOCR models "
            f"are of the type {TYPE}.",
            mend="Take another --model, or the engine that reads with this one: `htrkit engines`.",
        )
    longest = getattr(config.decoder, "max_position_embeddings", None)
    vocabulary = int(config.decoder.vocab_size)
    picture = _picture(getattr(config.encoder, "image_size", None))
    return TrocrConfig(Path(order.path), order.model.name, vocabulary, picture, longest, config)


def _picture(size: Any) -> tuple[int, int] | None:  # noqa: ANN401 - a side, both, or nothing
    if size is None:
        return None
    height, width = (size, size) if isinstance(size, int) else size
    return int(height), int(width)


def first_line(error: Exception) -> str:
    """Give the first line of an error of transformers, which are long, for people."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return shown(lines[0].rstrip(".")) if lines else type(error).__name__
