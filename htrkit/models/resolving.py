"""What `--model` names: a file, a starter, a model of a store, or one to be fetched."""

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.page import ModelFacts
from htrkit.files.hashing import file_sha256
from htrkit.models.catalog import STARTERS, Starter
from htrkit.models.fetching import fetch_model
from htrkit.models.header import read_header
from htrkit.models.store import SUFFIXES, Fetch, doi_of, get_model, stored


@dataclass(frozen=True, slots=True)
class Resolved:
    """A model that was found."""

    path: Path
    facts: ModelFacts
    said: str | None = None
    """What should be said of the choice."""


def resolve_model(
    wanted: str | None, *, store: Path, krakens: Path | None = None, fetch: Fetch = fetch_model
) -> Resolved:
    """Find the model: a file, a starter's name, a name or DOI in the store or in Kraken's own, or a DOI to be fetched.

    Without a wish it is the first starter, and that is said. Raises UsageProblem, PreflightRefused.
    """
    if wanted is None:
        return _without_wish()
    if os.path.isfile(wanted):  # noqa: PTH113 - Path.is_file raises on a folder that may not be entered
        return _found(Path(wanted), shown(Path(wanted).name))
    for starter in STARTERS:
        if starter.name == wanted:
            return _found(starter.path, starter.name)
    if (doi := doi_of(wanted)) is not None:
        return _found(get_model(doi, store=store, krakens=krakens, fetch=fetch), doi)
    there = stored(store)
    if wanted in there:
        return _found(there[wanted], wanted)
    if os.path.isdir(wanted):  # noqa: PTH112 - as above
        raise UsageProblem(f"{shown(wanted)}: a folder.", mend="Give a model file: .safetensors or .mlmodel.")
    raise _unknown(wanted, store)


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
    if wanted.endswith(SUFFIXES):
        hint = "Mind the folder that the command is given in. "
    elif "/" in wanted and not wanted.startswith((".", "/")) and not near:
        hint = "Kraken's models are fetched by DOI, as in 10.5281/zenodo.12743230. "
    return UsageProblem(
        f"--model {shown(wanted)}: neither a file nor the name of a model here.",
        mend=f"{hint}`htrkit models` lists what is here and where to find more.",
    )
