"""The processes that hold a device's memory: whose they are, and whether a run of ours started them."""

import psutil
import pynvml

from htrkit.core.shown import shown
from htrkit.devices.driver import told, told_of
from htrkit.domain.device import Holder
from htrkit.domain.names import RUN_ID


def holders_of(handle: object) -> tuple[Holder, ...] | None:
    """Give those that hold memory, the largest first; None where that is not told. Raises DeviceGone."""
    lists = [
        told_of(handle, pynvml.nvmlDeviceGetComputeRunningProcesses),
        told_of(handle, pynvml.nvmlDeviceGetGraphicsRunningProcesses),
    ]
    if lists == [None, None]:
        return None
    # A process that computes and draws is in both lists, with the same memory.
    held = {int(one.pid): one.usedGpuMemory for found in lists if found is not None for one in found}
    holders = [_holder(pid, memory) for pid, memory in held.items()]
    return tuple(sorted(holders, key=lambda holder: (-(holder.memory_bytes or 0), holder.pid)))


def _holder(pid: int, memory_bytes: int | None) -> Holder:
    name = user = None
    ours = False
    try:
        process = psutil.Process(pid)
        name, user = process.name(), process.username()
        ours = bool(process.environ().get(RUN_ID))
    except (psutil.Error, OSError):
        # Gone, of another user, or of another container: what is known so far is kept.
        name = name or told(pynvml.nvmlSystemGetProcessName, pid)
    return Holder(pid, _safe(name), _safe(user), memory_bytes, ours)


def _safe(word: str | None) -> str | None:
    return None if word is None else shown(word)
