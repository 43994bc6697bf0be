"""Models and batches that do not fit, and cards without the numbers that an engine computes with."""

from dataclasses import replace

import pytest

from htrkit.core.guarded import Guard
from htrkit.core.memory_guards import precision_on
from htrkit.domain.engine import Precision
from htrkit.domain.finding import Severity
from htrkit.engines.catalog import CHURRO, KRAKEN, PYLAIA, QWEN3_VL, TROCR
from tests.fakes.set_ups import GB, card, cpu, found, held, only, set_up


def test_a_model_that_fits_nowhere_blocks_and_says_what_there_is_and_what_it_takes() -> None:
    finding = only(set_up(QWEN3_VL, card(free_gb=17)), Guard.MEMORY)
    assert finding.severity is Severity.BLOCKER
    assert "cuda:0 (NVIDIA L40S): 17.0 GB of memory are free, and qwen3-vl takes 19.5 GB" in finding.message


def test_where_it_fits_another_device_the_small_one_is_named_with_the_others() -> None:
    devices = (card(0, free_gb=3), card(1), card(2))
    finding = only(set_up(CHURRO, *devices), Guard.MEMORY)
    assert (finding.severity, finding.mend) == (Severity.WARNING, "Leave it out: -d cuda:1,cuda:2.")
    assert finding.message.startswith("cuda:0")


def test_a_smaller_model_than_usual_fits_a_smaller_card() -> None:
    small = replace(set_up(QWEN3_VL, card(free_gb=8)), weights_bytes=4 * GB)
    assert found(small, Guard.MEMORY) == []
    assert found(replace(small, weights_bytes=8 * GB), Guard.MEMORY) != []


def test_the_segmenter_needs_its_room_where_lines_must_be_found() -> None:
    device = card(free_gb=1.4)
    assert found(set_up(PYLAIA, device), Guard.MEMORY) == []
    assert found(set_up(PYLAIA, device, without_lines=1), Guard.MEMORY) != []
    assert found(set_up(PYLAIA, device, segmenter="kraken"), Guard.MEMORY) != []
    assert found(set_up(PYLAIA, device, segmenter="sidecar", without_lines=1), Guard.MEMORY) == []


def test_a_batch_is_not_judged_where_not_even_one_item_fits() -> None:
    codes = [one.code for one in found(set_up(PYLAIA, card(free_gb=1), batch_size=64))]
    assert codes == [Guard.MEMORY]


def test_pages_that_could_not_be_listed_need_no_segmenter() -> None:
    assert found(replace(set_up(PYLAIA, card(free_gb=1.4), segmenter="kraken"), pages=None), Guard.MEMORY) == []


def test_a_device_whose_memory_nobody_tells_is_not_judged() -> None:
    assert found(set_up(QWEN3_VL, replace(card(), memory=None), batch_size=8), Guard.MEMORY, Guard.BATCH_MEMORY) == []


def test_a_card_without_the_engine_s_numbers_takes_twice_the_memory() -> None:
    turing = card(name="Tesla T4", capability="7.5")
    finding = only(set_up(CHURRO, turing), Guard.PRECISION)
    assert finding.severity is Severity.WARNING
    assert "cuda:0 (Tesla T4) has compute capability 7.5 and no bf16: churro computes in fp32 there" in finding.message
    assert "compute capability 8.0" in finding.mend
    assert found(set_up(TROCR, turing), Guard.PRECISION) == []
    assert found(set_up(KRAKEN, card(capability="3.5")), Guard.PRECISION) == []
    assert found(set_up(CHURRO, replace(turing, memory=held(16, 10))), Guard.MEMORY) != []
    assert found(set_up(CHURRO, card(free_gb=10)), Guard.MEMORY) == []


@pytest.mark.parametrize(
    ("capability", "usual", "taken"),
    [
        ("8.0", Precision.BRAIN, Precision.BRAIN),
        ("10.0", Precision.BRAIN, Precision.BRAIN),
        ("7.5", Precision.BRAIN, Precision.SINGLE),
        ("5.3", Precision.HALF, Precision.HALF),
        ("5.2", Precision.HALF, Precision.SINGLE),
        ("2.0", Precision.SINGLE, Precision.SINGLE),
        (None, Precision.BRAIN, Precision.BRAIN),
        ("odd", Precision.BRAIN, Precision.BRAIN),
        ("7.x", Precision.BRAIN, Precision.BRAIN),
        ("7", Precision.BRAIN, Precision.BRAIN),
    ],
)
def test_which_numbers_a_card_has(capability: str | None, usual: Precision, taken: Precision) -> None:
    assert precision_on(card(capability=capability), usual) is taken


def test_the_cpu_computes_in_single_precision() -> None:
    assert precision_on(cpu(), Precision.BRAIN) is Precision.SINGLE


def test_a_model_of_known_size_takes_twice_that_in_single_precision() -> None:
    turing = set_up(CHURRO, card(free_gb=12, name="Tesla T4", capability="7.5"))
    assert found(replace(turing, weights_bytes=6 * GB), Guard.MEMORY) != []
    assert found(replace(turing, weights_bytes=4 * GB), Guard.MEMORY) == []


def test_a_batch_that_the_free_memory_does_not_hold_is_told_with_both_figures() -> None:
    finding = only(set_up(PYLAIA, card(free_gb=2), batch_size=64), Guard.BATCH_MEMORY)
    assert finding.severity is Severity.WARNING
    assert "64 items of usual size and the model take about 2.5 GB (measured" in finding.message
    assert "64 take 12 GB as published" in finding.message
    assert "1.4 to 3.6 GB" in finding.why
    assert found(set_up(PYLAIA, card(free_gb=3), batch_size=64), Guard.BATCH_MEMORY) == []
    assert found(set_up(PYLAIA, card(free_gb=2)), Guard.BATCH_MEMORY) == []
