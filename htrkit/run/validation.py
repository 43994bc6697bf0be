"""What can be known before an hour is spent: each check finds what it can, and none stops the others."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from htrkit.config.layers import Resolved
from htrkit.core.shown import shown
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import HtrkitError, PageProblem, UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.page import PageRecord
from htrkit.domain.source import PageSource, Selection
from htrkit.run.bench import Bench
from htrkit.run.out_folder import OutFolder
from htrkit.run.page_check import Depth, check_page
from htrkit.run.preflight import (
    Request,
    check_device,
    disk_findings,
    engine_of,
    made_ready,
    model_of,
    pages_of,
    segmentation_of,
    selection_findings,
    settings_of,
    skipped_in,
)
from htrkit.run.running import planned
from htrkit.run.session import utc_now
from htrkit.run.step_times import StepTimes

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found, and the exit code that it comes to."""

    findings: tuple[Finding, ...]
    exit_code: ExitCode
    resolved: Resolved | None = None
    selection: Selection | None = None


class Checks:
    """Gathers findings; a check that raises an HtrkitError has found a blocker."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.exit_code = ExitCode.DONE

    def made(self, code: str, check: Callable[[], Found]) -> Found | None:
        """Give what the check gives; None where it found a blocker."""
        try:
            return check()
        except HtrkitError as error:
            self.findings.append(Finding(code, Severity.BLOCKER, error.what, error.mend))
            if self.exit_code in {ExitCode.DONE, ExitCode.PREFLIGHT}:
                self.exit_code = error.exit_code
            return None

    def add(self, *findings: Finding) -> None:
        """Take in findings that block nothing."""
        self.findings += findings


def validated(request: Request, *, depth: Depth, strict: bool) -> Validation:
    """Check settings, engine, model, device, pages, OUT and disk; read every page's head, and its XML."""
    checks = Checks()
    resolved = checks.made("settings", lambda: settings_of(request))
    if resolved is None:
        return Validation(tuple(checks.findings), checks.exit_code)
    row = checks.made("engine", lambda: engine_of(resolved))
    if row is not None:
        _check_models(checks, resolved, row, request)
    checks.made("device", lambda: check_device(resolved.settings.device))
    selection = checks.made("inputs", lambda: pages_of(resolved, request))
    if selection is not None:
        checks.add(*selection_findings(selection))
        checks.add(*_page_findings(selection, resolved, depth))
        _check_out(checks, resolved, selection, request)
    if (
        strict
        and checks.exit_code is ExitCode.DONE
        and any(one.severity is Severity.WARNING for one in checks.findings)
    ):
        checks.exit_code = ExitCode.PREFLIGHT
    return Validation(tuple(checks.findings), checks.exit_code, resolved, selection)


def try_page(request: Request, number: int) -> PageRecord:
    """Read one of the pages, by number from 1, and write nothing; raises HtrkitError."""
    ready = made_ready(request)
    pages = ready.selection.pages
    if not 1 <= number <= len(pages):
        raise UsageProblem(
            f"There is no page {number}: {len(pages)} were found.", mend="Give another after --try-page."
        )
    plan = planned(ready, inputs=request.inputs, started=utc_now())
    # The networks' libraries take seconds, and all other checks can do without them.
    from htrkit.run.workshop import reader_of  # noqa: PLC0415

    bench = Bench(ready.resolved.settings, ready.row, ready.model, ready.segmentation, plan.reading, Path())
    return reader_of(bench).read(pages[number - 1], StepTimes(time.monotonic)).record


def _check_models(checks: Checks, resolved: Resolved, row: EngineRow, request: Request) -> None:
    found = checks.made("model", lambda: model_of(resolved, row, request))
    if found is not None:
        checks.add(*found[1])
    checks.made("segmenter-model", lambda: segmentation_of(resolved))


def _check_out(checks: Checks, resolved: Resolved, selection: Selection, request: Request) -> None:
    out = request.out
    if out is None:
        return
    skipped = checks.made("out", lambda: skipped_in(OutFolder(out), selection, resolved))
    if skipped:
        message = f"{len(skipped)} of the pages have files in OUT already and will be skipped."
        checks.add(Finding("out", Severity.NOTE, message))
    checks.add(*disk_findings(out, len(selection.pages), len(resolved.settings.formats)))


def _page_findings(selection: Selection, resolved: Resolved, depth: Depth) -> Iterator[Finding]:
    for source in selection.pages:
        yield from _findings_of(source, resolved, depth)


def _findings_of(source: PageSource, resolved: Resolved, depth: Depth) -> Iterator[Finding]:
    try:
        notes = check_page(source, resolved.settings, depth)
    except PageProblem as problem:
        yield Finding(f"page-{problem.failure}", Severity.WARNING, problem.what, problem.mend, "This page will fail.")
        return
    for note in notes:
        yield Finding(note.code, Severity.NOTE, f"{shown(source.path)}: {note.message}")
