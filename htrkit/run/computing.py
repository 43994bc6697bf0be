"""How this machine computes the networks of a run: the choices that were left open are made and said."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from htrkit.config.layers import Resolved
from htrkit.config.settings import Settings
from htrkit.core.computing import Grounds, Unfulfillable, backend_for, precision_for, settled
from htrkit.devices.processor import computes_bf16
from htrkit.domain.computing import Computing, CpuBackend, Geometry, PrecisionWish
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind, EngineRow, ModelForm, Precision
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.files.user_cache import cache_folder
from htrkit.networks.kept import RECOGNITION, SEGMENTATION, kept_already
from htrkit.networks.runtime import openvino_version
from htrkit.networks.store import kept_network
from htrkit.run.model_file import ModelFile
from htrkit.run.pinning import CPU

CTC = {ModelForm.KRAKEN, ModelForm.PYLAIA}
"""The models that OpenVINO computes."""


def cache_here() -> Path:
    """Give the user's cache folder in a process that computes."""
    return cache_folder(os.environ, Path.home())


def grounds_of(  # noqa: PLR0913 - each is found elsewhere
    row: EngineRow,
    devices: Sequence[Device],
    model: ModelFile | None,
    *,
    cache: Path,
    converts: bool,
    segmentation: ModelFile | None = None,
    geometry: Geometry = Geometry.HTRKIT,
) -> Grounds:
    """Look at the machine, and at the models where they were converted before or `converts` allows to do it now.

    `segmentation` is None where no lines are to be found. Raises PreflightRefused for a model that cannot be loaded.
    """
    kind = DeviceKind.CUDA if any(device.kind is DeviceKind.CUDA for device in devices) else DeviceKind.CPU
    version = openvino_version()

    def no_graph(model: ModelFile | None, task: str) -> str | None:
        if kind is not DeviceKind.CPU or version is None or model is None:
            return None
        look = kept_network if converts else kept_already
        found = look(model.path, task, cache)
        return None if found is None else found.no_graph

    return Grounds(
        kind,
        version,
        computes_bf16(),
        row.memory[0].precision,
        geometry is Geometry.KRAKEN,
        no_graph(model if row.model_form is ModelForm.KRAKEN else None, RECOGNITION),
        no_graph(segmentation, SEGMENTATION),
        ctc=row.model_form in CTC,
    )


def settle(resolved: Resolved, grounds: Grounds) -> tuple[Resolved, Finding]:
    """Give the settings with the choices made, and what is to be said of them."""
    settings = resolved.settings
    try:
        made = settled(settings.cpu_backend, settings.precision, grounds)
    except Unfulfillable as error:
        return resolved, Finding(Code.COMPUTING, Severity.BLOCKER, str(error), error.mend)
    chosen = settings.model_copy(update={"cpu_backend": made.backend, "precision": made.precision})
    message = f"Networks: {made.why}."
    return replace(resolved, settings=chosen), Finding(Code.COMPUTING, Severity.NOTE, message)


def computing_of(settings: Settings, device: str, threads: int) -> Computing:
    """Give what a process is to compute with; what is still open is chosen as `settle` does it."""
    if device != CPU:
        return Computing(CpuBackend.TORCH, _exact(settings.precision), threads)
    as_kraken = settings.geometry is Geometry.KRAKEN
    grounds = Grounds(DeviceKind.CPU, openvino_version(), computes_bf16(), Precision.SINGLE, as_kraken)
    backend = settings.cpu_backend
    if backend is CpuBackend.AUTO:
        backend, _ = backend_for(backend, grounds)
    return Computing(backend, _exact(precision_for(settings.precision, backend, grounds)), threads)


def _exact(wish: PrecisionWish) -> Precision:
    return Precision.SINGLE if wish is PrecisionWish.AUTO else Precision(wish.value)
