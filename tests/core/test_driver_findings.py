"""A driver that is not at work is said, with what to do; one with GPUs needs no words."""

import pytest

from htrkit.core.driver_findings import driver_finding
from htrkit.domain.device import Device, DriverState, Machine
from htrkit.domain.engine import DeviceKind
from htrkit.domain.finding import Severity

CPU = Device(DeviceKind.CPU, device="cpu")


@pytest.mark.parametrize("state", DriverState)
def test_each_state_without_gpus_has_its_finding_and_a_warning_its_mend(state: DriverState) -> None:
    finding = driver_finding(Machine(state, None, None, (CPU,)))

    assert finding is not None
    assert bool(finding.mend) == (finding.severity is Severity.WARNING)


def test_a_machine_without_a_driver_is_no_trouble() -> None:
    finding = driver_finding(Machine(DriverState.ABSENT, None, None, (CPU,)))

    assert finding is not None
    assert finding.severity is Severity.NOTE


def test_where_there_are_gpus_nothing_is_said() -> None:
    machine = Machine(DriverState.READY, "550", "12.4", (Device(DeviceKind.CUDA), CPU))

    assert driver_finding(machine) is None
