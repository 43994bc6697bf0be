"""Everything that is decided before a run begins, from the words typed to the pages and the model's file."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from htrkit.config.layers import Layer, Resolved, environment_layer, resolve
from htrkit.core.device_choice import cards_for
from htrkit.core.lookup import code_of, engine_named
from htrkit.core.shown import shown
from htrkit.devices.cards import visible_cards
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.source import Selection
from htrkit.engines.catalog import ENGINES
from htrkit.files.hashing import file_sha256
from htrkit.files.settings_file import settings_layers
from htrkit.models.header import read_header
from htrkit.models.resolving import resolve_model
from htrkit.models.store import krakens_store, store_folder
from htrkit.run.model_file import ModelFile
from htrkit.run.out_folder import OutFolder
from htrkit.run.promises import pages_to_skip
from htrkit.run.selection import require_pages, select

BYTES_A_PAGE = 400_000
"""What a page's outputs take at most in practice: the page record and PAGE with every character's polygon."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for, before anything was looked at."""

    inputs: tuple[str, ...]
    out: Path | None
    config: Path | None
    typed: tuple[Layer, ...]
    environment: Mapping[str, str]
    home: Path
    stdin: bytes = b""
    """What was piped in, read once: the paths that `-` stands for."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a run will be made of."""

    resolved: Resolved
    row: EngineRow
    model: ModelFile
    segmentation: ModelFile
    selection: Selection
    skipped: frozenset[PageKey]
    findings: tuple[Finding, ...]


def settings_of(request: Request) -> Resolved:
    """Give the settings with their origins; raises UsageProblem."""
    environment = environment_layer(request.environment)
    return resolve(settings_layers(request.inputs, request.config, environment, *request.typed))


def engine_of(resolved: Resolved) -> EngineRow:
    """Give the engine's row; raises UsageProblem for an unknown one, PreflightRefused for one that is not built."""
    row = engine_named(resolved.settings.engine, ENGINES)
    code_of(row)
    return row


def check_device(wish: str, environment: Mapping[str, str]) -> None:
    """Ask the driver, never torch, whether the device is there; raises PreflightRefused."""
    cards_for(wish, visible_cards(environment))


def model_of(resolved: Resolved, row: EngineRow, request: Request) -> tuple[ModelFile, tuple[Finding, ...]]:
    """Give the recognition model's file, and what should be said of the choice; raises UsageProblem."""
    wanted = resolved.settings.model or row.default_model
    if wanted is None:
        raise UsageProblem(f"The engine {row.name} has no model of its own.", mend="Give one with --model.")
    place = request.environment, request.home
    found = resolve_model(resolved.settings.model, store=store_folder(*place), krakens=krakens_store(*place))
    said = (Finding("model", Severity.NOTE, found.said),) if found.said else ()
    return ModelFile(found.path, found.facts), said


def segmentation_of(resolved: Resolved) -> ModelFile:
    """Give the segmentation model's file: the one given, or the one that comes with Kraken.

    Raises UsageProblem, PreflightRefused.
    """
    given = resolved.settings.segmenter_model
    path = Path(given) if given else krakens_own_segmentation()
    if not path.is_file():
        raise UsageProblem(
            f"{shown(path)}: there is no such segmentation model.", mend="Give a file with --segmenter-model."
        )
    read_header(path)
    return ModelFile(path, ModelFacts(shown(path.name), file_sha256(path)))


def pages_of(resolved: Resolved, request: Request) -> Selection:
    """Give the pages; raises UsageProblem for an INPUT that is nothing, PreflightRefused where no page is found."""
    stdin = BytesIO(request.stdin)
    return require_pages(select(request.inputs, settings=resolved.settings, out=request.out, stdin=stdin))


def selection_findings(selection: Selection) -> tuple[Finding, ...]:
    """Give what should be said of the pages that were found."""
    notes = (Finding("inputs", Severity.NOTE, note) for note in selection.notes)
    return (*notes, *(Finding("inputs", Severity.WARNING, warning) for warning in selection.warnings))


def skipped_in(out: OutFolder, selection: Selection, resolved: Resolved) -> frozenset[PageKey]:
    """Give the pages to leave alone; raises OutputHeld, PreflightRefused where OUT cannot take the run."""
    out.refuse_held()
    return pages_to_skip(selection.pages, resolved.settings, out.path)


def disk_findings(out: Path, pages: int, formats: int) -> tuple[Finding, ...]:
    """Warn where the disk will not hold what the pages come to."""
    there = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())
    free, needed = shutil.disk_usage(there).free, pages * (formats + 1) * BYTES_A_PAGE // 3
    if free >= needed:
        return ()
    message = f"{shown(there)}: {free // 10**6:,} MB are free, and the outputs may take up to {needed // 10**6:,} MB."
    return (Finding("disk", Severity.WARNING, message, "Make room, or choose an OUT on another disk."),)


def made_ready(request: Request) -> Ready:
    """Decide everything; raises the first HtrkitError that stands in the way."""
    resolved = settings_of(request)
    settings = resolved.settings
    if request.out is not None:
        OutFolder(request.out).refuse_held()
    row = engine_of(resolved)
    check_device(settings.device, request.environment)
    model, said = model_of(resolved, row, request)
    segmentation = segmentation_of(resolved)
    selection = pages_of(resolved, request)
    skipped: frozenset[PageKey] = frozenset()
    disk: Sequence[Finding] = ()
    if request.out is not None:
        skipped = skipped_in(OutFolder(request.out), selection, resolved)
        disk = disk_findings(request.out, len(selection.pages), len(settings.formats))
    said = (*said, *selection_findings(selection), *disk)
    return Ready(resolved, row, model, segmentation, selection, skipped, said)


def krakens_own_segmentation() -> Path:
    """Find Kraken's own segmentation model without importing Kraken."""
    spec = find_spec("kraken")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise PreflightRefused("Kraken is not installed here.", mend="Install htrkit again: pip install htrkit.")
    return Path(next(iter(places))) / "blla.mlmodel"
