"""Which model files a run reads with: found, held against what they say of themselves, and never executed."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from htrkit.config.layers import Resolved
from htrkit.core.shown import shown
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.page import ModelFacts
from htrkit.files.hashing import file_sha256
from htrkit.models.header import read_header
from htrkit.models.resolving import resolve_model
from htrkit.models.store import krakens_store, store_folder
from htrkit.run.model_file import ModelFile


def model_of(
    resolved: Resolved, row: EngineRow, environment: Mapping[str, str], home: Path
) -> tuple[ModelFile, tuple[Finding, ...]]:
    """Give the recognition model's file, and what should be said of the choice; raises PreflightRefused."""
    _wanted(resolved, row)
    place = environment, home
    try:
        found = resolve_model(resolved.settings.model, store=store_folder(*place), krakens=krakens_store(*place))
    except UsageProblem as error:
        raise PreflightRefused(error.what, mend=error.mend) from error
    said = (Finding("model", Severity.NOTE, found.said),) if found.said else ()
    return ModelFile(found.path, found.facts), said


def refuse_absent_model(resolved: Resolved, row: EngineRow) -> None:
    """Look for the model of an engine that is not built yet, as far as that can be done; raises PreflightRefused."""
    wanted = _wanted(resolved, row)
    if wanted.startswith((".", "/", "~")) and not os.path.exists(wanted):  # noqa: PTH110 - Path.exists may raise
        raise PreflightRefused(
            f"--model {shown(wanted)}: there is no such file or folder.",
            mend="Give a model that is there with --model.",
        )


def segmentation_of(resolved: Resolved) -> ModelFile:
    """Give the segmentation model's file: the one given, or the one that comes with Kraken.

    Raises PreflightRefused.
    """
    given = resolved.settings.segmenter_model
    path = Path(given) if given else krakens_own_segmentation()
    if not path.is_file():
        raise PreflightRefused(
            f"{shown(path)}: there is no such segmentation model.", mend="Give a file with --segmenter-model."
        )
    read_header(path)
    return ModelFile(path, ModelFacts(shown(path.name), file_sha256(path)))


def krakens_own_segmentation() -> Path:
    """Find Kraken's own segmentation model without importing Kraken."""
    spec = find_spec("kraken")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise PreflightRefused("Kraken is not installed here.", mend="Install htrkit again: pip install htrkit.")
    return Path(next(iter(places))) / "blla.mlmodel"


def _wanted(resolved: Resolved, row: EngineRow) -> str:
    """Give the model as it is named; raises PreflightRefused where none is."""
    wanted = resolved.settings.model or row.default_model
    if wanted is None:
        raise PreflightRefused(f"The engine {row.name} has no model of its own.", mend="Give one with --model.")
    return wanted
