"""The local store of fetched models: where it is, what is in it, and how a model comes into it."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.models.fetching import fetch_model
from htrkit.models.header import ModelHeader, read_header

SUFFIXES = (".safetensors", ".mlmodel")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

Fetch = Callable[[str, Path], None]
"""Fetches the files of a model, by DOI, into a folder that exists; raises UsageProblem, or OSError of the disk."""


def store_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Give the folder of fetched models: below XDG_DATA_HOME, else `~/.local/share`."""
    return _data_folder(environment, home) / "htrkit" / "models"


def krakens_store(environment: Mapping[str, str], home: Path, *, platform: str = sys.platform) -> Path:
    """Give the folder where `kraken get` puts models: one folder each, called by the UUID of its DOI."""
    if platform == "darwin":
        return home / "Library" / "Application Support" / "htrmopo"
    return _data_folder(environment, home) / "htrmopo"


def get_model(doi: str, *, store: Path, krakens: Path | None = None, fetch: Fetch = fetch_model) -> Path:
    """Give a fetched model's file, from a store where it is there, else fetched into ours whole or not at all.

    Raises UsageProblem for a DOI without one Kraken model, PreflightRefused for a store that cannot be written.
    """
    place = store / folder_name(doi)
    if not place.is_dir() and krakens is not None and _usable(theirs := krakens / str(uuid5(NAMESPACE_DNS, doi))):
        place = theirs
    if not place.is_dir():
        _fetched(doi, place, fetch)
    return _one_model(doi, place)


def stored(store: Path) -> dict[str, Path]:
    """Give the models of the store by name: files in it, and folders of fetched ones by their DOI."""
    if not store.is_dir():
        return {}
    found = {path.stem: path for path in _models_in(store)}
    for folder in sorted(path for path in store.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if models := _models_in(folder):
            found[folder.name.replace("_", "/", 1)] = models[0]
    return found


def fetched_by_kraken(krakens: Path) -> tuple[Path, ...]:
    """Give the model files in Kraken's own store; their folders do not tell the DOIs."""
    if not krakens.is_dir():
        return ()
    return tuple(path for folder in sorted(krakens.iterdir()) for path in _models_in(folder))


def doi_of(wanted: str) -> str | None:
    """Give the DOI in a name, an address or `doi:…`; None where there is none."""
    match = _DOI.fullmatch(wanted.strip())
    return match.group(1) if match else None


def folder_name(doi: str) -> str:
    """Give the store's folder for a DOI; what no folder is called stands as a hash."""
    name = doi.replace("/", "_", 1)
    return name if re.fullmatch(r"[\w.-]+", name) else sha256(doi.encode()).hexdigest()[:16]


def _data_folder(environment: Mapping[str, str], home: Path) -> Path:
    data = environment.get("XDG_DATA_HOME", "")
    return Path(data) if data.startswith("/") else home / ".local" / "share"


def _fetched(doi: str, place: Path, fetch: Fetch) -> None:
    """Fetch aside, and put in place what holds a model: a repository may answer with an error page for the file."""
    aside = place.parent / f".htrkit-{os.getpid()}-{place.name}"
    try:
        aside.mkdir(parents=True, exist_ok=True)
        fetch(doi, aside)
        if not _usable(aside):
            raise _without_model(doi, aside)
        aside.replace(place)
    except OSError as error:
        raise PreflightRefused(
            f"{shown(place.parent)}: the store cannot be written ({error.strerror or error}).",
            mend="Make room or mend the folder's rights, or set XDG_DATA_HOME to another.",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _one_model(doi: str, folder: Path) -> Path:
    """Give the folder's model: the recogniser, where there are others beside it."""
    models = _usable(folder)
    if not models:
        raise _without_model(doi, folder)
    recognisers = [path for path, header in models.items() if "recognition" in header.tasks]
    match recognisers or list(models):
        case [model]:
            return model
        case several:
            names = ", ".join(shown(path) for path in several)
            raise UsageProblem(f"{doi}: several models are in it.", mend=f"Give one by its path: {names}.")


def _without_model(doi: str, folder: Path) -> UsageProblem:
    names = ", ".join(shown(path.name) for path in sorted(folder.iterdir())) or "nothing"
    return UsageProblem(
        f"{doi}: no Kraken model is in it ({names}).", mend="Choose another; `htrkit models` says where to look."
    )


def _usable(folder: Path) -> dict[Path, ModelHeader]:
    headers = {}
    for path in _models_in(folder):
        try:
            headers[path] = read_header(path)
        except PreflightRefused:
            continue
    return headers


def _models_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in SUFFIXES)
