"""Where a TrOCR model's tokenizer and processor are, since many that people trained further have neither."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused

KNOWN = {50265: "microsoft/trocr-base-handwritten", 64044: "microsoft/trocr-small-handwritten"}
"""Whose tokenizer and processor a model without its own was trained with, by the size of its vocabulary."""
SENTENCEPIECE = "sentencepiece.bpe.model"
SMALL_FILES = ["*.json", "*.txt", "*.model"]
PICTURES = "a processor (preprocessor_config.json)"
TOKENS = f"a tokenizer (tokenizer.json, or vocab.json and merges.txt, or {SENTENCEPIECE})"


@dataclass(frozen=True, slots=True)
class TrocrParts:
    """The folders that have them."""

    pictures: Path
    """The processor's, which makes squares of lines."""
    tokens: Path
    """The tokenizer's."""


def trocr_parts(folder: Path, name: str, wanted: str | None) -> TrocrParts:
    """Find both: in `--processor`, else in the model's folder, else in the hub's cache by the vocabulary's size.

    Raises PreflightRefused where one is nowhere.
    """
    own = (folder,) if wanted is None else (_asked(wanted), folder)

    def place(has: Callable[[Path], bool], called: str) -> Path:
        return next((one for one in own if has(one)), None) or _known(folder, name, has, called)

    return TrocrParts(place(_has_pictures, PICTURES), place(_has_tokens, TOKENS))


def small_files(folder: Path, name: str, wanted: str | None) -> tuple[Path, ...]:
    """Give the files that say how lines become squares and what tokens say; raises PreflightRefused as above.

    All small files of their folders are among them, in the order of their names: whichever of them is looked at.
    """
    parts = trocr_parts(folder, name, wanted)
    places = dict.fromkeys((folder, parts.pictures, parts.tokens))
    found = [path for place in places for pattern in SMALL_FILES for path in place.glob(pattern)]
    return tuple(sorted(path for path in set(found) if path.is_file()))


def has(place: Path, *names: str) -> bool:
    """Tell whether a folder has all of these files."""
    return all((place / name).is_file() for name in names)


def _has_pictures(place: Path) -> bool:
    if has(place, "preprocessor_config.json"):
        return True
    together = place / "processor_config.json"
    return together.is_file() and '"image_processor"' in together.read_text(encoding="utf-8", errors="replace")


def _has_tokens(place: Path) -> bool:
    return has(place, "tokenizer.json") or has(place, "vocab.json", "merges.txt") or has(place, SENTENCEPIECE)


def _asked(wanted: str) -> Path:
    """Give the folder of `--processor`; of a hub id, no weights are fetched."""
    place = Path(wanted)
    if place.is_dir():
        return place
    # Imported when it is needed: a fifth of a second, and the network's libraries.
    from huggingface_hub import snapshot_download  # noqa: PLC0415

    try:
        return _cached(wanted) or Path(snapshot_download(wanted, allow_patterns=SMALL_FILES))
    except (OSError, ValueError) as error:
        raise PreflightRefused(
            f"--processor {shown(wanted)}: neither a folder here nor a model of the hub that can be had now.",
            mend="Give a folder with preprocessor_config.json and the tokenizer's files, or a hub id in the cache.",
        ) from error


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - as above

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError):
        return None


def _known(folder: Path, name: str, has_it: Callable[[Path], bool], called: str) -> Path:
    """Give the folder of the model whose processor this one was trained with."""
    likely = KNOWN.get(_vocabulary(folder))
    place = _cached(likely) if likely is not None else None
    if place is not None and has_it(place):
        return place
    guess = "" if likely is None else f" By its vocabulary that should be `--processor {likely}`."
    raise PreflightRefused(
        f"{shown(name)}: {called} is missing in its folder.",
        mend=f"Give the folder or hub id of the model that it was trained from with --processor.{guess}",
    )


def _vocabulary(folder: Path) -> int:
    """Give the tokens that the decoder writes; 0 where the model does not say."""
    try:
        return int(json.loads((folder / "config.json").read_bytes())["decoder"]["vocab_size"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
