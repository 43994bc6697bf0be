"""What is wrong with a device is said with what to do; a sound one has nothing said of it."""

import pytest

from htrkit.core.device_health import troubles
from htrkit.domain.device import Device, DeviceState, Health, Recovery
from htrkit.domain.engine import DeviceKind


def told(state: DeviceState = DeviceState.READY, health: Health | None = None) -> list[str]:
    return list(troubles(Device(DeviceKind.CUDA, state=state, health=health or Health())))


def test_a_sound_device_has_no_trouble_and_one_that_tells_nothing_neither() -> None:
    assert told(health=Health(3, 0, repair_pending=False, repair_failed=False, recovery=Recovery.NONE)) == []
    assert told() == []
    assert told(DeviceState.DIVIDED) == []


@pytest.mark.parametrize("state", sorted(set(DeviceState) - {DeviceState.READY, DeviceState.DIVIDED}))
def test_each_state_that_keeps_from_computing_is_said(state: DeviceState) -> None:
    assert len(told(state)) == 1


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health(xids=(31, 79)), "Xid 31, 79"),
        (Health(ecc_uncorrected=2), "could not be mended since the driver was loaded: 2"),
        (Health(repair_pending=True), "waits to be replaced"),
        (Health(repair_failed=True, repair_pending=True), "can no longer be replaced"),
        *((Health(recovery=action), "asks for something") for action in set(Recovery) - {Recovery.NONE}),
    ],
)
def test_each_error_is_said_once(health: Health, words: str) -> None:
    (trouble,) = told(health=health)

    assert words in trouble
