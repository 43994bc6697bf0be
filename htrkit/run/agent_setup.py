"""An agent finds out what its node has of the driver's run, gets what it lacks, and musters its processes."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit import __version__
from htrkit.config.settings import Settings
from htrkit.core.computing import Unfulfillable, backend_for
from htrkit.core.guardrails import guardrail_findings
from htrkit.core.resume import Left
from htrkit.core.shown import shown
from htrkit.devices.quotas import usable_cores
from htrkit.domain.device import Device
from htrkit.domain.engine import ModelForm
from htrkit.domain.errors import PreflightRefused, SetUpRefused
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.engines.outside import engine_called
from htrkit.files.hashing import file_sha256
from htrkit.models.checkpoints import hash_of
from htrkit.run.agent_messages import BeAgent, Share
from htrkit.run.bench import Bench
from htrkit.run.computing import Converts, cache_here, grounds_of
from htrkit.run.crew import workforce_for
from htrkit.run.guarding import bytes_of_model, choice_for, guarded, seen_now
from htrkit.run.input_files import Stamp, stamp_of
from htrkit.run.language_choice import with_language
from htrkit.run.model_file import ModelFile
from htrkit.run.pinning import cards_among
from htrkit.run.supervising import has_room
from htrkit.run.workforce import Workforce

PAGES_AHEAD = 10_000
"""An agent does not know how many pages it will get: enough for all of its workers."""
PREFIX = "htrkit-agent-"
_SAME_MODEL = "Bring it to the same place on all nodes, or put it on a file system that all of them share."
OWN_TROUBLE_SECONDS = 60.0
"""How long an agent waits for its node's own disk; then the others get its pages."""

Fetch = Callable[[str, Path], None]
"""Brings a file of the driver's to a place here; raises PreflightRefused."""


@dataclass(frozen=True, slots=True)
class Mustered:
    """What an agent works with."""

    force: Workforce
    out_is_here: bool
    inputs_are_here: bool
    folder: Path
    """Of the agent's own, for what is fetched and what is sent home; gone when it ends."""

    @property
    def below(self) -> Path:
        """Where fetched inputs are put."""
        return self.folder / "in"


def mustered(order: BeAgent, folder: Path, fetch: Fetch, environment: Mapping[str, str]) -> Mustered:
    """Give what the agent works with, and make its current folder the one that paths start from.

    Raises PreflightRefused for what stands in the way on this node.
    """
    if order.version != __version__:
        raise PreflightRefused(
            f"htrkit is {__version__} here and {order.version} where the run was started.",
            mend="Install the same version on all nodes.",
        )
    _keep_to(order.share)
    out_is_here, inputs_are_here = _out_is_here(order), _inputs_are_here(order)
    if not inputs_are_here:
        home = Path(f"{folder / 'in'}{order.folder}")
        home.mkdir(parents=True)
        os.chdir(home)
    out = Path(order.out) if out_is_here else folder / "out"
    settings = _settings(order)
    bench = Bench(
        settings,
        engine_called(order.engine),
        _recogniser(order, settings, folder / "model", fetch),
        _model(order, order.segmentation, folder / "segmentation", fetch),
        order.reading,
        out,
        "" if inputs_are_here else str(folder / "in"),
    )
    devices = _devices(bench, environment)
    bench = _with_backend(bench, devices)
    logs = (Path(order.out) / ".htrkit" if out_is_here else folder) / "logs" / order.name.replace(":", "-")
    left = Left((PageKey("page"),) * PAGES_AHEAD)
    parts = order.share.parts
    force = workforce_for(bench, left, logs=logs, run_id=order.run_id, devices=devices, parts=parts)
    # Pages come a lease at a time, and those that are fetched are here before they are wanted.
    force = replace(force, ahead_bytes=0)
    if not (out_is_here or inputs_are_here):
        # All its files stand on the node's own disk: others need not wait for that.
        force = replace(force, rules=replace(force.rules, trouble_limit_seconds=OWN_TROUBLE_SECONDS))
    if order.command:
        force = replace(force, command=(force.command[0], *order.command))
    return Mustered(force, out_is_here, inputs_are_here, folder)


def own_folder(run_id: str) -> Path:
    """Make the agent's own folder, and remove those of agents of the same run that were killed here."""
    prefix = f"{PREFIX}{run_id[:12]}-"
    for left_over in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        pid = left_over.name.removeprefix(prefix).partition("-")[0]
        if pid.isdecimal() and not Path("/proc", pid).exists() and Path("/proc").exists():
            shutil.rmtree(left_over, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))


def _keep_to(share: Share) -> None:
    """Keep this process and all that it starts to its part of the node's cores, where several agents share them."""
    if share.parts < 2 or not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    own = cores[share.part :: share.parts]
    if own:
        os.sched_setaffinity(0, own)


def _out_is_here(order: BeAgent) -> bool:
    """Tell whether the driver's OUT is seen here, and can be written from here."""
    if order.probe is None:
        return False
    try:
        seen = Path(order.probe.path).read_text(encoding="utf-8") == order.probe.content
    except (OSError, ValueError):
        return False
    return seen and has_room(Path(order.out))


def _inputs_are_here(order: BeAgent) -> bool:
    """Look at one file of each folder; size and time tell the driver's from another of the same name."""
    try:
        os.chdir(order.folder)
    except OSError:
        return False
    return all(stamp_of(one.path) == Stamp(one.size_bytes, one.modified_ns) for one in order.inputs)


def _settings(order: BeAgent) -> Settings:
    """Give the driver's settings for a node: without a word of more, each agent uses what the cluster counted."""
    settings = Settings.model_validate(order.settings)
    alone = order.share.parts == 1 and order.share.cores < usable_cores()
    if settings.jobs == "auto" and alone:
        threads = settings.threads if isinstance(settings.threads, int) else 1
        settings = settings.model_copy(update={"jobs": max(order.share.cores // threads, 1)})
    return settings


def _recogniser(order: BeAgent, settings: Settings, folder: Path, fetch: Fetch) -> ModelFile:
    """Give the recognition model, of the same content as the driver's; raises PreflightRefused."""
    form = engine_called(order.engine).model_form
    if form is ModelForm.KRAKEN or settings.server is not None or not order.model[1].sha256:
        return _model(order, order.model, folder, fetch)
    return _checkpoint(order, form, settings, folder, fetch)


def _checkpoint(order: BeAgent, form: ModelForm, settings: Settings, folder: Path, fetch: Fetch) -> ModelFile:
    """Give a model that is no file of Kraken's where the driver has it, hashed as there; raises PreflightRefused."""
    path, facts = Path(order.model[0]), order.model[1]
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises on a folder that may not be entered
        raise PreflightRefused(
            f"The model {shown(path)} is not here, and only models of one file of Kraken's travel.", mend=_SAME_MODEL
        )
    found = ModelFile(path, ModelFacts(facts.name, hash_of(path, form)))
    if form is ModelForm.PYLAIA:
        found, _ = with_language(found, settings.language_model)
    if found.facts.sha256 != facts.sha256:
        if path.is_file():
            # A run that was taken up with another file cites that file's own hash.
            return _model(order, order.model, folder, fetch)
        raise PreflightRefused(_differs(path), mend=_SAME_MODEL)
    return ModelFile(path, facts)


def _model(order: BeAgent, named: tuple[str, ModelFacts], folder: Path, fetch: Fetch) -> ModelFile:
    """Give a model's file, of the same content as the driver's; raises PreflightRefused."""
    path, facts = Path(named[0]), named[1]
    if order.settings.get("server") is not None or not facts.sha256:
        return ModelFile(path, facts)
    with suppress(OSError):
        if file_sha256(path) == facts.sha256:
            return ModelFile(path, facts)
    place = folder / path.name
    place.parent.mkdir()
    fetch(str(path), place)
    if file_sha256(place) != facts.sha256:
        raise PreflightRefused(_differs(path), mend=_SAME_MODEL)
    return ModelFile(place, facts)


def _differs(path: Path) -> str:
    return f"The model {shown(path)} is not the same here and where the run was started."


def _devices(bench: Bench, environment: Mapping[str, str]) -> tuple[Device, ...]:
    """Give the devices that the cluster has left to this process, held against the guardrails; raises SetUpRefused."""
    looked_at = guarded(bench.settings, bench.row, (), None)
    looked_at = replace(looked_at, weights_bytes=bytes_of_model(bench.model.path))
    choice = choice_for(looked_at, seen_now(environment))
    findings: tuple[Finding, ...] = choice.findings
    if bench.settings.server is None:
        findings += guardrail_findings(replace(looked_at, devices=choice.devices))
    if any(one.severity is Severity.BLOCKER for one in findings):
        raise SetUpRefused(findings)
    return choice.devices


def _with_backend(bench: Bench, devices: tuple[Device, ...]) -> Bench:
    """Convert the models for this node's CPU once, before all workers want them, and choose what computes them.

    Raises PreflightRefused, also where OpenVINO was chosen for the run and cannot compute here.
    """
    if cards_among(devices) or bench.settings.server is not None or not bench.model.path.exists():
        return bench
    grounds, _ = grounds_of(
        bench.row,
        devices,
        bench.settings,
        Converts(cache_here(), now=True),
        model=bench.model,
        segmentation=bench.segmentation,
    )
    try:
        backend, _ = backend_for(bench.settings.cpu_backend, grounds)
    except Unfulfillable as error:
        raise PreflightRefused(str(error), mend=error.mend) from error
    return replace(bench, settings=bench.settings.model_copy(update={"cpu_backend": backend}))
