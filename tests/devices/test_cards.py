"""Which cards may be used: all, or what a scheduler has left in CUDA_VISIBLE_DEVICES, as CUDA reads it."""

from dataclasses import replace

import pytest

from htrkit.devices.cards import card_count, numbered, visible_among, visible_cards
from htrkit.domain.device import Card, Device, DeviceState
from htrkit.domain.engine import DeviceKind
from tests.fake_nvml.fixtures import FakeDriver
from tests.fake_nvml.states import (
    DRIVER_NOT_LOADED,
    FIRST,
    LOST,
    NO_PERMISSION,
    SECOND,
    TWO_L40S,
    FakeCard,
    FakeInstance,
    state_text,
)


def card(uuid: str | None, *, state: DeviceState = DeviceState.READY, instance_of: str | None = None) -> Device:
    return Device(DeviceKind.CUDA, state=state, uuid=uuid, instance_of=instance_of)


FOUND = (card("GPU-11aa"), card("GPU-22bb"), card("GPU-22cc"))
DIVIDED = (
    card("GPU-11aa", state=DeviceState.DIVIDED),
    card("MIG-1a", instance_of="GPU-11aa"),
    card("MIG-1b", instance_of="GPU-11aa"),
    card("GPU-22bb"),
    card("GPU-33cc", state=DeviceState.DIVIDED),
)


@pytest.mark.parametrize(
    ("visible", "uuids"),
    [
        (None, ["GPU-11aa", "GPU-22bb", "GPU-22cc"]),
        ("", []),
        ("1", ["GPU-22bb"]),
        ("2,0", ["GPU-22cc", "GPU-11aa"]),
        ("GPU-22cc,0", ["GPU-22cc", "GPU-11aa"]),
        ("GPU-1", ["GPU-11aa"]),
        ("0,7,1", ["GPU-11aa"]),
        ("0,-1,1", ["GPU-11aa"]),
        ("GPU-22", []),
        (" 1 , 0 ", ["GPU-22bb", "GPU-11aa"]),
        ("NoDevFiles", []),
    ],
)
def test_what_is_left_visible(visible: str | None, uuids: list[str]) -> None:
    assert [one.uuid for one in visible_among(FOUND, visible)] == uuids


@pytest.mark.parametrize(
    ("visible", "uuids"),
    [
        (None, ["MIG-1a", "MIG-1b", "GPU-22bb"]),
        ("0", ["MIG-1a"]),
        ("1,0", ["GPU-22bb", "MIG-1a"]),
        ("MIG-1b", ["MIG-1b"]),
        ("GPU-11", ["MIG-1a"]),
        ("2,1", []),
        ("GPU-33cc", []),
    ],
)
def test_a_divided_card_stands_for_its_instances_or_the_first_of_them(visible: str | None, uuids: list[str]) -> None:
    assert [one.uuid for one in visible_among(DIVIDED, visible)] == uuids


def test_a_card_of_others_is_not_counted() -> None:
    found = (card(None, state=DeviceState.NOT_ALLOWED), *FOUND)

    assert [one.uuid for one in visible_among(found, "0")] == ["GPU-11aa"]


def test_names_for_d_go_by_the_order_of_the_variable_and_others_have_none() -> None:
    assert numbered(FOUND, "2,0") == {2: "cuda:0", 0: "cuda:1"}


def test_a_card_that_is_named_twice_has_its_first_name() -> None:
    assert numbered(FOUND, "1,1") == {1: "cuda:0"}


def test_two_lost_cards_that_say_nothing_are_told_apart_by_their_places() -> None:
    lost = card(None, state=DeviceState.LOST)

    assert numbered((lost, FOUND[0], replace(lost)), None) == {0: "cuda:0", 1: "cuda:1", 2: "cuda:2"}


def test_the_driver_is_asked_for_cards(driver_here: FakeDriver) -> None:
    assert visible_cards({}) == (Card(0, FIRST.uuid, "NVIDIA L40S"), Card(1, SECOND.uuid, "NVIDIA L40S"))
    assert visible_cards({"CUDA_VISIBLE_DEVICES": "1"}) == (Card(0, SECOND.uuid, "NVIDIA L40S"),)
    driver_here.has([])
    assert card_count({}) == 0


def test_without_a_driver_at_work_there_are_no_cards(driver_here: FakeDriver) -> None:
    driver_here.write(state_text(TWO_L40S, init=DRIVER_NOT_LOADED))

    assert visible_cards({}) == ()


@pytest.mark.parametrize("trouble", [replace(FIRST, lost=LOST), replace(FIRST, handle=LOST)])
def test_a_lost_card_leaves_the_other_its_name(driver_here: FakeDriver, trouble: FakeCard) -> None:
    driver_here.has([trouble, SECOND])

    assert visible_cards({}) == (Card(1, SECOND.uuid, "NVIDIA L40S"),)


def test_a_card_of_another_job_leaves_its_number_too(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, handle=NO_PERMISSION), SECOND])

    assert visible_cards({}) == (Card(0, SECOND.uuid, "NVIDIA L40S"),)


def test_instances_are_cards_of_their_own(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, instances=(FakeInstance("MIG-1a"), FakeInstance("MIG-1b"))), SECOND])

    assert [one.uuid for one in visible_cards({})] == ["MIG-1a", "MIG-1b", SECOND.uuid]
