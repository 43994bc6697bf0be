"""Models by name: a path, a starter, one in the local store, or one to be fetched."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.page import ModelFacts
from htrkit.files.hashing import file_sha256
from htrkit.models.catalog import STARTERS, Starter
from htrkit.models.fetching import fetch_model
from htrkit.models.header import read_header

SUFFIXES = (".safetensors", ".mlmodel")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

Fetch = Callable[[str, Path], None]
"""Fetches the files of a model, by DOI, into a folder that exists; raises UsageProblem."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A model that was found."""

    path: Path
    facts: ModelFacts
    said: str | None = None
    """What should be said of the choice."""


def store_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Give the folder of fetched models: below XDG_DATA_HOME, else `~/.local/share`."""
    data = environment.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else home / ".local" / "share"
    return base / "htrkit" / "models"


def resolve_model(wanted: str | None, *, store: Path, fetch: Fetch = fetch_model) -> Resolved:
    """Find the model: a file, a starter's name, a name or DOI in the store, or a DOI to be fetched.

    Without a wish it is the first starter, and that is said. Raises UsageProblem, PreflightRefused.
    """
    if wanted is None:
        return _without_wish()
    path = Path(wanted)
    if path.is_file():
        return _found(path, shown(path.name))
    if path.is_dir():
        raise UsageProblem(f"{shown(path)}: a folder.", mend="Give a model file: .safetensors or .mlmodel.")
    for starter in STARTERS:
        if starter.name == wanted:
            return _found(starter.path, starter.name)
    doi = doi_of(wanted)
    if doi is None:
        there = stored(store)
        if wanted in there:
            return _found(there[wanted], wanted)
        raise _unknown(wanted, store)
    return _found(get_model(doi, store=store, fetch=fetch), doi)


def get_model(doi: str, *, store: Path, fetch: Fetch = fetch_model) -> Path:
    """Give a fetched model's file, from the store where it is there, else fetched into it whole or not at all."""
    place = store / folder_name(doi)
    if not place.is_dir():
        aside = store / f".htrkit-{folder_name(doi)}"
        _emptied(aside)
        fetch(doi, aside)
        aside.replace(place)
    models = sorted(path for path in place.iterdir() if path.suffix in SUFFIXES)
    if not models:
        names = ", ".join(shown(path.name) for path in sorted(place.iterdir())) or "nothing"
        raise UsageProblem(
            f"{doi}: no Kraken model is in it ({names}).", mend="Choose another; `htrkit models` says where to look."
        )
    return models[0]


def stored(store: Path) -> dict[str, Path]:
    """Give the models of the store by name: files in it, and folders of fetched ones by their DOI."""
    if not store.is_dir():
        return {}
    found = {path.stem: path for path in sorted(store.iterdir()) if path.is_file() and path.suffix in SUFFIXES}
    for folder in sorted(path for path in store.iterdir() if path.is_dir() and not path.name.startswith(".")):
        models = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
        if models:
            found[folder.name.replace("_", "/", 1)] = models[0]
    return found


def doi_of(wanted: str) -> str | None:
    """Give the DOI in a name, an address or `doi:…`; None where there is none."""
    match = _DOI.fullmatch(wanted.strip())
    return match.group(1) if match else None


def folder_name(doi: str) -> str:
    """Give the store's folder for a DOI; what no folder is called stands as a hash."""
    name = doi.replace("/", "_", 1)
    return name if re.fullmatch(r"[\w.-]+", name) else sha256(doi.encode()).hexdigest()[:16]


def _without_wish() -> Resolved:
    first, *others = STARTERS
    names = " and ".join(f"`{other.name}` ({_short(other)})" for other in others)
    found = _found(first.path, first.name)
    said = f"No model was given: `{first.name}` is taken ({_short(first)}). The other starter is {names}."
    return Resolved(found.path, found.facts, said)


def _short(starter: Starter) -> str:
    return starter.reads.split(";")[0]


def _found(path: Path, name: str) -> Resolved:
    read_header(path)
    return Resolved(path, ModelFacts(name, file_sha256(path)))


def _unknown(wanted: str, store: Path) -> UsageProblem:
    names = [*(starter.name for starter in STARTERS), *stored(store)]
    near = get_close_matches(wanted, names, n=1, cutoff=0.5)
    hint = f"Did you mean `{near[0]}`? " if near else ""
    if "/" in wanted and not wanted.startswith((".", "/")) and not near:
        hint = "Kraken's models are fetched by DOI, as in 10.5281/zenodo.12743230. "
    return UsageProblem(
        f"--model {shown(wanted)}: neither a file nor the name of a model here.",
        mend=f"{hint}`htrkit models` lists what is here and where to find more.",
    )


def _emptied(folder: Path) -> None:
    """Make the folder, without what a fetch that broke off left in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
