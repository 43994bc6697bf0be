"""Torch, driver and card go together, or it is said what does not."""

import pytest

from htrkit.core.device_seen import TorchBuild
from htrkit.core.torch_guards import too_old_for_torch, torch_finding, version_of
from htrkit.domain.finding import Severity
from tests.fakes.device_seen import gpu, seen


@pytest.mark.parametrize(
    ("torch", "driver", "severity"),
    [
        ("13.0", "13.0", None),
        ("12.8", "13.1", None),
        ("12.8", "12.10", None),
        ("12.8", "12.4", Severity.WARNING),
        ("13.0", "12.9", Severity.BLOCKER),
        ("12.1", "11.8", Severity.BLOCKER),
        ("14.0", "13.0", Severity.BLOCKER),
        ("odd", "11.8", None),
        ("12.8", None, None),
    ],
)
def test_the_driver_must_do_the_cuda_that_torch_is_built_with(
    torch: str, driver: str | None, severity: Severity | None
) -> None:
    found = torch_finding(seen(gpu(0), build=TorchBuild("2.14.0", torch), cuda=driver))
    assert (None if found is None else found.severity) is severity
    assert found is None or found.mend


def test_the_first_driver_that_would_do_is_named_where_it_is_known() -> None:
    thirteen = torch_finding(seen(gpu(0), build=TorchBuild("2.14.0+cu130", "13.0"), cuda="12.4"))
    assert thirteen is not None
    assert "version 580 or later" in thirteen.mend
    assert "built with CUDA 12" in thirteen.mend
    later = torch_finding(seen(gpu(0), build=TorchBuild("3.0", "15.0"), cuda="12.4"))
    assert later is not None
    assert "a newer one" in later.mend


@pytest.mark.parametrize(
    ("capability", "cuda", "told"),
    [
        ("7.5", "13.0", False),
        ("7.0", "13.0", True),
        ("7.0", "12.8", False),
        ("3.7", "12.8", True),
        ("12.0", "13.0", False),
        ("2.0", "15.0", False),
        ("odd", "13.0", False),
    ],
)
def test_a_card_older_than_all_that_a_cuda_compiles_for_is_told(capability: str, cuda: str, told: bool) -> None:
    assert bool(too_old_for_torch(gpu(0, capability=capability), TorchBuild("2.14.0", cuda))) is told


def test_nothing_is_said_of_a_torch_that_nobody_knows() -> None:
    assert too_old_for_torch(gpu(0, capability="2.0"), None) == ""
    assert torch_finding(seen(gpu(0), build=None)) is None


@pytest.mark.parametrize(
    ("words", "version"),
    [("12.4", (12, 4)), ("13.10", (13, 10)), ("12", None), ("", None), (None, None), ("a.b", None), ("1.2.3", None)],
)
def test_versions_are_numbers(words: str | None, version: tuple[int, int] | None) -> None:
    assert version_of(words) == version
