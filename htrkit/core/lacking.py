"""What stands between an engine and a run on this machine."""

from collections.abc import Callable

from htrkit.domain.engine import DeviceKind, EngineRow, ExtraNeed


def lacking(row: EngineRow, *, installed: Callable[[ExtraNeed], bool], cards: int) -> tuple[str, ...]:
    """Give what is missing here, each with the command that would change it where there is one; empty if it can run.

    `installed` tells whether a package is here that offers what is needed; `cards` counts the NVIDIA devices.
    """
    missing = []
    if row.code is None:
        missing.append("not built yet in this version of htrkit")
    if row.least_device is DeviceKind.CUDA and cards == 0:
        missing.append("meant for an NVIDIA GPU, and there is none here: --allow-slow-cpu")
    missing += [f"{need.module}: {need.command}" for need in row.needs if not installed(need)]
    return tuple(missing)
