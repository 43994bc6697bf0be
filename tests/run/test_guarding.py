"""What is looked at for the guardrails: devices as the driver tells of them, pages by count, the model by size."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.config.choices import Progress
from htrkit.config.settings import Settings
from htrkit.core.device_choice import DeviceChoice
from htrkit.core.device_seen import TorchBuild
from htrkit.core.guarded import PageFacts
from htrkit.domain.engine import DeviceKind, EngineRow
from htrkit.domain.errors import SetUpRefused
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import KRAKEN, PARTY, QWEN3_VL
from htrkit.run.guarding import bytes_of_model, can_be_asked, choice_for, devices_of, guarded, page_facts, seen_now
from tests.fake_nvml.fixtures import FakeDriver
from tests.fake_nvml.states import (
    FIRST,
    GB,
    LOST,
    RESET_REQUIRED,
    SECOND,
    VERSION_MISMATCH,
    FakeCard,
    FakeInstance,
    FakeProcess,
    state_text,
)

ANY = TorchBuild("9.9", "1.0")
"""A torch that every driver and card is new enough for."""


def test_the_cpu_comes_with_its_cores_and_its_free_memory() -> None:
    (device,) = devices_of("cpu", {})
    assert (device.kind, device.device) == (DeviceKind.CPU, "cpu")
    assert device.memory is not None
    assert device.memory.free_bytes > 0
    assert device.cores


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(SetUpRefused, match="cuda:77"):
        devices_of("cuda:77", {})


def choice(wish: str, environment: Mapping[str, str] | None = None, row: EngineRow = KRAKEN) -> DeviceChoice:
    looked_at = guarded(Settings(device=wish), row, (), [])
    return choice_for(looked_at, seen_now(environment or {}, ANY))


def names(choice: DeviceChoice) -> list[str | None]:
    return [one.device for one in choice.devices]


@pytest.mark.usefixtures("driver_here")
def test_gpus_come_with_what_the_driver_tells_of_them() -> None:
    first, second = choice("all").devices
    assert [first.device, second.device] == ["cuda:0", "cuda:1"]
    assert (first.kind, first.name, first.compute_capability) == (DeviceKind.CUDA, "NVIDIA L40S", "8.9")
    assert first.memory is not None
    assert first.memory.free_bytes > 40 * 10**9
    assert names(choice("cuda:1")) == ["cuda:1"]
    assert names(choice("cpu")) == ["cpu"]


def test_the_room_that_is_asked_for_is_the_engine_s(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, used_bytes=38 * GB), SECOND])
    assert names(choice("all", row=KRAKEN)) == ["cuda:0", "cuda:1"]
    found = choice("all", row=QWEN3_VL)
    assert names(found) == ["cuda:1"]
    assert "cuda:0 (NVIDIA L40S) has 8.0 GB free and 19.5 GB are needed" in found.findings[0].message


def test_who_holds_the_memory_is_told(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, used_bytes=38 * GB, processes=(FakeProcess(1, 37 * GB),)), SECOND])
    (note,) = choice("auto").findings
    assert "process 1, holds 37.0 GB" in note.message


@pytest.mark.parametrize("trouble", [replace(FIRST, lost=LOST), replace(FIRST, handle=RESET_REQUIRED)])
def test_a_card_that_the_driver_has_lost_is_left_out(driver_here: FakeDriver, trouble: FakeCard) -> None:
    driver_here.has([trouble, SECOND])
    found = choice("all")
    assert (names(found), len(found.findings)) == (["cuda:1"], 1)
    assert choice("cuda:0").devices == ()


def test_a_card_that_is_lost_while_it_is_asked_is_left_out(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, refusals=(("nvmlDeviceGetMemoryInfo", LOST),)), SECOND])
    assert names(choice("all")) == ["cuda:1"]


def test_instances_are_chosen_by_their_uuids(driver_here: FakeDriver) -> None:
    driver_here.has([replace(FIRST, instances=(FakeInstance("MIG-1a"), FakeInstance("MIG-1b"))), SECOND])
    assert [one.uuid for one in choice("all").devices] == ["MIG-1a", "MIG-1b", SECOND.uuid]
    assert [one.uuid for one in choice("MIG-1b").devices] == ["MIG-1b"]
    assert choice(FIRST.uuid).devices == ()


@pytest.mark.usefixtures("driver_here")
def test_a_job_of_slurm_has_what_slurm_left_it() -> None:
    job = {"CUDA_VISIBLE_DEVICES": "1", "SLURM_JOB_ID": "7"}
    assert [one.uuid for one in choice("all", job).devices] == [SECOND.uuid]
    (blocker,) = choice("cuda:1", job).findings
    assert "set by Slurm, leaves 1 of 2 GPUs, and their numbers begin at 0" in blocker.message


def test_the_driver_s_own_versions_are_held_against_torch(driver_here: FakeDriver) -> None:
    assert driver_here.state.exists()
    seen = seen_now({}, TorchBuild("2.14.0+cu130", "13.0"))
    found = choice_for(guarded(Settings(device="all"), KRAKEN, (), []), seen)
    assert found.devices == ()
    assert "550.54.15 can do CUDA 12.4" in found.findings[0].message


def test_without_a_driver_at_work_the_cpu_is_taken_and_that_is_said(driver_here: FakeDriver) -> None:
    driver_here.write(state_text(init=VERSION_MISMATCH))
    found = choice("all")
    assert (names(found), [one.code for one in found.findings]) == (["cpu"], ["driver-mismatched"])


def pages(folder: Path) -> list[PageSource]:
    (folder / "1.png").touch()
    first = PageSource(PageKey("1"), str(folder / "1.png"), sidecars=("1.xml",))
    return [first, replace(first, path=str(folder / "gone.png")), replace(first, sidecars=())]


def test_pages_are_counted_by_what_they_lack(tmp_path: Path) -> None:
    assert page_facts(pages(tmp_path), PARTY) == PageFacts(3, without_lines=1, without_picture=1)


def test_pictures_are_looked_for_only_where_the_engine_needs_them_beside_the_lines(tmp_path: Path) -> None:
    assert page_facts(pages(tmp_path), KRAKEN) == PageFacts(3, without_lines=1)


def test_pages_that_could_not_be_listed_are_not_counted() -> None:
    assert guarded(Settings(), KRAKEN, (), None).pages is None


def test_a_model_is_as_large_as_its_file_or_the_files_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"x" * 7)
    (tmp_path / "config.json").write_bytes(b"x" * 2)
    (tmp_path / "more").mkdir()
    assert bytes_of_model(tmp_path / "a.safetensors") == 7
    assert bytes_of_model(tmp_path) == 9
    assert bytes_of_model(tmp_path / "gone") is None
    assert bytes_of_model(None) is None


def test_nobody_is_asked_without_a_terminal_or_among_events_for_programs() -> None:
    assert can_be_asked(Settings(), at_a_terminal=True)
    assert not can_be_asked(Settings(), at_a_terminal=False)
    assert not can_be_asked(Settings(progress=Progress.JSON), at_a_terminal=True)
