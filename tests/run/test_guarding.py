"""What is looked at for the guardrails: devices as the driver tells of them, pages by count, the model by size."""

from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.config.choices import Progress
from htrkit.config.settings import Settings
from htrkit.core.guarded import PageFacts
from htrkit.domain.engine import DeviceKind
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import KRAKEN, PARTY
from htrkit.run.guarding import bytes_of_model, can_be_asked, devices_of, guarded, page_facts


def test_the_cpu_comes_with_its_cores_and_its_free_memory() -> None:
    (device,) = devices_of("cpu", {})
    assert (device.kind, device.device) == (DeviceKind.CPU, "cpu")
    assert device.memory is not None
    assert device.memory.free_bytes > 0
    assert device.cores


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(PreflightRefused, match="cuda:77"):
        devices_of("cuda:77", {})


@pytest.mark.usefixtures("driver_here")
def test_gpus_come_with_what_the_driver_tells_of_them() -> None:
    first, second = devices_of("all", {})
    assert [first.device, second.device] == ["cuda:0", "cuda:1"]
    assert (first.kind, first.name, first.compute_capability) == (DeviceKind.CUDA, "NVIDIA L40S", "8.9")
    assert first.memory is not None
    assert first.memory.free_bytes > 40 * 10**9
    assert [one.device for one in devices_of("cuda:1", {})] == ["cuda:1"]
    assert [one.device for one in devices_of("cpu", {})] == ["cpu"]


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
