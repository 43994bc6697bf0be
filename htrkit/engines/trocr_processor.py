"""What stands before and behind a TrOCR network: how it wants pictures, and what its tokens say."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoImageProcessor, AutoTokenizer, RobertaTokenizer, XLMRobertaTokenizer

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.engines.trocr_config import TrocrConfig, first_line
from htrkit.files.trocr_folder import SENTENCEPIECE, has, trocr_parts

MOST_UNUSED = 127
"""Vocabularies are rounded up, so that a decoder may have some tokens that no tokenizer knows."""


@dataclass(frozen=True, slots=True)
class TrocrProcessor:
    """Two of transformers' own objects, which fit the network that they were loaded for."""

    pictures: Any
    """Makes squares of pictures."""
    tokenizer: Any


def load_processor(config: TrocrConfig, wanted: str | None) -> TrocrProcessor:
    """Give both from `--processor`, else from the model's folder, else from the hub's cache by the vocabulary's size.

    Raises PreflightRefused where one is nowhere, or belongs to another network.
    """
    parts = trocr_parts(config.folder, config.name, wanted)
    try:
        # Pillow's scaling is what these models were trained with; torchvision's differs by a shade.
        squares = AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            parts.pictures, backend="pil", trust_remote_code=False
        )
        found = TrocrProcessor(squares, _tokenizer(parts.tokens))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError) as error:
        raise PreflightRefused(
            f"{shown(config.name)}: its processor or tokenizer cannot be loaded: {first_line(error)}.",
            mend="Give a folder or hub id that has both, whole, with --processor.",
        ) from error
    _check_tokens(config, found.tokenizer)
    _check_pictures(config, found.pictures)
    return found


def _tokenizer(place: Path) -> Any:  # noqa: ANN401 - transformers' own types are loose
    if has(place, "tokenizer_config.json") or has(place, "tokenizer.json"):
        return AutoTokenizer.from_pretrained(place, trust_remote_code=False)
    # Without a word about its class, transformers would take the one of small TrOCR for all of them.
    family = XLMRobertaTokenizer if has(place, SENTENCEPIECE) else RobertaTokenizer
    return family.from_pretrained(place)


def _check_tokens(config: TrocrConfig, tokenizer: Any) -> None:  # noqa: ANN401
    unused = config.vocabulary - len(tokenizer)
    if not 0 <= unused <= MOST_UNUSED:
        raise PreflightRefused(
            f"{shown(config.name)}: writes {config.vocabulary} different tokens, and its tokenizer knows "
            f"{len(tokenizer)}: they do not belong together, and the text would be nonsense.",
            mend="Give the folder or hub id with this model's own tokenizer with --processor.",
        )


def _check_pictures(config: TrocrConfig, pictures: Any) -> None:  # noqa: ANN401
    size = getattr(pictures, "crop_size", None) if getattr(pictures, "do_center_crop", False) else pictures.size
    made = (size.get("height"), size.get("width")) if size is not None else None
    if config.picture is not None and made != config.picture:
        raise PreflightRefused(
            f"{shown(config.name)}: reads pictures of {_by(config.picture)} pixels, and its processor makes them "
            f"{_by(made)}.",
            mend="Give the folder or hub id with this model's own processor with --processor.",
        )


def _by(size: tuple[Any, Any] | None) -> str:
    return "of no certain size" if size is None else f"{size[0]} x {size[1]}"
