"""Everything that is decided before a run begins, from the words typed to the pages and the model's file."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from htrkit.config.layers import Layer, Resolved, environment_layer, resolve
from htrkit.core.guardrails import clamped, guardrail_findings
from htrkit.core.lookup import code_of, engine_named
from htrkit.core.shown import shown
from htrkit.domain.engine import EngineRow
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.names import PageKey
from htrkit.domain.source import Selection
from htrkit.engines.catalog import ENGINES
from htrkit.files.settings_file import settings_layers
from htrkit.run.checks import Checks
from htrkit.run.guarding import bytes_of_model, can_be_asked, devices_of, guarded
from htrkit.run.model_choice import model_of, refuse_absent_model, segmentation_of
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
    can_ask: bool = False
    """Whether somebody sits at a terminal who could be asked something."""


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


@dataclass(frozen=True, slots=True)
class SetUpFound:
    """What was found of a set-up; None for what is missing."""

    resolved: Resolved
    """With the engine's limits, where that is asked for."""
    row: EngineRow
    model: ModelFile | None
    segmentation: ModelFile | None
    selection: Selection | None


def settings_of(request: Request) -> Resolved:
    """Give the settings with their origins; raises UsageProblem."""
    environment = environment_layer(request.environment)
    return resolve(settings_layers(request.inputs, request.config, environment, *request.typed))


def row_of(resolved: Resolved) -> EngineRow:
    """Give the engine's row; raises UsageProblem for an unknown one."""
    return engine_named(resolved.settings.engine, ENGINES)


def engine_of(resolved: Resolved) -> EngineRow:
    """Give the engine's row; raises UsageProblem for an unknown one, PreflightRefused for one that is not built."""
    row = row_of(resolved)
    code_of(row)
    return row


def with_limits(resolved: Resolved, row: EngineRow) -> Resolved:
    """Give the settings with the engine's limits, where that is asked for."""
    return replace(resolved, settings=clamped(resolved.settings, row))


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
    """Decide everything.

    Raises UsageProblem for settings or an engine that nobody knows, OutputHeld, and for whatever else stands in the way
    SetUpRefused with all that was found.
    """
    resolved = settings_of(request)
    if request.out is not None:
        OutFolder(request.out).refuse_held()
    checks = Checks()
    set_up = checked(checks, resolved, request)
    skipped = _skipped(checks, set_up, request.out)
    checks.refuse_blocked()
    model, segmentation, selection = set_up.model, set_up.segmentation, set_up.selection
    # Each of them is a blocker where it is missing.
    assert model is not None and segmentation is not None and selection is not None  # noqa: S101, PT018
    return Ready(set_up.resolved, set_up.row, model, segmentation, selection, skipped, tuple(checks.findings))


def _skipped(checks: Checks, set_up: SetUpFound, out: Path | None) -> frozenset[PageKey]:
    selection, resolved = set_up.selection, set_up.resolved
    if out is None or selection is None:
        return frozenset()
    checks.add(*disk_findings(out, len(selection.pages), len(resolved.settings.formats)))
    return checks.made("out", lambda: skipped_in(OutFolder(out), selection, resolved)) or frozenset()


def checked(checks: Checks, resolved: Resolved, request: Request) -> SetUpFound:
    """Look for engine, model, devices and pages, and hold them against the guardrails; nothing is loaded.

    Raises UsageProblem for an engine that nobody knows.
    """
    row = row_of(resolved)
    resolved = with_limits(resolved, row)
    settings = resolved.settings
    checks.made("engine", lambda: code_of(row))
    model = _model(checks, resolved, row, request)
    segmentation = checks.made("segmenter-model", lambda: segmentation_of(resolved))
    devices = checks.made("device", lambda: devices_of(settings.devices, request.environment))
    selection = checks.made("inputs", lambda: pages_of(resolved, request))
    pages = selection.pages if selection is not None else None
    place = model.path if model is not None else Path(settings.model) if settings.model else None
    can_ask = can_be_asked(settings, at_a_terminal=request.can_ask)
    looked_at = guarded(settings, row, devices or (), pages)
    checks.add(*guardrail_findings(replace(looked_at, weights_bytes=bytes_of_model(place), can_ask=can_ask)))
    if selection is not None:
        checks.add(*selection_findings(selection))
    return SetUpFound(resolved, row, model, segmentation, selection)


def _model(checks: Checks, resolved: Resolved, row: EngineRow, request: Request) -> ModelFile | None:
    if row.code is None:
        checks.made("model", lambda: refuse_absent_model(resolved, row))
        return None
    found = checks.made("model", lambda: model_of(resolved, row, request.environment, request.home))
    if found is None:
        return None
    checks.add(*found[1])
    return found[0]
