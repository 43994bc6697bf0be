"""Everything that is decided before a run begins, from the words typed to the pages and the model's file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from htrkit.config.choices import PageReads, Segmenter
from htrkit.config.layers import Layer, Resolved, environment_layer, resolve
from htrkit.config.settings import Settings
from htrkit.core.device_seen import Seen
from htrkit.core.guarded import Guarded
from htrkit.core.guardrails import clamped, guardrail_findings
from htrkit.core.lookup import code_of
from htrkit.core.saying import to_nobody
from htrkit.domain.device import Device
from htrkit.domain.engine import EngineRow, Reads
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.names import PageKey
from htrkit.domain.source import Selection
from htrkit.engines.outside import engine_called
from htrkit.files.settings_file import settings_layers
from htrkit.files.user_cache import cache_folder
from htrkit.run.checks import Checks
from htrkit.run.computing import Converts, grounds_of, settle
from htrkit.run.disk_forecast import disk_findings
from htrkit.run.guarding import bytes_of_model, can_be_asked, choice_for, guarded, seen_now
from htrkit.run.model_choice import model_of, refuse_absent_model, segmentation_of
from htrkit.run.model_file import ModelFile
from htrkit.run.option_findings import option_findings, placement_findings
from htrkit.run.out_check import rights_findings
from htrkit.run.out_folder import OutFolder
from htrkit.run.package_findings import package_findings
from htrkit.run.page_findings import BEFORE_A_RUN, Closely, page_findings
from htrkit.run.promises import pages_to_skip
from htrkit.run.selection import require_pages, select

_READ_FOLDER = "Mend its rights, or give what is to be read in it by name."
_LEAVE_XML = "Put each XML beside the image that it names, or have all lines found anew: -s kraken"


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
    say: Callable[[str], None] = to_nobody
    """Is told what takes a while before the run begins."""


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
    devices: tuple[Device, ...] = ()
    """The GPUs, or the CPU, that the guardrails looked at; none is the CPU too."""


@dataclass(frozen=True, slots=True)
class SetUpFound:
    """What was found of a set-up; None for what is missing."""

    resolved: Resolved
    """With the engine's limits, where that is asked for."""
    row: EngineRow
    model: ModelFile | None
    segmentation: ModelFile | None
    selection: Selection | None
    devices: tuple[Device, ...] = ()
    """Those that the wish comes to; none where it could not be fulfilled."""
    guarded: Guarded | None = None
    """What the guardrails looked at."""
    packages: tuple[Finding, ...] = ()
    """What the engine lacks."""
    asked: Resolved | None = None
    """The settings before it was chosen what computes."""


def settings_of(request: Request) -> Resolved:
    """Give the settings with their origins; raises UsageProblem."""
    environment = environment_layer(request.environment)
    return resolve(settings_layers(request.inputs, request.config, environment, *request.typed))


def row_of(resolved: Resolved) -> EngineRow:
    """Give the engine's row; raises UsageProblem for an unknown one."""
    return engine_called(resolved.settings.engine)


def engine_of(resolved: Resolved) -> EngineRow:
    """Give the engine's row; raises UsageProblem for an unknown one, PreflightRefused for one that is not built."""
    row = row_of(resolved)
    code_of(row, resolved.settings.server)
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
    notes = (Finding(Code.INPUTS, Severity.NOTE, note) for note in selection.notes)
    names = (Finding(Code.NAMES, Severity.NOTE, note) for note in selection.collisions)
    folders = (Finding(Code.INPUTS, Severity.WARNING, told, _READ_FOLDER) for told in selection.folders)
    warnings = (Finding(Code.INPUTS, Severity.WARNING, told, _LEAVE_XML) for told in selection.warnings)
    return (*notes, *names, *folders, *warnings)


def skipped_in(out: OutFolder, selection: Selection, resolved: Resolved) -> frozenset[PageKey]:
    """Give the pages to leave alone; raises OutputHeld, PreflightRefused where OUT cannot take the run."""
    out.refuse_held()
    return pages_to_skip(selection.pages, resolved.settings, out.path)


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
    set_up = settled_on_models(checks, set_up, request)
    checks.refuse_blocked()
    if set_up.selection is not None:
        left = [page for page in set_up.selection.pages if page.key not in skipped]
        checks.add(*page_findings(left, set_up.resolved.settings, Closely(bounds=BEFORE_A_RUN)))
    model, segmentation, selection = set_up.model, set_up.segmentation, set_up.selection
    # Each of them is a blocker where it is missing.
    assert model is not None and segmentation is not None and selection is not None  # noqa: S101, PT018
    findings = tuple(checks.findings)
    return Ready(set_up.resolved, set_up.row, model, segmentation, selection, skipped, findings, set_up.devices)


def _skipped(checks: Checks, set_up: SetUpFound, out: Path | None) -> frozenset[PageKey]:
    selection, resolved = set_up.selection, set_up.resolved
    if out is None or selection is None:
        return frozenset()
    checks.add(*rights_findings(out), *disk_findings(out, len(selection.pages), len(resolved.settings.formats)))
    return checks.made(Code.OUT, lambda: skipped_in(OutFolder(out), selection, resolved)) or frozenset()


def checked(checks: Checks, resolved: Resolved, request: Request, seen: Seen | None = None) -> SetUpFound:
    """Look for engine, model, devices and pages, and hold them against the guardrails; nothing is loaded.

    `seen` is another machine than this one, for a run that is to go there. Raises UsageProblem for an engine that
    nobody knows.
    """
    row = row_of(resolved)
    resolved = with_limits(resolved, row)
    settings = resolved.settings
    checks.made(Code.ENGINE, lambda: code_of(row, settings.server))
    packages = tuple(package_findings(row, settings=settings, served=settings.server is not None))
    checks.add(*packages, *option_findings(resolved, row), *placement_findings(resolved))
    model = _model(checks, resolved, row, request)
    segmentation = checks.made(Code.SEGMENTER_MODEL, lambda: segmentation_of(resolved))
    selection = checks.made(Code.INPUTS, lambda: pages_of(resolved, request))
    pages = selection.pages if selection is not None else None
    place = model.path if model is not None else Path(settings.model) if settings.model else None
    can_ask = can_be_asked(settings, at_a_terminal=request.can_ask)
    looked_at = replace(guarded(settings, row, (), pages), weights_bytes=bytes_of_model(place), can_ask=can_ask)
    choice = choice_for(looked_at, seen or seen_now(request.environment))
    looked_at = replace(looked_at, devices=choice.devices)
    checks.add(*choice.findings, *guardrail_findings(looked_at))
    if selection is not None:
        checks.add(*selection_findings(selection))
    found = SetUpFound(resolved, row, model, segmentation, selection, choice.devices, looked_at, packages, resolved)
    return _settled(checks, found, request, converts=False)


def settled_on_models(checks: Checks, set_up: SetUpFound, request: Request) -> SetUpFound:
    """Convert the models for this machine where that was never done, and say what computes them, as is known now."""
    return checks.made(Code.MODEL, lambda: _settled(checks, set_up, request, converts=True)) or set_up


def _settled(checks: Checks, set_up: SetUpFound, request: Request, *, converts: bool) -> SetUpFound:
    """Choose what computes; raises PreflightRefused for a model that cannot be loaded."""
    asked = set_up.asked or set_up.resolved
    finds = lines_are_found(asked.settings, set_up.row, set_up.selection)
    grounds, aside = grounds_of(
        set_up.row,
        set_up.devices,
        asked.settings,
        Converts(cache_folder(request.environment, request.home), now=converts, say=request.say),
        model=set_up.model,
        segmentation=set_up.segmentation if finds else None,
    )
    resolved, how = settle(asked, grounds)
    checks.say_instead(how, *aside)
    return replace(set_up, resolved=resolved)


def lines_are_found(settings: Settings, row: EngineRow, selection: Selection | None) -> bool:
    """Tell whether some page's lines will have to be found."""
    match settings.segmenter:
        case Segmenter.KRAKEN:
            return True
        case Segmenter.SIDECAR | Segmenter.NONE:
            return False
        case Segmenter.AUTO:
            whole = row.reads is Reads.PAGES and settings.reads is PageReads.PAGE
            return not whole and selection is not None and any(not page.sidecars for page in selection.pages)


def _model(checks: Checks, resolved: Resolved, row: EngineRow, request: Request) -> ModelFile | None:
    if row.code is None and resolved.settings.server is None:
        checks.made(Code.MODEL, lambda: refuse_absent_model(resolved, row))
        return None
    found = checks.made(Code.MODEL, lambda: model_of(resolved, row, request.environment, request.home))
    if found is None:
        return None
    checks.add(*found[1])
    return found[0]
