"""Which model files a run reads with: found, held against what they say of themselves, and never executed."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from htrkit.config.layers import Resolved
from htrkit.core.shown import shown
from htrkit.domain.engine import EngineRow, ModelForm
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.page import ModelFacts
from htrkit.engines.catalog import ENGINES
from htrkit.files.hashing import file_sha256
from htrkit.files.trocr_folder import trocr_parts
from htrkit.models.checkpoints import resolve_checkpoint
from htrkit.models.header import read_header
from htrkit.models.resolving import resolve_model
from htrkit.models.store import krakens_store, store_folder
from htrkit.run.language_choice import with_language
from htrkit.run.model_file import ModelFile
from htrkit.run.model_fit import RECOGNITION, SEGMENTATION, refuse_other_engine, refuse_other_task
from htrkit.run.served_model import served_model

KRAKENS_OWN = "Leave --segmenter-model away: Kraken's own is taken then."


def model_of(
    resolved: Resolved, row: EngineRow, environment: Mapping[str, str], home: Path
) -> tuple[ModelFile, tuple[Finding, ...]]:
    """Give the recognition model's file, and what should be said of the choice; raises PreflightRefused."""
    if row.model_form is ModelForm.NONE:
        return _without_model(resolved, row), ()
    if resolved.settings.server is not None:
        return served_model(resolved.settings.server, resolved.settings.model, row, environment)
    _wanted(resolved, row)
    place = environment, home
    if row.model_form is ModelForm.PYLAIA:
        return with_language(_checkpoint_of(resolved, row), resolved.settings.language_model)
    if row.model_form is ModelForm.TROCR:
        model = _checkpoint_of(resolved, row)
        trocr_parts(model.path, model.facts.name, resolved.settings.processor)
        return model, ()
    if row.model_form is not ModelForm.KRAKEN:
        return _checkpoint_of(resolved, row), ()
    try:
        found = resolve_model(resolved.settings.model, store=store_folder(*place), krakens=krakens_store(*place))
        header = read_header(found.path)
        refuse_other_task(found.path, found.facts.name, header.tasks, RECOGNITION)
        refuse_other_engine(found.facts.name, header.classes, row, ENGINES)
    except (UsageProblem, PreflightRefused) as error:
        raise PreflightRefused(error.what, mend=_or_ours(error.mend, row)) from error
    said = (Finding(Code.MODEL, Severity.NOTE, found.said),) if found.said else ()
    return ModelFile(found.path, found.facts), said


def _without_model(resolved: Resolved, row: EngineRow) -> ModelFile:
    """Cite the engine itself; raises PreflightRefused where a model is given all the same."""
    if resolved.settings.model is not None:
        raise PreflightRefused(f"The engine {row.name} reads without a model.", mend="Leave --model out.")
    return ModelFile(Path(), ModelFacts(row.name, ""))


def _or_ours(mend: str, row: EngineRow) -> str:
    """Offer besides the model that comes with the engine, where the mend does not; every set-up can begin with it."""
    ours = f"-m {row.default_model}"
    if row.default_model is None or ours in mend:
        return mend
    return f"{mend.rstrip('.')}; or take the one that comes with htrkit: {ours}"


def _checkpoint_of(resolved: Resolved, row: EngineRow) -> ModelFile:
    """Give a model that is a folder; raises PreflightRefused."""
    wanted = _wanted(resolved, row)
    try:
        found = resolve_checkpoint(wanted, row.model_form)
    except UsageProblem as error:
        raise PreflightRefused(error.what, mend=error.mend) from error
    return ModelFile(found.path, found.facts)


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
        raise PreflightRefused(f"{shown(path)}: there is no such segmentation model.", mend=KRAKENS_OWN)
    try:
        refuse_other_task(path, path.name, read_header(path).tasks, SEGMENTATION)
    except PreflightRefused as error:
        raise PreflightRefused(error.what, mend=KRAKENS_OWN) from error
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
