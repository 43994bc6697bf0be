"""What a model file says of itself, read without executing anything in it."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused

MOST_HEADER_BYTES = 100_000_000
"""The limit that the safetensors format sets (https://huggingface.co/docs/safetensors)."""
PICKLE_MARKS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


@dataclass(frozen=True, slots=True)
class ModelHeader:
    """A model as its file describes it."""

    tasks: tuple[str, ...]
    """`recognition`, `segmentation`; empty where the file does not tell."""
    alphabet: int | None = None
    """How many signs it can write; None where the file does not tell."""
    accuracy: float | None = None
    """The last one of its training, 0 to 1."""


def read_header(path: Path) -> ModelHeader:
    """Give what the file says; raises PreflightRefused for what is no model, or could run code when it is loaded."""
    try:
        with path.open("rb") as file:
            return _header(path, file)
    except OSError as error:
        raise PreflightRefused(
            f"{shown(path)}: cannot be read ({error.strerror}).", mend="Give a model file that you may read."
        ) from error


def _header(path: Path, file: BinaryIO) -> ModelHeader:
    start = file.read(8)
    if start[:2] in PICKLE_MARKS or zipfile.is_zipfile(path):
        raise PreflightRefused(
            f"{shown(path)}: a Python pickle, which can run any code when it is loaded.",
            mend="Give the model as .safetensors or .mlmodel; `ketos convert` makes one.",
        )
    if path.suffix == ".mlmodel":
        return ModelHeader(())
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > MOST_HEADER_BYTES:
        raise _no_model(path)
    try:
        metadata = json.loads(file.read(length))["__metadata__"]
        models = list(json.loads(metadata["kraken_meta"]).values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _no_model(path) from error
    return _described(models)


def _described(models: list[dict[str, object]]) -> ModelHeader:
    tasks: list[str] = []
    alphabet = accuracy = None
    for model in models:
        told = model.get("model_type") or model.get("_tasks")
        tasks += map(str, told) if isinstance(told, list) else ()
        codec, history = model.get("codec"), model.get("accuracy")
        if isinstance(codec, dict):
            alphabet = len(codec)
        if isinstance(history, list) and history and isinstance(history[-1], list) and len(history[-1]) == 2:
            accuracy = float(history[-1][1])
    return ModelHeader(tuple(dict.fromkeys(tasks)), alphabet, accuracy)


def _no_model(path: Path) -> PreflightRefused:
    return PreflightRefused(
        f"{shown(path)}: no Kraken model is in this file.",
        mend="Give a Kraken model (.safetensors or .mlmodel); `htrkit models` lists some.",
    )
