"""What can be known before an hour is spent: each check finds what it can, and none stops the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit.config.choices import ExecutorKind
from htrkit.config.layers import Resolved
from htrkit.core.device_seen import Seen
from htrkit.core.prospect import Prospect
from htrkit.core.shown import shown
from htrkit.domain.device import Device
from htrkit.domain.errors import HtrkitError
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.source import PageSource, Selection
from htrkit.domain.trial import NO_TRIAL, Trial
from htrkit.run.bench import Bench
from htrkit.run.checks import Checks
from htrkit.run.disk_forecast import disk_findings
from htrkit.run.out_check import held_findings, rights_findings
from htrkit.run.out_folder import OutFolder
from htrkit.run.page_findings import EVERY_HEAD, Closely, page_findings
from htrkit.run.plan import Plan, versions
from htrkit.run.plan_pages import read_plan
from htrkit.run.preflight import Request, SetUpFound, checked, settings_of, settled_on_models, skipped_in
from htrkit.run.prospect import prospect_of
from htrkit.run.session import utc_now
from htrkit.run.trial import Crewed, page_named, tried


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found, and the exit code that it comes to."""

    findings: tuple[Finding, ...]
    exit_code: ExitCode
    resolved: Resolved | None = None
    selection: Selection | None = None
    bench: Bench | None = None
    """What a page can be read with; None where something of it is missing."""
    devices: tuple[Device, ...] = ()
    """Those that a run would take."""
    prospect: Prospect | None = None
    """What the run would do; None where that could not be known."""
    trial: Trial = NO_TRIAL

    def page_to_try(self, wanted: str) -> PageSource | None:
        """Give the page that is called so; None where none can be read. Raises UsageProblem for one that is not there.

        A blocker among the findings, a warning too where those block, means that none is read; nor is one where the
        run goes to a cluster, whose nodes have other devices.
        """
        if self.exit_code is not ExitCode.DONE or self.selection is None or self.bench is None:
            return None
        if self.bench.settings.executor is not ExecutorKind.LOCAL:
            return None
        return page_named(self.selection.pages, wanted)

    def with_trial(self, page: PageSource, *, strict: bool, crewed: Crewed = lambda force: force) -> "Validation":
        """Read the page, and take in what that comes to; nothing of it is kept."""
        assert self.bench is not None, "no blocker was found"  # noqa: S101 - `page_to_try` gave the page
        trial = tried(self.bench, page, self.devices, crewed=crewed)
        found = (trial.finding,) if trial.finding is not None else ()
        findings = (*self.findings, *found)
        return replace(self, findings=findings, trial=trial, exit_code=_code(findings, self.exit_code, strict=strict))


def validated(
    request: Request, closely: Closely = EVERY_HEAD, *, strict: bool = False, seen: Seen | None = None
) -> Validation:
    """Check settings, engine, model, device, pages, OUT and disk; read every page's head, and its XML.

    Models are converted as a run would convert them: what computes is known after that. With `strict`, warnings block.
    `seen` is another machine than this one, for a run that is to go there: nothing is converted then.
    """
    checks = Checks()
    resolved = checks.made(Code.SETTINGS, lambda: settings_of(request))
    if resolved is None:
        return Validation(tuple(checks.findings), checks.exit_code)
    found = checks.made(Code.ENGINE, lambda: checked(checks, resolved, request, seen))
    if found is None:
        return Validation(tuple(checks.findings), checks.exit_code, resolved)
    if found.selection is not None:
        pages, settings = found.selection.pages, found.resolved.settings
        checks.add(*page_findings(pages, settings, closely))
    if request.out is not None:
        _check_out(checks, found.resolved, found.selection, request.out)
    if seen is None and checks.exit_code is ExitCode.DONE:
        found = settled_on_models(checks, found, request)
    findings = tuple(checks.findings)
    code = _code(findings, checks.exit_code, strict=strict)
    prospect = prospect_of(found, request.out)
    return Validation(findings, code, found.resolved, found.selection, _bench(found), found.devices, prospect)


def _code(findings: Sequence[Finding], code: ExitCode, *, strict: bool) -> ExitCode:
    """Give the exit code that findings come to; `code` is what those came to that were known before."""
    blocking = {Severity.BLOCKER, Severity.WARNING} if strict else {Severity.BLOCKER}
    blocks = any(one.severity in blocking for one in findings)
    return ExitCode.PREFLIGHT if blocks and code is ExitCode.DONE else code


def _bench(found: SetUpFound) -> Bench | None:
    """Give what a page is read with, as a run of this moment would; None where something of it is missing."""
    model, segmentation = found.model, found.segmentation
    if model is None or segmentation is None or found.packages:
        return None
    plan = Plan("", utc_now(), found.resolved, (), model, segmentation, (), str(Path.cwd()), versions(), {})
    return Bench(found.resolved.settings, found.row, model, segmentation, plan.reading, Path())


def _check_out(checks: Checks, resolved: Resolved, selection: Selection | None, out: Path) -> None:
    checks.add(*rights_findings(out), *held_findings(out))
    if selection is None:
        return
    skipped = checks.made(Code.OUT, lambda: skipped_in(OutFolder(out), selection, resolved))
    checks.add(*_earlier_run(OutFolder(out)))
    if skipped:
        message = f"{len(skipped):,} of the pages have files in OUT already and will be skipped."
        checks.add(Finding(Code.OUT, Severity.NOTE, message))
    checks.add(*disk_findings(out, len(selection.pages), len(resolved.settings.formats)))


def _earlier_run(out: OutFolder) -> Iterator[Finding]:
    """Say which run OUT holds, beside the blocker that it does."""
    try:
        plan = read_plan(out)
    except HtrkitError:
        return
    read = f"{len(plan.pages):,} pages with {plan.resolved.settings.engine} and {shown(plan.model.facts.name)}"
    yield Finding(Code.OUT, Severity.NOTE, f"The run in OUT was started on {plan.started}: {read}.")
