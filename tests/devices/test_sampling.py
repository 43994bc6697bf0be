"""Devices are asked again and again; one that fails, or a driver that hangs, never holds anybody up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pynvml
import pytest

from htrkit.devices.sampling import DeviceGauges
from htrkit.domain.sample import DeviceSample
from tests.fake_nvml.fixtures import FakeDriver
from tests.fake_nvml.states import (
    DRIVER_NOT_LOADED,
    FIRST,
    GB,
    LOST,
    SECOND,
    TWO_L40S,
    FakeCard,
    FakeInstance,
    state_text,
)

BOTH = {"cuda:0": FIRST.uuid, "cuda:1": SECOND.uuid}
SILENT = (DeviceSample("cuda:0", None, None), DeviceSample("cuda:1", None, None))
PATIENT = 30.0


@contextmanager
def gauges(uuids: dict[str, str], patience_seconds: float = PATIENT) -> Iterator[DeviceGauges]:
    one = DeviceGauges(uuids, patience_seconds)
    try:
        yield one
    finally:
        one.close()


def test_two_cards_tell_how_they_are_and_what_they_are(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, used_bytes=9 * GB, utilisation=80, temperature=61), SECOND])
    with gauges(BOTH) as one:
        assert one.read() == (
            DeviceSample("cuda:0", 46 * GB, 9 * GB, 80, 61, "NVIDIA L40S"),
            DeviceSample("cuda:1", 46 * GB, GB // 2, 0, 31, "NVIDIA L40S"),
        )


def test_a_card_that_fills_up_is_seen_without_the_driver_being_started_again(
    driver_here: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    start = pynvml.nvmlInit
    monkeypatch.setattr(pynvml, "nvmlInit", lambda: (begun.append(1), start()))
    with gauges(BOTH) as one:
        used = []
        for full in (1, 20, 45):
            driver_here.has([FIRST, replace(SECOND, used_bytes=full * GB)])
            used.append(one.read()[1].used_bytes)
    assert used == [GB, 20 * GB, 45 * GB]
    assert len(begun) == 1


def test_devices_are_found_by_their_own_names_whatever_place_they_have(driver_here: FakeDriver) -> None:
    driver_here.has([FIRST, replace(SECOND, used_bytes=7 * GB)])
    with gauges({"cuda:0": SECOND.uuid}) as one:
        assert [device.used_bytes for device in one.read()] == [7 * GB]


def test_a_part_of_a_card_is_found_by_its_name(driver_here: FakeDriver) -> None:
    part = FakeInstance("MIG-1", used_bytes=3 * GB)
    driver_here.has([FakeCard("GPU-h100", "00000000:01:00.0", instances=(part,))])
    with gauges({"cuda:0": "MIG-1"}) as one:
        assert (one.read()[0].total_bytes, one.read()[0].used_bytes) == (10 * GB, 3 * GB)


def test_a_card_that_is_lost_while_it_is_watched_tells_nothing_more_and_the_other_goes_on(
    driver_here: FakeDriver,
) -> None:
    with gauges(BOTH) as one:
        assert one.read()[0].used_bytes is not None
        driver_here.has([replace(FIRST, lost=LOST), SECOND])
        assert one.read() == (
            DeviceSample("cuda:0", None, None, name="NVIDIA L40S"),
            DeviceSample("cuda:1", 46 * GB, GB // 2, 0, 31, "NVIDIA L40S"),
        )
        driver_here.has(TWO_L40S)
        assert one.read()[0].used_bytes == GB // 2


def test_what_a_card_does_not_tell_is_none(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, total_bytes=None, utilisation=None, temperature=None), SECOND])
    with gauges(BOTH) as one:
        assert one.read()[0] == DeviceSample("cuda:0", None, None, name="NVIDIA L40S")


@pytest.mark.usefixtures("driver_here")
def test_a_card_that_the_driver_does_not_know_tells_nothing() -> None:
    with gauges({"cuda:0": "GPU-elsewhere"}) as one:
        assert one.read() == SILENT[:1]


def test_a_driver_that_cannot_be_started_tells_nothing(driver_here: FakeDriver) -> None:
    driver_here.write(state_text(init=DRIVER_NOT_LOADED))
    with gauges(BOTH) as one:
        assert one.read() == SILENT


def test_without_a_driver_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pynvml, "nvmlInit", refused(pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)))
    with gauges(BOTH) as one:
        assert one.read() == SILENT


def refused(error: Exception) -> Callable[[], None]:
    def refuse() -> None:
        raise error

    return refuse


def test_a_run_without_devices_never_starts_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pynvml, "nvmlInit", refused(AssertionError("started")))
    with gauges({}) as one:
        assert one.read() == ()


@pytest.mark.usefixtures("driver_here")
def test_a_driver_that_hangs_holds_nobody_up_and_is_heard_again_when_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goes = threading.Event()
    start = pynvml.nvmlInit
    monkeypatch.setattr(pynvml, "nvmlInit", lambda: goes.wait(PATIENT) and start())
    with gauges(BOTH, 0.01) as one:
        assert one.read() == SILENT
        # Nobody waits for a question that is open already.
        one.patience_seconds = PATIENT
        assert one.read() == SILENT
        goes.set()
        deadline = time.monotonic() + PATIENT
        while one.read() == SILENT:
            assert time.monotonic() < deadline
        assert one.read()[0].used_bytes == GB // 2


@pytest.mark.usefixtures("driver_here")
def test_after_the_end_nothing_is_asked() -> None:
    with gauges(BOTH) as one:
        one.read()
    assert one.read() == SILENT
    one.close()
