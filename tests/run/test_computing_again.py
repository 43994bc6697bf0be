"""What a run was begun to compute with must be there when it goes on, or it is said."""

from pathlib import Path

import pytest

from htrkit.config.layers import Layer, resolve
from htrkit.domain.computing import Brain
from htrkit.domain.device import Device, Memory
from htrkit.domain.engine import DeviceKind, EngineRow
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.page import ModelFacts
from htrkit.engines.catalog import KRAKEN, TROCR
from htrkit.run import computing
from htrkit.run.computing import Converts
from htrkit.run.computing_again import computing_again
from htrkit.run.model_file import ModelFile

CPU = Device(DeviceKind.CPU, "cpu", "a CPU", 2, Memory(1, 0, 1))
CARD = Device(DeviceKind.CUDA, "cuda:0", "a card", None, Memory(1, 0, 1))
MODEL = ModelFile(Path("gone.safetensors"), ModelFacts("gone", "0" * 64))


def found(device: Device = CPU, row: EngineRow = KRAKEN, *, finds: bool = True, **told: str) -> list[Finding]:
    settings = resolve([Layer("the plan", told)]).settings
    given = MODEL if finds else None
    converts = Converts(Path("cache"), now=False)
    return list(computing_again(settings, row, (device,), converts, model=MODEL, segmentation=given))


def machine(monkeypatch: pytest.MonkeyPatch, version: str | None, bf16: Brain) -> None:
    monkeypatch.setattr(computing, "openvino_version", lambda: version)
    monkeypatch.setattr(computing, "brain_floats", lambda: bf16)


def test_openvino_that_is_gone_refuses_the_run_with_a_mend_that_a_resumed_run_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine(monkeypatch, None, Brain.NATIVE)
    (finding,) = found(cpu_backend="openvino", precision="fp32")
    assert (finding.severity, finding.message) == (Severity.BLOCKER, "OpenVINO is not installed.")
    assert "another OUT" in finding.mend
    assert found(cpu_backend="torch", precision="fp32") == []
    assert found(CARD, cpu_backend="openvino", precision="fp32") == []
    assert found(row=TROCR, finds=False, cpu_backend="openvino", precision="fp16") == []


@pytest.mark.parametrize(("precision", "is_said"), [("bf16", True), ("fp16", True), ("fp32", False), ("auto", False)])
def test_numbers_that_this_cpu_does_not_have_are_said(
    monkeypatch: pytest.MonkeyPatch, precision: str, is_said: bool
) -> None:
    machine(monkeypatch, "2026.4.1", Brain.NONE)
    findings = found(cpu_backend="openvino", precision=precision)
    told = f"The run was begun in {precision}, and this CPU computes in fp32."
    assert [(one.severity, one.message) for one in findings] == ([(Severity.WARNING, told)] if is_said else [])
