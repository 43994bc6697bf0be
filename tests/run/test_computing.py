"""This machine's grounds, and what becomes of the settings."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from htrkit.config.layers import Layer, Resolved, resolve
from htrkit.config.settings import Settings
from htrkit.core.computing import Grounds
from htrkit.domain.computing import Computing, CpuBackend, PrecisionWish
from htrkit.domain.device import Device, Memory
from htrkit.domain.engine import DeviceKind, EngineRow, Precision
from htrkit.domain.finding import Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.page import ModelFacts
from htrkit.engines.catalog import ENGINES, KRAKEN, PYLAIA, TROCR
from htrkit.networks.kept import RECOGNITION, SEGMENTATION, About, Kept
from htrkit.run import computing
from htrkit.run.computing import cache_here, computing_of, grounds_of, settle
from htrkit.run.model_file import ModelFile

CPU = Device(DeviceKind.CPU, "cpu", "a CPU", 2, Memory(1, 0, 1))
CARD = Device(DeviceKind.CUDA, "cuda:0", "a card", None, Memory(1, 0, 1))
MODEL = ModelFile(Path("reads.safetensors"), ModelFacts("reads", "0" * 64))
SEGMENTER = ModelFile(Path("finds.mlmodel"), ModelFacts("finds", "1" * 64))
CACHE = Path("cache")


class Store:
    """A cache in which models have no graph, for a reason that names them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Path, str, Path]] = []

    def converting(self, model: Path, task: str, cache: Path) -> Kept:
        self.asked.append(("convert", model, task, cache))
        about = About(1, 48, boxes=False, legacy_polygons=False, codec={}, metadata={})
        return Kept(about, None, f"{model.name} is odd")

    def looking(self, model: Path, task: str, cache: Path) -> Kept | None:
        self.asked.append(("look", model, task, cache))
        return None


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    made = Store()
    monkeypatch.setattr(computing, "kept_network", made.converting)
    monkeypatch.setattr(computing, "kept_already", made.looking)
    machine(monkeypatch)
    return made


def machine(monkeypatch: pytest.MonkeyPatch, version: str | None = "2026.4.1", *, bf16: bool = True) -> None:
    monkeypatch.setattr(computing, "openvino_version", lambda: version)
    monkeypatch.setattr(computing, "computes_bf16", lambda: bf16)


def found(row: EngineRow = KRAKEN, devices: Sequence[Device] = (CPU,), *, converts: bool = True) -> Grounds:
    return grounds_of(row, devices, MODEL, cache=CACHE, converts=converts, segmentation=SEGMENTER)


def test_models_are_converted_where_that_is_allowed(store: Store) -> None:
    grounds = found()
    assert (grounds.no_graph, grounds.no_map_graph) == ("reads.safetensors is odd", "finds.mlmodel is odd")
    assert (grounds.device, grounds.openvino, grounds.bf16, grounds.ctc) == (DeviceKind.CPU, "2026.4.1", True, True)
    assert store.asked == [
        ("convert", MODEL.path, RECOGNITION, CACHE),
        ("convert", SEGMENTER.path, SEGMENTATION, CACHE),
    ]


def test_where_it_is_not_allowed_what_is_not_known_yet_stays_open(store: Store) -> None:
    grounds = found(converts=False)
    assert (grounds.no_graph, grounds.no_map_graph) == (None, None)
    assert [asked for asked, *_ in store.asked] == ["look", "look"]


def test_a_run_without_models_converts_none(store: Store) -> None:
    grounds_of(KRAKEN, (CPU,), None, cache=CACHE, converts=True)
    assert store.asked == []


def test_models_of_other_engines_are_not_krakens_to_convert(store: Store) -> None:
    assert [found(row).ctc for row in (PYLAIA, TROCR)] == [True, False]
    assert {path for _, path, _, _ in store.asked} == {SEGMENTER.path}


def test_where_a_card_computes_nothing_is_converted(store: Store) -> None:
    assert found(devices=(CPU, CARD)).device is DeviceKind.CUDA
    assert store.asked == []


def test_without_openvino_nothing_is_converted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, None)
    assert found().openvino is None
    assert store.asked == []


@pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)
def test_every_engine_has_numbers_for_a_card(row: EngineRow, store: Store) -> None:
    assert found(row, (CARD,)).on_a_card is row.memory[0].precision
    assert store.asked == []


def resolved(**told: str) -> Resolved:
    return resolve([Layer("command line", told)])


GROUNDS = Grounds(DeviceKind.CPU, "2026.4.1", bf16=True, on_a_card=Precision.SINGLE)


def test_what_was_left_open_is_chosen_and_said() -> None:
    made, finding = settle(resolved(), GROUNDS)
    assert (made.settings.cpu_backend, made.settings.precision) == (CpuBackend.OPENVINO, PrecisionWish.BF16)
    assert (finding.code, finding.severity) == (Code.COMPUTING, Severity.NOTE)
    assert finding.message == "Networks: the CPU computes with openvino 2026.4.1 in bf16."


def test_a_wish_that_cannot_be_fulfilled_blocks_and_changes_nothing() -> None:
    asked = resolved(precision="fp16")
    made, finding = settle(asked, GROUNDS)
    assert made == asked
    assert finding.severity is Severity.BLOCKER
    assert "fp16 is for GPUs" in finding.message
    assert finding.mend


def settings(**told: str) -> Settings:
    return resolved(**told).settings


@pytest.mark.parametrize("bf16", [True, False])
@pytest.mark.parametrize("version", ["2026.4.1", None])
@pytest.mark.parametrize("backend", ["auto", "torch"])
@pytest.mark.parametrize("precision", ["auto", "fp32", "bf16"])
def test_a_process_that_was_told_nothing_chooses_as_the_command_does(
    monkeypatch: pytest.MonkeyPatch, backend: str, precision: str, version: str | None, bf16: bool
) -> None:
    machine(monkeypatch, version, bf16=bf16)
    asked = resolved(cpu_backend=backend, precision=precision)
    chosen, _ = settle(asked, Grounds(DeviceKind.CPU, version, bf16, Precision.SINGLE))
    assert computing_of(asked.settings, "cpu", 2) == computing_of(chosen.settings, "cpu", 2)


@pytest.mark.parametrize(
    ("told", "device", "expected"),
    [
        ({}, "cpu", Computing(CpuBackend.OPENVINO, Precision.BRAIN, 3)),
        ({"precision": "fp32"}, "cpu", Computing(CpuBackend.OPENVINO, Precision.SINGLE, 3)),
        ({"cpu_backend": "torch"}, "cpu", Computing(CpuBackend.TORCH, Precision.SINGLE, 3)),
        ({"cpu_backend": "torch", "precision": "bf16"}, "cpu", Computing(CpuBackend.TORCH, Precision.BRAIN, 3)),
        ({"cpu_backend": "openvino"}, "cpu", Computing(CpuBackend.OPENVINO, Precision.BRAIN, 3)),
        ({}, "cuda:0", Computing(CpuBackend.TORCH, Precision.SINGLE, 3)),
        ({"cpu_backend": "openvino", "precision": "fp16"}, "cuda:1", Computing(CpuBackend.TORCH, Precision.HALF, 3)),
        ({"precision": "bf16"}, "cuda:0", Computing(CpuBackend.TORCH, Precision.BRAIN, 3)),
    ],
)
def test_settings_become_what_a_process_computes_with(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], device: str, expected: Computing
) -> None:
    machine(monkeypatch)
    assert computing_of(settings(**told), device, 3) == expected


def test_without_openvino_a_process_takes_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, None)
    assert computing_of(settings(), "cpu", 1) == Computing(CpuBackend.TORCH, Precision.SINGLE, 1)


def test_the_cache_of_a_process_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_here() == tmp_path / "htrkit"
