"""This machine's grounds, and what becomes of the settings."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.config.layers import Layer, Resolved, resolve
from htrkit.config.settings import Settings
from htrkit.core.computing import Grounds, Reader
from htrkit.domain.computing import Brain, Computing, CpuBackend, PrecisionWish
from htrkit.domain.device import Device, Memory
from htrkit.domain.engine import DeviceKind, EngineRow, Precision
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.page import ModelFacts
from htrkit.engines.catalog import ENGINES, KRAKEN, PARTY, PYLAIA, QWEN3_VL, SERVER, TROCR
from htrkit.networks.kept import FOLDER, RECOGNITION, SEGMENTATION, About, Kept
from htrkit.networks.store import NotConverted
from htrkit.run import computing
from htrkit.run.computing import READERS, Converts, Store, cache_here, computing_of, grounds_of, settle
from htrkit.run.model_file import ModelFile

CPU = Device(DeviceKind.CPU, "cpu", "a CPU", 2, Memory(1, 0, 1))
CARD = Device(DeviceKind.CUDA, "cuda:0", "a card", None, Memory(1, 0, 1))
MODEL = ModelFile(Path("reads.safetensors"), ModelFacts("reads", "0" * 64))
SEGMENTER = ModelFile(Path("finds.mlmodel"), ModelFacts("finds", "1" * 64))
CACHE = Path("cache")


class Models:
    """A cache in which models have no graph, for a reason that names them; or whose conversions are killed."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Path, str, Path]] = []
        self.odd = True
        self.killed: set[str] = set()
        self.place = CACHE / FOLDER

    def converting(self, model: Path, task: str, cache: Path) -> Kept:
        self.asked.append(("convert", model, task, cache))
        if task in self.killed:
            raise NotConverted(model, "the conversion was ended by signal 9")
        about = About(1, 48, boxes=False, legacy_polygons=False, codec={}, metadata={})
        return Kept(about, None, f"{model.name} is odd" if self.odd else None, self.place / "entry")

    def looking(self, model: Path, task: str, cache: Path) -> Kept | None:
        self.asked.append(("look", model, task, cache))
        return None


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Models:
    made = Models()
    for code, task in ((KRAKEN.code, RECOGNITION), (PYLAIA.code, "pylaia")):
        monkeypatch.setitem(READERS, code, Store(task, made.looking, made.converting))
    monkeypatch.setattr(computing, "SEGMENTERS", Store(SEGMENTATION, made.looking, made.converting))
    machine(monkeypatch)
    return made


def machine(monkeypatch: pytest.MonkeyPatch, version: str | None = "2026.4.1", *, bf16: Brain = Brain.NATIVE) -> None:
    monkeypatch.setattr(computing, "openvino_version", lambda: version)
    monkeypatch.setattr(computing, "brain_floats", lambda: bf16)


def looked(
    row: EngineRow = KRAKEN,
    devices: Sequence[Device] = (CPU,),
    *,
    now: bool = True,
    finds: bool = True,
    **told: str,
) -> tuple[Grounds, tuple[Finding, ...]]:
    segmentation = SEGMENTER if finds else None
    converts = Converts(CACHE, now=now)
    return grounds_of(row, devices, settings(**told), converts, model=MODEL, segmentation=segmentation)


def found(
    row: EngineRow = KRAKEN, devices: Sequence[Device] = (CPU,), *, now: bool = True, finds: bool = True, **told: str
) -> Grounds:
    return looked(row, devices, now=now, finds=finds, **told)[0]


@pytest.mark.parametrize(("row", "task"), [(KRAKEN, RECOGNITION), (PYLAIA, "pylaia")], ids=["kraken", "pylaia"])
def test_a_model_without_a_graph_is_known_before_the_run(row: EngineRow, task: str, models: Models) -> None:
    grounds = found(row)
    assert (grounds.no_graph, grounds.no_map_graph) == ("reads.safetensors is odd", None)
    assert (grounds.device, grounds.openvino, grounds.reader) == (DeviceKind.CPU, "2026.4.1", Reader.CTC)
    # Torch computes all then, and who insists on OpenVINO is refused: the segmentation need not be converted.
    assert models.asked == [(how, MODEL.path, task, CACHE) for how in ("look", "convert")]


def test_both_models_are_converted_where_that_is_allowed(models: Models) -> None:
    models.odd = False
    grounds = found()
    assert (grounds.no_graph, grounds.no_map_graph) == (None, None)
    assert [one for one in models.asked if one[0] == "convert"] == [
        ("convert", MODEL.path, RECOGNITION, CACHE),
        ("convert", SEGMENTER.path, SEGMENTATION, CACHE),
    ]


def test_that_a_model_is_converted_is_said_before_and_never_of_one_that_is_there(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    converts = Converts(CACHE, now=True, say=lambda line: said.append(f"{len(models.asked)}: {line}"))
    grounds_of(KRAKEN, (CPU,), settings(), converts, model=MODEL, segmentation=None)
    assert said == ["1: converting reads for this machine: once, it is kept in cache/networks"]

    there = models.converting(MODEL.path, RECOGNITION, CACHE)
    monkeypatch.setitem(READERS, KRAKEN.code, Store(RECOGNITION, lambda *_: there, models.converting))
    grounds_of(KRAKEN, (CPU,), settings(), converts, model=MODEL, segmentation=None)
    assert len(said) == 1


def test_where_it_is_not_allowed_what_is_not_known_yet_stays_open(models: Models) -> None:
    grounds = found(now=False)
    assert (grounds.no_graph, grounds.no_map_graph) == (None, None)
    assert [asked for asked, *_ in models.asked] == ["look", "look"]


@pytest.mark.parametrize("now", [True, False])
def test_who_asks_for_torch_gets_nothing_converted(models: Models, now: bool) -> None:
    assert found(now=now, cpu_backend="torch").no_graph is None
    assert models.asked == []


def test_a_conversion_that_is_killed_leaves_torch_and_says_why(models: Models) -> None:
    models.killed = {RECOGNITION}
    grounds = found()
    made, finding = settle(resolved(), grounds)
    assert (made.settings.cpu_backend, made.settings.precision) == (CpuBackend.TORCH, PrecisionWish.FP32)
    assert finding.severity is Severity.NOTE
    assert "since OpenVINO cannot take this model: the conversion was ended by signal 9" in finding.message
    _, refused = settle(resolved(cpu_backend="openvino"), grounds)
    assert (refused.severity, refused.mend) == (Severity.BLOCKER, "Take --cpu-backend torch.")


def test_a_segmentation_model_whose_conversion_is_killed_leaves_torch_too(models: Models) -> None:
    """Else every worker would try again."""
    models.odd, models.killed = False, {SEGMENTATION}
    grounds = found()
    assert (grounds.no_map_graph, grounds.map_passing) == ("the conversion was ended by signal 9", True)
    assert settle(resolved(), grounds)[0].settings.cpu_backend is CpuBackend.TORCH


def test_a_run_without_models_converts_none(models: Models) -> None:
    grounds_of(KRAKEN, (CPU,), settings(), Converts(CACHE, now=True), model=None, segmentation=None)
    assert models.asked == []


@pytest.mark.parametrize("row", [TROCR, PARTY, QWEN3_VL], ids=lambda row: row.name)
def test_models_of_other_engines_are_not_converted(models: Models, row: EngineRow) -> None:
    models.odd = False
    assert found(row).reader is Reader.TORCH
    assert {path for _, path, _, _ in models.asked} == {SEGMENTER.path}


def test_what_reads_is_told_by_the_engine_and_the_server(models: Models) -> None:
    assert [found(row).reader for row in (SERVER, KRAKEN)] == [Reader.SERVED, Reader.CTC]
    assert found(QWEN3_VL, (CARD,), server="http://localhost:1").reader is Reader.SERVED
    assert found(QWEN3_VL, (CARD,), server="http://localhost:1").device is DeviceKind.CPU
    assert found(replace(KRAKEN, name="theirs", code="theirs:Stage")).reader is Reader.OUTSIDE
    assert models.asked


def test_lines_that_are_given_are_not_found(models: Models) -> None:
    assert [found(finds=finds).finds_lines for finds in (True, False)] == [True, False]
    assert SEGMENTER.path in {path for _, path, _, _ in models.asked} or models.odd


def test_where_a_card_computes_nothing_is_converted(models: Models) -> None:
    assert found(devices=(CPU, CARD)).device is DeviceKind.CUDA
    assert models.asked == []


def test_without_openvino_nothing_is_converted(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, None)
    assert found().openvino is None
    assert models.asked == []


@pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)
def test_every_engine_has_numbers_for_a_card(row: EngineRow, models: Models) -> None:
    grounds = found(row, (replace(CARD, compute_capability="9.0"),))
    served = row is SERVER
    assert grounds.on_cards == (() if served else (row.memory[0].precision,))
    assert grounds.lacking == frozenset()
    assert bool(models.asked) is served


def test_cards_without_the_short_numbers_take_the_long_ones_as_the_guardrails_say(models: Models) -> None:
    old, new = (replace(CARD, compute_capability=told) for told in ("7.5", "8.6"))
    assert found(QWEN3_VL, (old,)).on_cards == (Precision.SINGLE,)
    assert set(found(QWEN3_VL, (new, old)).on_cards) == {Precision.SINGLE, Precision.BRAIN}
    assert found(QWEN3_VL, (new, old)).lacking == {Precision.BRAIN}
    assert models.asked == []


def test_a_cache_that_takes_nothing_is_said_once_with_its_mend(models: Models) -> None:
    models.odd, models.place = False, Path("aside")
    (finding,) = looked()[1]
    assert (finding.code, finding.severity) == (Code.COMPUTING, Severity.NOTE)
    assert finding.message == "cache/networks: converted models cannot be kept there; they are in aside for a day."
    assert "XDG_CACHE_HOME" in finding.mend
    models.place = CACHE / FOLDER
    assert looked()[1] == ()


def resolved(**told: str) -> Resolved:
    return resolve([Layer("command line", told)])


GROUNDS = Grounds(DeviceKind.CPU, "2026.4.1", Brain.NATIVE)


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


def test_a_wish_that_is_fulfilled_badly_is_a_warning() -> None:
    _, finding = settle(resolved(precision="bf16"), replace(GROUNDS, bf16=Brain.EMULATED))
    assert (finding.severity, finding.mend) == (Severity.WARNING, "Take --precision fp32.")


def settings(**told: str) -> Settings:
    return resolved(**told).settings


@pytest.mark.parametrize("bf16", Brain)
@pytest.mark.parametrize("version", ["2026.4.1", None])
@pytest.mark.parametrize("backend", ["auto", "torch"])
@pytest.mark.parametrize("precision", ["auto", "fp32", "bf16"])
def test_a_process_that_was_told_nothing_chooses_as_the_command_does(
    monkeypatch: pytest.MonkeyPatch, backend: str, precision: str, version: str | None, bf16: Brain
) -> None:
    machine(monkeypatch, version, bf16=bf16)
    asked = resolved(cpu_backend=backend, precision=precision)
    chosen, _ = settle(asked, Grounds(DeviceKind.CPU, version, bf16))
    assert computing_of(asked.settings, "cpu", 2) == computing_of(chosen.settings, "cpu", 2)


@pytest.mark.parametrize(
    ("told", "device", "expected"),
    [
        ({}, "cpu", Computing(CpuBackend.OPENVINO, Precision.BRAIN, 3)),
        ({"precision": "fp16"}, "cpu", Computing(CpuBackend.OPENVINO, Precision.SINGLE, 3)),
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
