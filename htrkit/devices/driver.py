"""The NVIDIA driver is started, asked and left here; what it does not tell is None."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import pynvml

from htrkit.domain.device import DeviceState, DriverState

Answer = TypeVar("Answer")

_DRIVER_STATES = {
    pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: DriverState.ABSENT,
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: DriverState.NOT_LOADED,
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: DriverState.MISMATCHED,
    pynvml.NVML_ERROR_NO_PERMISSION: DriverState.NOT_ALLOWED,
    pynvml.NVML_ERROR_GPU_NOT_FOUND: DriverState.READY,  # a driver without GPUs
}
_DEVICE_STATES = {
    pynvml.NVML_ERROR_GPU_IS_LOST: DeviceState.LOST,
    pynvml.NVML_ERROR_RESET_REQUIRED: DeviceState.RESET_NEEDED,
    pynvml.NVML_ERROR_NO_PERMISSION: DeviceState.NOT_ALLOWED,
}
_UNTOLD = (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError, UnicodeDecodeError)
"""The second is raised for functions that are newer than the driver."""


class DeviceGone(Exception):
    """A device answers nothing any more."""

    def __init__(self, state: DeviceState) -> None:
        super().__init__(str(state))
        self.state = state


@contextmanager
def driver_session() -> Iterator[DriverState]:
    """Start the driver for as long as the block lasts, and say what came of it; nothing may be asked unless READY."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        yield driver_state_of(error)
        return
    try:
        yield DriverState.READY
    finally:
        with suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


def told(ask: Callable[..., Answer], *given: object) -> Answer | None:
    """Ask the driver; None where it does not tell."""
    try:
        return ask(*given)
    except _UNTOLD:
        return None


def told_of(handle: object, ask: Callable[..., Answer], *given: object) -> Answer | None:
    """Ask the driver about a device; None where it does not tell, DeviceGone where it never will again."""
    try:
        return ask(handle, *given)
    except pynvml.NVMLError as error:
        state = device_state_of(error)
        if state in {DeviceState.LOST, DeviceState.RESET_NEEDED}:
            raise DeviceGone(state) from error
        return None
    except _UNTOLD:
        return None


def driver_state_of(error: pynvml.NVMLError) -> DriverState:
    """Give what an error at the start means."""
    return _DRIVER_STATES.get(error.value, DriverState.UNREADABLE)


def device_state_of(error: pynvml.NVMLError) -> DeviceState:
    """Give what an error of a device means for the device."""
    return _DEVICE_STATES.get(error.value, DeviceState.UNREADABLE)
