"""How this machine computes the networks of a run: the choices that were left open are made and said."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit.config.layers import Resolved
from htrkit.config.settings import Settings
from htrkit.core.computing import Grounds, Reader, Unfulfillable, backend_for, precision_for, settled
from htrkit.core.memory_guards import precision_on
from htrkit.core.saying import to_nobody
from htrkit.core.shown import shown
from htrkit.devices.processor import brain_floats
from htrkit.domain.computing import Computing, CpuBackend, Geometry, PrecisionWish
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind, EngineRow, ModelForm, Precision
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.engines import pylaia_converting
from htrkit.engines.catalog import ENGINES, KRAKEN, PYLAIA
from htrkit.files.user_cache import cache_folder
from htrkit.networks.kept import FOLDER, RECOGNITION, SEGMENTATION, Kept
from htrkit.networks.runtime import openvino_version
from htrkit.networks.store import NotConverted, found_already, kept_network
from htrkit.run.model_file import ModelFile
from htrkit.run.pinning import CPU


@dataclass(frozen=True, slots=True)
class Store:
    """How the entry of a model is had."""

    task: str
    look: Callable[[Path, str, Path], Kept | None]
    convert: Callable[[Path, str, Path], Kept]


def _look(model: Path, task: str, cache: Path) -> Kept | None:
    return found_already((model,), task, cache)


SEGMENTERS = Store(SEGMENTATION, _look, kept_network)
READERS = {
    KRAKEN.code: Store(RECOGNITION, _look, kept_network),
    PYLAIA.code: Store(pylaia_converting.TASK, pylaia_converting.symbols_already, pylaia_converting.kept_symbols),
}
"""Where the recognisers are had that OpenVINO computes, by the stage that they are for."""


@dataclass(frozen=True, slots=True)
class Converts:
    """Where converted models are looked for, and whether those that are not there are converted now."""

    cache: Path
    now: bool
    say: Callable[[str], None] = to_nobody
    """Is told before a model is converted, which takes some seconds."""


def cache_here() -> Path:
    """Give the user's cache folder in a process that computes."""
    return cache_folder(os.environ, Path.home())


def grounds_of(  # noqa: PLR0913 - each is found elsewhere
    row: EngineRow,
    devices: Sequence[Device],
    settings: Settings,
    converts: Converts,
    *,
    model: ModelFile | None,
    segmentation: ModelFile | None,
) -> tuple[Grounds, tuple[Finding, ...]]:
    """Look at the machine and, where OpenVINO may compute, at the models; with what is to be said of the cache.

    `settings` are those that were asked for; `segmentation` is None where no lines are to be found. Raises
    PreflightRefused for a model that cannot be loaded.
    """
    reader = reader_of_lines(row, settings)
    cards = [device for device in devices if device.kind is DeviceKind.CUDA and reader is not Reader.SERVED]
    grounds = Grounds(
        DeviceKind.CUDA if cards else DeviceKind.CPU,
        openvino_version(),
        brain_floats(),
        tuple(dict.fromkeys(precision_on(card, row.memory[0].precision) for card in cards)),
        frozenset(one for one in Precision for card in cards if precision_on(card, one) is not one),
        settings.geometry is Geometry.KRAKEN,
        reader=reader,
        finds_lines=segmentation is not None,
    )
    if cards or grounds.openvino is None or settings.cpu_backend is CpuBackend.TORCH:
        return grounds, ()
    kept: list[Kept] = []
    if reader is Reader.CTC and model is not None:
        found, no_graph, _ = _look_at(READERS[row.code], model, converts)
        grounds = replace(grounds, no_graph=no_graph)
        kept += found
    if segmentation is not None and grounds.no_graph is None:
        found, no_graph, passing = _look_at(SEGMENTERS, segmentation, converts)
        grounds = replace(grounds, no_map_graph=no_graph, map_passing=passing)
        kept += found
    return grounds, _not_in_the_cache(kept, converts.cache)


def reader_of_lines(row: EngineRow, settings: Settings) -> Reader:
    """Give what an engine's recogniser is to the choice."""
    if settings.server is not None or row.model_form is ModelForm.SERVED:
        return Reader.SERVED
    if row.code in READERS:
        return Reader.CTC
    return Reader.TORCH if row.name in {one.name for one in ENGINES} else Reader.OUTSIDE


def _look_at(store: Store, model: ModelFile, converts: Converts) -> tuple[list[Kept], str | None, bool]:
    """Give the entry where there is one, why there is no graph, and whether that is of this moment alone."""
    try:
        found = store.look(model.path, store.task, converts.cache)
        if found is None and converts.now:
            name = shown(model.facts.name)
            converts.say(f"converting {name} for this machine: once, it is kept in {shown(converts.cache / FOLDER)}")
            found = store.convert(model.path, store.task, converts.cache)
    except NotConverted as error:
        return [], error.cause, True
    return ([], None, False) if found is None else ([found], found.no_graph, False)


def _not_in_the_cache(kept: Sequence[Kept], cache: Path) -> tuple[Finding, ...]:
    own = cache / FOLDER
    elsewhere = [one.folder.parent for one in kept if one.folder.parent != own]
    if not elsewhere:
        return ()
    message = f"{shown(own)}: converted models cannot be kept there; they are in {shown(elsewhere[0])} for a day."
    mend = "Make room in the folder and let it be written in, or name another cache folder by XDG_CACHE_HOME."
    return (Finding(Code.COMPUTING, Severity.NOTE, message, mend),)


def settle(resolved: Resolved, grounds: Grounds) -> tuple[Resolved, Finding]:
    """Give the settings with the choices made, and what is to be said of them."""
    settings = resolved.settings
    try:
        made = settled(settings.cpu_backend, settings.precision, grounds)
    except Unfulfillable as error:
        return resolved, Finding(Code.COMPUTING, Severity.BLOCKER, str(error), error.mend)
    chosen = settings.model_copy(update={"cpu_backend": made.backend, "precision": made.precision})
    severity = Severity.WARNING if made.mend else Severity.NOTE
    return replace(resolved, settings=chosen), Finding(Code.COMPUTING, severity, f"Networks: {made.why}.", made.mend)


def computing_of(settings: Settings, device: str, threads: int) -> Computing:
    """Give what a process is to compute with; what is still open is chosen as `settle` does it."""
    if device != CPU:
        return Computing(CpuBackend.TORCH, _exact(settings.precision), threads)
    as_kraken = settings.geometry is Geometry.KRAKEN
    grounds = Grounds(DeviceKind.CPU, openvino_version(), brain_floats(), as_kraken=as_kraken)
    backend = settings.cpu_backend
    if backend is CpuBackend.AUTO:
        backend, _ = backend_for(backend, grounds)
    return Computing(backend, _exact(precision_for(settings.precision, backend, grounds)), threads)


def _exact(wish: PrecisionWish) -> Precision:
    return Precision.SINGLE if wish is PrecisionWish.AUTO else Precision(wish.value)
