"""What a model file says of itself, read without executing anything in it."""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.models.coreml import NoCoreMl, user_metadata

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
    classes: tuple[str, ...] = ()
    """What Kraken calls the kind of its models that read; empty where the file does not tell."""


class _NoModel(Exception):
    """The file is of the right kind, and what it holds is no model of Kraken's."""


def read_header(path: Path) -> ModelHeader:
    """Give what the file says; raises PreflightRefused for what is no model, or could run code when it is loaded."""
    try:
        with path.open("rb") as file:
            _refuse_pickle(path, file)
            return _described(_coreml(file) if path.suffix == ".mlmodel" else _safetensors(file))
    except OSError as error:
        raise PreflightRefused(
            f"{shown(path)}: cannot be read ({error.strerror}).", mend="Give a model file that you may read."
        ) from error
    except (_NoModel, NoCoreMl, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        cause = f" ({error})" if isinstance(error, _NoModel | NoCoreMl) else ""
        raise PreflightRefused(
            f"{shown(path)}: no Kraken model is in this file{cause}.",
            mend="Give a Kraken model (.safetensors or .mlmodel); `htrkit models` lists some.",
        ) from error


def _refuse_pickle(path: Path, file: BinaryIO) -> None:
    if file.read(2) in PICKLE_MARKS or zipfile.is_zipfile(path):
        raise PreflightRefused(
            f"{shown(path)}: a Python pickle, which can run any code when it is loaded.",
            mend="Give the model as .safetensors or .mlmodel; `ketos convert` makes one.",
        )
    file.seek(0)


def _safetensors(file: BinaryIO) -> Sequence[Mapping[str, object]]:
    """Give what the file says of each of its models: a length, a JSON header, and then the tensors."""
    start = file.read(8)
    length = int.from_bytes(start, "little")
    size = os.fstat(file.fileno()).st_size
    if len(start) < 8 or length > min(MOST_HEADER_BYTES, size - 8):
        raise _NoModel("neither safetensors nor CoreML")
    header = json.loads(file.read(length))
    metadata = header.pop("__metadata__")
    if any(tensor["data_offsets"][1] > size - 8 - length for tensor in header.values()):
        raise _NoModel("it ends early")
    if "kraken_meta" not in metadata:
        raise _NoModel("another program made it")
    models: Mapping[str, Mapping[str, object]] = json.loads(metadata["kraken_meta"])
    return list(models.values())


def _coreml(file: BinaryIO) -> Sequence[Mapping[str, object]]:
    """Give the same of a CoreML file; Kraken's oldest say nothing of their task, and are recognisers."""
    told = user_metadata(file)
    model: dict[str, object] = {"model_type": "recognition", **json.loads(told.get("kraken_meta", "{}"))}
    if "vgsl" not in told and "vgsl" not in model:
        raise _NoModel("another program made it")
    return [model | {"codec": json.loads(told.get("codec", "null")), "_model": "TorchVGSLModel"}]


def _described(models: Sequence[Mapping[str, object]]) -> ModelHeader:
    tasks: list[str] = []
    classes: list[str] = []
    alphabet = accuracy = None
    for model in models:
        told = model.get("model_type") or model.get("_tasks")
        its_tasks = [told] if isinstance(told, str) else list(map(str, told)) if isinstance(told, list) else []
        tasks += its_tasks
        if "recognition" in its_tasks and isinstance(kind := model.get("_model"), str):
            classes.append(kind)
        codec, history = model.get("codec"), model.get("accuracy")
        if isinstance(codec, dict):
            alphabet = len(codec)
        if isinstance(history, list) and history and isinstance(history[-1], list) and len(history[-1]) == 2:
            accuracy = float(history[-1][1])
    return ModelHeader(tuple(dict.fromkeys(tasks)), alphabet, accuracy, tuple(classes))
