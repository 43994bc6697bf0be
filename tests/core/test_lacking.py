"""What an engine lacks on a machine."""

from dataclasses import replace

from htrkit.core.lacking import lacking
from htrkit.domain.engine import DeviceKind, ExtraNeed
from htrkit.engines.catalog import KRAKEN

ROW = replace(KRAKEN, code="module:Class", least_device=DeviceKind.CPU, needs=())


def test_nothing_is_missing_where_all_is_there() -> None:
    assert lacking(ROW, installed=lambda _: True, cards=0) == ()


def test_an_engine_without_code_says_so() -> None:
    assert "not built" in lacking(replace(ROW, code=None), installed=lambda _: True, cards=0)[0]


def test_an_engine_that_needs_a_gpu_lacks_one_only_where_there_is_none() -> None:
    row = replace(ROW, least_device=DeviceKind.CUDA)

    assert "GPU" in lacking(row, installed=lambda _: True, cards=0)[0]
    assert "--allow-slow-cpu" in lacking(row, installed=lambda _: True, cards=0)[0]
    assert lacking(row, installed=lambda _: True, cards=1) == ()


def test_a_missing_package_comes_with_the_command_that_installs_it() -> None:
    row = replace(ROW, needs=(ExtraNeed("party", "pip install party"), ExtraNeed("json", "never")))

    assert lacking(row, installed=lambda need: need.module == "json", cards=0) == ("party: pip install party",)
