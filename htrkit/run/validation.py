"""What can be known before an hour is spent: each check finds what it can, and none stops the others."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit.config.layers import Resolved
from htrkit.core.shown import shown
from htrkit.domain.errors import PageProblem, UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.page import PageRecord
from htrkit.domain.source import PageSource, Selection
from htrkit.run.bench import Bench
from htrkit.run.checks import Checks
from htrkit.run.out_folder import OutFolder
from htrkit.run.page_check import Depth, check_page
from htrkit.run.plan import Plan, versions
from htrkit.run.preflight import Request, SetUpFound, checked, disk_findings, settings_of, skipped_in
from htrkit.run.session import utc_now
from htrkit.run.step_times import StepTimes


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found, and the exit code that it comes to."""

    findings: tuple[Finding, ...]
    exit_code: ExitCode
    resolved: Resolved | None = None
    selection: Selection | None = None
    bench: Bench | None = None
    """What a page can be read with; None where something of it is missing."""

    def with_trial(self, finding: Finding, *, strict: bool) -> "Validation":
        """Take in what the trial of a page has found."""
        findings = (*self.findings, finding)
        return replace(self, findings=findings, exit_code=_code(findings, self.exit_code, strict=strict))


@dataclass(frozen=True, slots=True)
class Trial:
    """What the trial of a page came to: its record, or what failed it."""

    record: PageRecord | None = None
    finding: Finding | None = None


def validated(request: Request, *, depth: Depth, strict: bool) -> Validation:
    """Check settings, engine, model, device, pages, OUT and disk; read every page's head, and its XML."""
    checks = Checks()
    resolved = checks.made("settings", lambda: settings_of(request))
    if resolved is None:
        return Validation(tuple(checks.findings), checks.exit_code)
    found = checks.made("engine", lambda: checked(checks, resolved, request))
    if found is None:
        return Validation(tuple(checks.findings), checks.exit_code, resolved)
    if found.selection is not None:
        checks.add(*_page_findings(found.selection, found.resolved, depth))
        _check_out(checks, found.resolved, found.selection, request)
    findings = tuple(checks.findings)
    code = _code(findings, checks.exit_code, strict=strict)
    return Validation(findings, code, found.resolved, found.selection, _bench(found))


def tried(validation: Validation, number: int) -> Trial:
    """Read one of the pages, by number from 1, and write nothing; for a validation that found no blocker.

    Raises HtrkitError for whatever is no trouble of the page alone.
    """
    pages = validation.selection.pages if validation.selection is not None else ()
    if not 1 <= number <= len(pages):
        raise UsageProblem(
            f"There is no page {number}: {len(pages)} were found.", mend="Give another after --try-page."
        )
    assert validation.bench is not None, "no blocker was found"  # noqa: S101 - as is said above
    # The networks' libraries take seconds, and all other checks can do without them.
    from htrkit.run.workshop import reader_of  # noqa: PLC0415

    try:
        return Trial(reader_of(validation.bench).read(pages[number - 1], StepTimes(time.monotonic)).record)
    except PageProblem as problem:
        message = f"The trial page failed: {problem.what}"
        return Trial(finding=Finding("trial", Severity.WARNING, message, problem.mend))


def _code(findings: Sequence[Finding], code: ExitCode, *, strict: bool) -> ExitCode:
    """Give the exit code that findings come to; `code` is what the blockers among them say."""
    blocks = strict and any(one.severity is Severity.WARNING for one in findings)
    return ExitCode.PREFLIGHT if blocks and code is ExitCode.DONE else code


def _bench(found: SetUpFound) -> Bench | None:
    """Give what a page is read with, as a run of this moment would; None where a model is missing."""
    model, segmentation = found.model, found.segmentation
    if model is None or segmentation is None:
        return None
    plan = Plan("", utc_now(), found.resolved, (), model, segmentation, (), str(Path.cwd()), versions(), {})
    return Bench(found.resolved.settings, found.row, model, segmentation, plan.reading, Path())


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
