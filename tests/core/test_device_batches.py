"""The batch that each engine would get on a device now."""

import pytest

from htrkit.core.device_batches import batches_on
from htrkit.domain.device import Device, DeviceState, Memory
from htrkit.domain.engine import DeviceKind, EngineRow
from htrkit.engines.catalog import ENGINES

GB = 10**9
CARD = Device(DeviceKind.CUDA, device="cuda:0", memory=Memory(46 * GB, 16 * GB, 30 * GB))


def by_gigabytes(_row: EngineRow, free_bytes: int) -> int:
    return free_bytes // GB


def test_a_card_gives_each_engine_what_its_free_memory_holds() -> None:
    assert batches_on(CARD, ENGINES, by_gigabytes) == {row.name: 30 for row in ENGINES}


def test_a_card_whose_memory_is_not_told_gives_no_number() -> None:
    card = Device(DeviceKind.CUDA, device="cuda:0")

    assert set(batches_on(card, ENGINES, by_gigabytes).values()) == {None}


def test_the_cpu_gives_engines_their_own_batch_and_none_to_those_that_need_a_card() -> None:
    given = batches_on(Device(DeviceKind.CPU, device="cpu"), ENGINES, by_gigabytes)

    assert given == {
        row.name: 0 if row.least_device is DeviceKind.CUDA else row.batch.default_on_cpu for row in ENGINES
    }
    assert 0 in given.values()


@pytest.mark.parametrize(
    "device", [Device(DeviceKind.CUDA), Device(DeviceKind.CUDA, device="cuda:0", state=DeviceState.LOST)]
)
def test_a_device_that_cannot_be_chosen_gives_nothing(device: Device) -> None:
    assert batches_on(device, ENGINES, by_gigabytes) == {}
