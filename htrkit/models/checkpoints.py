"""Models that are folders of files: where `--model` leads, and by which hash outputs cite them."""

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.engine import ModelForm
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.domain.page import ModelFacts
from htrkit.files.hashing import file_sha256
from htrkit.files.pylaia_folder import pylaia_files
from htrkit.models.hub import Fetch, hub_folder, hub_id
from htrkit.models.resolving import Resolved

_BLOB = re.compile(r"[0-9a-f]{64}")
"""What the hub's cache calls a large file: its hash."""
CONFIGURATION = "config.json"
"""Every model that transformers loads has one."""
PASSED_OVER = {"README.md", ".gitattributes", ".DS_Store"}


def resolve_checkpoint(wanted: str, form: ModelForm, *, fetch: Fetch = hub_folder) -> Resolved:
    """Find a model that is a folder: by its path, or by its id on the Hugging Face hub.

    Raises UsageProblem for what is neither, PreflightRefused for a folder that holds no model of the form.
    """
    if os.path.exists(wanted):  # noqa: PTH110 - Path.exists raises on a folder that may not be entered
        place = Path(wanted)
        return Resolved(place, ModelFacts(shown(place.absolute().name), hash_of(place, form)))
    found = hub_id(wanted)
    if found is None or wanted.startswith((".", "/", "~")):
        raise UsageProblem(
            f"--model {shown(wanted)}: there is no such file or folder.",
            mend="Give a model that is there with --model; `htrkit engines NAME` lists models that people use.",
        )
    place = fetch(*found)
    return Resolved(place, ModelFacts(wanted, hash_of(place, form)))


def hash_of(place: Path, form: ModelForm) -> str:
    """Give one hash over names and contents of the files that the model is read from; raises PreflightRefused."""
    if form is ModelForm.PYLAIA:
        named = list(pylaia_files(place).named)
    elif form is ModelForm.PATH:
        named = [(str(path.relative_to(place)), path) for path in _all_files(place)]
    else:
        named = [(str(path.relative_to(place)), path) for path in _files(place)]
    together = sha256()
    try:
        for name, path in named:
            together.update(f"{name}\0{_hash_of_file(path)}\n".encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise PreflightRefused(
            f"{shown(place)}: cannot be read ({error.strerror}).", mend="Give a model that you may read."
        ) from error
    return together.hexdigest()


def _files(place: Path) -> Iterator[Path]:
    """Give the files of a model that transformers loads; raises PreflightRefused where it is none."""
    if not (place / CONFIGURATION).is_file():
        raise PreflightRefused(
            f"{shown(place)}: no model that transformers could load is there: {CONFIGURATION} is missing.",
            mend="Give the folder with config.json, the weights and the tokenizer's files.",
        )
    yield from _all_files(place)


def _all_files(place: Path) -> Iterator[Path]:
    """Give the files of a folder, or the one that it is, but for what says nothing of a model."""
    if place.is_file():
        yield place
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.name not in PASSED_OVER and not path.name.startswith("."):
            yield path


def _hash_of_file(path: Path) -> str:
    """Give a file's hash; the hub's cache calls large files by it, and gigabytes need not be read for that."""
    kept = path.resolve().name
    return kept if _BLOB.fullmatch(kept) else file_sha256(path)
