"""What is left of a run, held against what there is now: the last look before it goes on."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

from htrkit.config.anew import GIVEN_ANEW
from htrkit.config.layers import Layer, Resolved, resolve
from htrkit.config.settings import Settings
from htrkit.core.choose import chosen
from htrkit.core.device_choice import DeviceChoice
from htrkit.core.guardrails import guardrail_findings
from htrkit.core.history import History
from htrkit.core.resume import left_of
from htrkit.core.shown import listed, shown
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import UsageProblem
from htrkit.domain.events import RunResumed, RunStarted
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.source import PageSource
from htrkit.files.hashing import file_sha256
from htrkit.files.user_cache import cache_folder
from htrkit.run.absent import refuse_absent
from htrkit.run.adding import Added
from htrkit.run.again import Again, ReadyAgain
from htrkit.run.changes import accepted, refuse_changes
from htrkit.run.checks import Checks
from htrkit.run.computing import Converts
from htrkit.run.computing_again import computing_again
from htrkit.run.guarding import bytes_of_model, can_be_asked, choice_for, devices_of, guarded, seen_now
from htrkit.run.input_files import stamps_of
from htrkit.run.model_choice import model_of, segmentation_of
from htrkit.run.model_file import ModelFile
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan, versions
from htrkit.run.preflight import engine_of, selection_findings
from htrkit.run.promised import standing_of
from htrkit.run.running import Work
from htrkit.run.served_model import served_model
from htrkit.ui.words import counted

DEVICE_SETTINGS = frozenset({"device", "parallel_gpus"})


@dataclass(frozen=True, slots=True)
class Part:
    """What of a run goes on: all of it, or a share."""

    out: OutFolder
    plan: Plan
    """Its pages are those that may be taken, and those of whose ends the exit code tells."""
    history: History
    """Of these pages."""
    whole: Plan | None = None
    """What `plan` is a share of."""


def ready_to_go_on(again: Again, part: Part, mended: Sequence[Finding], more: Added | None = None) -> ReadyAgain:
    """Decide what is left and whether it still may; the current folder is the plan's. Raises as `made_ready_again`."""
    plan, history, out = part.plan, part.history, part.out
    settings = _settings_anew(plan.resolved, again.typed)
    row = engine_of(plan.resolved)
    left = left_of(
        [page.key for page in plan.pages],
        history,
        standing=standing_of(out.path, history),
        again=again.classes,
        alone=plan.skipped,
        only=_asked_for(part.whole or plan, again),
    )
    changed: tuple[Finding, ...] = ()
    if not left.pages:
        choice = _typed_choice(again, settings)
    else:
        taken = set(left.pages)
        if not again.accept_changes:
            refuse_absent(page for page in plan.pages if page.key in taken)
        now = _as_it_is_now(plan, row, again, settings.server)
        differences = refuse_changes(plan, now, history, out, accept=again.accept_changes)
        changed, plan = accepted(differences), now
        choice = _guarded(again, settings, row, plan, [page for page in plan.pages if page.key in taken])
    opening = opening_of(plan, len(left.pages), opened=history.opened)
    work = Work(plan, settings, row, out, left, opening, devices=choice.devices, whole=part.whole)
    found = selection_findings(more.selection) if more is not None else ()
    findings = (*mended, *_added(more), *found, *changed, *choice.findings, *_outlook(work))
    return ReadyAgain(work, findings, more.selection.passed_over if more is not None else ())


def from_here(plan: Plan) -> Plan:
    """Let relative paths start from here where the folder that they started from is gone: all may have moved."""
    enters = os.path.isdir(plan.folder) and os.access(plan.folder, os.X_OK)  # noqa: PTH112 - Path.is_dir may raise
    return plan if enters else replace(plan, folder=str(Path.cwd()))


def _guarded(again: Again, settings: Settings, row: EngineRow, plan: Plan, pages: Sequence[PageSource]) -> DeviceChoice:
    """Hold what is left against the guardrails, on today's devices, and give all findings; raises SetUpRefused."""
    checks = Checks()
    can_ask = can_be_asked(settings, at_a_terminal=again.can_ask)
    weights_bytes = bytes_of_model(plan.model.path)
    looked_at = replace(guarded(settings, row, (), pages), weights_bytes=weights_bytes, can_ask=can_ask)
    choice = choice_for(looked_at, seen_now(again.environment))
    checks.add(*choice.findings, *guardrail_findings(replace(looked_at, devices=choice.devices)))
    cache = Converts(cache_folder(again.environment, again.home), now=False)
    segmentation = plan.segmentation if looked_at.to_segment else None
    checks.add(*computing_again(settings, row, choice.devices, cache, model=plan.model, segmentation=segmentation))
    checks.refuse_blocked()
    return DeviceChoice(choice.devices, tuple(checks.findings))


def _typed_choice(again: Again, settings: Settings) -> DeviceChoice:
    """Take no device, since nothing is left to do, and refuse one that is not there where it was asked for anew.

    Those that the run was started with may be another machine's. Raises SetUpRefused.
    """
    if any(DEVICE_SETTINGS & set(layer.values) for layer in again.typed):
        devices_of(settings.devices, again.environment)
    return DeviceChoice(())


def _asked_for(plan: Plan, again: Again) -> frozenset[PageKey] | None:
    """Give the pages that may be taken, None for all; raises UsageProblem."""
    if again.pages is None:
        return None
    return frozenset(page.key for page in chosen(plan.pages, pages=again.pages, sample=None))


def opening_of(plan: Plan, left: int, *, opened: bool) -> RunStarted | RunResumed:
    """Tell of the start where the run was killed before its journal could."""
    if opened:
        return RunResumed(plan.run_id, len(plan.pages), left, plan.fingerprint)
    return RunStarted(plan.run_id, len(plan.pages), plan.fingerprint)


def _settings_anew(resolved: Resolved, typed: Sequence[Layer]) -> Settings:
    """Lay what was typed over the plan's settings; neither file nor environment of today counts."""
    for layer in typed:
        if fixed := [name for name in layer.values if name not in GIVEN_ANEW]:
            raise UsageProblem(
                f"{layer.origin}: `{fixed[0]}` cannot be given anew: a run goes on with the settings that it has.",
                mend=f"Only {', '.join(GIVEN_ANEW)} can; for others start a new run with another OUT.",
            )
    values = resolved.settings.model_dump()
    first = (Layer(resolved.origins[name], {name: value}) for name, value in values.items())
    return resolve([*first, *typed]).settings


def _as_it_is_now(plan: Plan, row: EngineRow, again: Again, server: str | None) -> Plan:
    """Give the plan with today's models, versions and inputs; `server` is where the model is now, if on one."""
    if server is not None:
        model, _ = served_model(server, plan.model.facts.name, row, again.environment)
    else:
        model = _model_now(plan.model, lambda: model_of(plan.resolved, row, again.environment, again.home)[0])
    return replace(
        plan,
        model=model,
        segmentation=_model_now(plan.segmentation, lambda: segmentation_of(plan.resolved)),
        versions=versions(plan.versions),
        files=stamps_of(plan.pages),
    )


def _model_now(model: ModelFile, found: Callable[[], ModelFile]) -> ModelFile:
    """Give the same file with today's hash; where it is gone, what the settings lead to now."""
    if model.path.is_file():
        return ModelFile(model.path, ModelFacts(model.facts.name, file_sha256(model.path)))
    return found()


def _added(more: Added | None) -> Iterator[Finding]:
    if more is not None:
        yield note(f"Added: {counted(len(more.selection.pages), 'page')}.")


def _outlook(work: Work) -> Iterator[Finding]:
    left, out = work.left, quote(shown(work.out.path))
    if left.harmed:
        yield note(f"{listed(left.harmed)}: done before, but files are missing or changed; read again.")
    if not left.pages:
        yield note("Nothing is left to do.")
    if left.later:
        yield note(f"{counted(len(left.later), 'page')} that --pages does not name: left for another time.")
    if left.failed:
        mend = f"`htrkit resume {out} --retry-failed` takes them again."
        stay = counted(len(left.failed), "failed page stays", "failed pages stay")
        yield Finding("resume", Severity.NOTE, f"{stay} failed.", mend)


def note(message: str) -> Finding:
    """Say something of a run that goes on."""
    return Finding("resume", Severity.NOTE, message)
