"""What the driver tells of each device, and what becomes of what it does not tell."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psutil
import pytest

from htrkit.devices.machine import machine_reader
from htrkit.domain.device import Device, DeviceState, DriverState, Health, Machine, Memory, Recovery
from htrkit.domain.engine import DeviceKind
from htrkit.domain.names import RUN_ID
from tests.fake_nvml.fixtures import FakeDriver
from tests.fake_nvml.states import (
    DRIVER_NOT_LOADED,
    FIRST,
    GB,
    LOST,
    NO_PERMISSION,
    NOT_SUPPORTED,
    NOT_THERE,
    RESET_REQUIRED,
    SECOND,
    TWO_L40S,
    VERSION_MISMATCH,
    FakeCard,
    FakeInstance,
    FakeProcess,
    state_text,
)

SILENT = replace(
    FIRST,
    capability=None,
    total_bytes=None,
    utilisation=None,
    temperature=None,
    power_milliwatts=None,
    limit_milliwatts=None,
    ecc=None,
    rows=None,
    recovery=None,
)


def read(**environment: str) -> Machine:
    with machine_reader(environment) as reader:
        return reader.read(look_seconds=None)


def gpus(**environment: str) -> tuple[Device, ...]:
    return read(**environment).devices[:-1]


@contextmanager
def sleeper(**environment: str) -> Iterator[int]:
    going = subprocess.Popen(
        [sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, env={**os.environ, **environment}
    )
    try:
        yield going.pid
    finally:
        going.communicate()


def test_two_cards_are_told_whole(driver_here: FakeDriver) -> None:
    busy = replace(FIRST, used_bytes=38 * GB, utilisation=97, temperature=71, power_milliwatts=312_400)
    driver_here.has([busy, SECOND])
    machine = read()

    assert (machine.driver, machine.driver_version, machine.cuda_version) == (DriverState.READY, "550.54.15", "12.4")
    assert [one.device for one in machine.devices] == ["cuda:0", "cuda:1", "cpu"]
    assert machine.devices[0] == Device(
        DeviceKind.CUDA,
        device="cuda:0",
        name="NVIDIA L40S",
        uuid=FIRST.uuid,
        pci_bus="00000000:01:00.0",
        compute_capability="8.9",
        memory=Memory(46 * GB, 38 * GB, 8 * GB),
        utilisation_percent=97,
        temperature_celsius=71,
        power_watts=312.4,
        power_limit_watts=350,
        holders=(),
        health=Health(0, 0, repair_pending=False, repair_failed=False, recovery=Recovery.NONE),
    )


def test_each_reading_tells_how_it_is_then(driver_here: FakeDriver) -> None:
    with machine_reader({}) as reader:
        reader.read(look_seconds=None)
        driver_here.has([replace(FIRST, used_bytes=45 * GB), SECOND])
        memory = reader.read(look_seconds=None).devices[0].memory

    assert memory == Memory(46 * GB, 45 * GB, GB)


def test_what_the_driver_does_not_tell_is_none(driver_here: FakeDriver) -> None:
    driver_here.has([SILENT])
    (card,) = gpus()

    assert card == Device(
        DeviceKind.CUDA,
        device="cuda:0",
        name="NVIDIA L40S",
        uuid=FIRST.uuid,
        pci_bus=FIRST.bus,
        holders=(),
        health=Health(),
    )


@pytest.mark.parametrize("code", [NOT_SUPPORTED, NOT_THERE, NO_PERMISSION, 999])
def test_a_driver_without_a_function_costs_what_it_would_tell_and_nothing_else(
    driver_here: FakeDriver, code: int
) -> None:
    lacks = ("nvmlDeviceGetTotalEccErrors", "nvmlDeviceGetTemperature", "nvmlDeviceGetComputeRunningProcesses_v3")
    lacks += ("nvmlDeviceGetGraphicsRunningProcesses_v3", "nvmlSystemGetCudaDriverVersion", "nvmlEventSetCreate")
    driver_here.write(state_text([FIRST], refusals=[(function, code) for function in lacks]))
    machine = read()
    card = machine.devices[0]

    assert (machine.cuda_version, machine.driver_version) == (None, "550.54.15")
    assert (card.health.ecc_uncorrected, card.temperature_celsius, card.holders) == (None, None, None)
    assert (card.state, card.utilisation_percent) == (DeviceState.READY, 0)


@pytest.mark.parametrize(
    ("broken", "state"),
    [
        (replace(FIRST, lost=LOST), DeviceState.LOST),
        (replace(FIRST, handle=LOST), DeviceState.LOST),
        (replace(FIRST, lost=RESET_REQUIRED), DeviceState.RESET_NEEDED),
        (replace(FIRST, handle=NO_PERMISSION), DeviceState.NOT_ALLOWED),
        (replace(FIRST, handle=999), DeviceState.UNREADABLE),
        (replace(FIRST, refusals=(("nvmlDeviceGetMemoryInfo", LOST),)), DeviceState.LOST),
    ],
)
def test_a_card_that_does_not_answer_has_a_state_and_the_other_is_told(
    driver_here: FakeDriver, broken: FakeCard, state: DeviceState
) -> None:
    driver_here.has([broken, SECOND])
    first, second = gpus()

    assert first.state is state
    assert first.memory is None
    assert (second.state, second.uuid) == (DeviceState.READY, SECOND.uuid)


def test_a_card_that_is_lost_while_watching_is_still_known(driver_here: FakeDriver) -> None:
    with machine_reader({}) as reader:
        reader.read(look_seconds=None)
        driver_here.has([FIRST, replace(SECOND, lost=LOST)])
        lost = reader.read(look_seconds=None).devices[1]

    assert (lost.state, lost.uuid, lost.name) == (DeviceState.LOST, SECOND.uuid, "NVIDIA L40S")


def test_an_instance_is_a_device_of_its_own_and_its_card_none_to_choose(driver_here: FakeDriver) -> None:
    parts = (FakeInstance("MIG-1a", used_bytes=3 * GB), FakeInstance("MIG-1b"))
    driver_here.has([replace(FIRST, instances=parts), SECOND])
    card, one, other, second = gpus()

    assert (card.state, card.device) == (DeviceState.DIVIDED, None)
    assert [part.device for part in (one, other, second)] == ["cuda:0", "cuda:1", "cuda:2"]
    assert {part.instance_of for part in (one, other)} == {FIRST.uuid}
    assert one.memory == Memory(10 * GB, 3 * GB, 7 * GB)
    assert (one.pci_bus, one.compute_capability, one.temperature_celsius) == (FIRST.bus, "8.9", None)


def test_what_cuda_visible_devices_hides_is_told_and_has_no_name(driver_here: FakeDriver) -> None:
    assert driver_here.state.exists()
    assert [one.device for one in gpus(CUDA_VISIBLE_DEVICES="1")] == [None, "cuda:0"]


def test_memory_that_wears_out_is_told(driver_here: FakeDriver) -> None:
    worn = replace(FIRST, ecc=(7, 2), rows=(1, 2, 1, 0), recovery=4)
    old = replace(SECOND, rows=None, recovery=6)
    driver_here.has([worn, old])
    first, second = gpus()

    assert first.health == Health(
        7, 2, repair_pending=True, repair_failed=False, recovery=Recovery.DRAIN_AND_RESET, xids=()
    )
    assert (second.health.repair_pending, second.health.recovery) == (None, Recovery.OTHER)


def test_a_card_before_ampere_tells_of_retired_pages(driver_here: FakeDriver) -> None:
    driver_here.write(state_text([replace(FIRST, rows=None)]) + "retired 1\n")

    assert gpus()[0].health.repair_pending is True


def test_xids_are_heard_from_the_first_reading_on(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, xids=(13,)), SECOND])
    with machine_reader({}) as reader:
        before = reader.read(look_seconds=None).devices[0].health.xids
        driver_here.has([replace(FIRST, xids=(13, 31, 79)), SECOND])
        after = [one.health.xids for one in reader.read(look_seconds=None).devices]
        again = reader.read(look_seconds=None).devices[0].health.xids

    assert before == ()
    assert after == [(31, 79), (), ()]
    assert again == (31, 79)


def test_holders_have_names_and_users_and_ours_carry_the_mark(driver_here: FakeDriver) -> None:
    with sleeper(**{RUN_ID: "run-7"}) as ours, sleeper(**{RUN_ID: ""}) as other:
        processes = (FakeProcess(other, GB), FakeProcess(ours, 30 * GB), FakeProcess(other, GB, graphics=True))
        driver_here.has([replace(FIRST, processes=processes), SECOND])
        holders = gpus()[0].holders
        user = psutil.Process(ours).username()

    assert holders is not None
    assert [(one.pid, one.memory_bytes, one.ours) for one in holders] == [(ours, 30 * GB, True), (other, GB, False)]
    assert {one.user for one in holders} == {user}
    assert all("python" in (one.name or "") for one in holders)


def test_a_process_that_is_gone_is_a_number(driver_here: FakeDriver) -> None:
    with sleeper() as pid:
        pass
    driver_here.has([replace(FIRST, processes=(FakeProcess(pid, None),))])
    (holder,) = gpus()[0].holders or ()

    assert (holder.pid, holder.name, holder.user, holder.memory_bytes, holder.ours) == (pid, None, None, None, False)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (DRIVER_NOT_LOADED, DriverState.NOT_LOADED),
        (VERSION_MISMATCH, DriverState.MISMATCHED),
        (NO_PERMISSION, DriverState.NOT_ALLOWED),
        (999, DriverState.UNREADABLE),
    ],
)
def test_a_driver_that_is_not_at_work_leaves_the_cpu(driver_here: FakeDriver, code: int, state: DriverState) -> None:
    driver_here.write(state_text(TWO_L40S, init=code))
    machine = read()

    assert (machine.driver, machine.driver_version) == (state, None)
    assert [one.device for one in machine.devices] == ["cpu"]


def test_a_driver_without_gpus_leaves_the_cpu(driver_here: FakeDriver) -> None:
    driver_here.has([])
    machine = read()

    assert (machine.driver, machine.driver_version) == (DriverState.READY, "550.54.15")
    assert [one.kind for one in machine.devices] == [DeviceKind.CPU]


def test_a_driver_that_vanishes_while_watching_leaves_the_cpu(driver_here: FakeDriver) -> None:
    with machine_reader({}) as reader:
        driver_here.state.unlink()
        assert [one.device for one in reader.read(look_seconds=None).devices] == ["cpu"]
