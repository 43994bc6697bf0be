"""What the NVIDIA driver tells of a card's errors: ECC, memory that is worn out, and Xids."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pynvml

from htrkit.devices.driver import DeviceGone, told, told_of
from htrkit.domain.device import Health, Recovery

RECOVERY_ACTION_FIELD = 230
"""NVML_FI_DEV_GET_GPU_RECOVERY_ACTION of nvml.h; older releases of nvidia-ml-py do not name it."""
MOST_XIDS_AT_ONCE = 100
_RECOVERIES = {
    0: Recovery.NONE,
    1: Recovery.RESET,
    2: Recovery.REBOOT,
    3: Recovery.DRAIN,
    4: Recovery.DRAIN_AND_RESET,
}


def health_of(handle: object) -> Health:
    """Give what is told of a device's errors; raises DeviceGone."""
    rows = told_of(handle, pynvml.nvmlDeviceGetRemappedRows)
    return Health(
        ecc_corrected=_ecc(handle, pynvml.NVML_MEMORY_ERROR_TYPE_CORRECTED),
        ecc_uncorrected=_ecc(handle, pynvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED),
        repair_pending=_retired(handle) if rows is None else bool(rows[2]),
        repair_failed=None if rows is None else bool(rows[3]),
        recovery=_recovery(handle),
    )


def _retired(handle: object) -> bool | None:
    """Tell for cards before Ampere, which retire pages and do not replace rows."""
    pending = told_of(handle, pynvml.nvmlDeviceGetRetiredPagesPendingStatus)
    return None if pending is None else bool(pending)


def _ecc(handle: object, kind: int) -> int | None:
    return told_of(handle, pynvml.nvmlDeviceGetTotalEccErrors, kind, pynvml.NVML_VOLATILE_ECC)


def _recovery(handle: object) -> Recovery | None:
    fields = told_of(handle, pynvml.nvmlDeviceGetFieldValues, [RECOVERY_ACTION_FIELD])
    if fields is None or fields[0].nvmlReturn != pynvml.NVML_SUCCESS:
        return None
    return _RECOVERIES.get(int(fields[0].value.uiVal), Recovery.OTHER)


@dataclass(frozen=True, slots=True)
class Xid:
    """An error that the driver has told of while we listened."""

    uuid: str
    number: int
    """NVIDIA's number of it."""


@dataclass(slots=True)
class XidListener:
    """Hears the errors of the devices that it listens to; the driver keeps none for those who come later."""

    _events: object | None

    def listen_to(self, handles: Sequence[object]) -> None:
        """Hear of these from now on; a device that cannot tell, or is gone, is left out."""
        for handle in handles if self._events is not None else ():
            with suppress(DeviceGone):
                told_of(handle, pynvml.nvmlDeviceRegisterEvents, pynvml.nvmlEventTypeXidCriticalError, self._events)

    def heard(self) -> Iterator[Xid]:
        """Give what has come up since the last time, without waiting."""
        for _ in range(MOST_XIDS_AT_ONCE if self._events is not None else 0):
            try:
                event = pynvml.nvmlEventSetWait_v2(self._events, 0)
                yield Xid(str(pynvml.nvmlDeviceGetUUID(event.device)), int(event.eventData))
            except pynvml.NVMLError:
                return


@contextmanager
def xid_listener() -> Iterator[XidListener]:
    """Give a listener for as long as the block lasts; the driver must be started."""
    events = told(pynvml.nvmlEventSetCreate)
    try:
        yield XidListener(events)
    finally:
        if events is not None:
            with suppress(pynvml.NVMLError):
                pynvml.nvmlEventSetFree(events)
