"""What computes, and in which numbers: every wish on every machine comes to one answer, with its reason."""

from dataclasses import replace
from itertools import product

import pytest

from htrkit.core.computing import Grounds, Settled, Unfulfillable, settled
from htrkit.domain.computing import Computing, CpuBackend, PrecisionWish
from htrkit.domain.engine import DeviceKind, Precision

AUTO, TORCH, OPENVINO = CpuBackend
ANY, FP32, BF16, FP16 = PrecisionWish
PLAIN = Grounds(DeviceKind.CPU, "2026.4.1", bf16=False, on_a_card=Precision.SINGLE)
FAST = replace(PLAIN, bf16=True)
NO_OPENVINO = replace(FAST, openvino=None)
NO_GRAPH = replace(FAST, no_graph="its layer Odd is not known to htrkit")
NO_MAP = replace(FAST, no_map_graph="its layer Odd is not known to htrkit")
OTHER_ENGINE = replace(FAST, ctc=False)
GROUNDS = (PLAIN, FAST, NO_OPENVINO, NO_GRAPH, NO_MAP, OTHER_ENGINE)
NOT_THERE = "since OpenVINO is not installed"
NOT_THIS = "since OpenVINO cannot take this model: its layer Odd is not known to htrkit"
NOT_THE_MAP = (
    "and the segmentation with torch, since OpenVINO cannot take its model: its layer Odd is not known to htrkit"
)
NOT_THE_READER = "and the recogniser with torch"


def test_who_asks_for_krakens_geometry_gets_single_precision() -> None:
    grounds = replace(PLAIN, bf16=True, as_kraken=True)
    assert settled(CpuBackend.AUTO, PrecisionWish.AUTO, grounds).precision is PrecisionWish.FP32
    assert settled(CpuBackend.AUTO, PrecisionWish.BF16, grounds).precision is PrecisionWish.BF16


def answer(backend: CpuBackend, precision: PrecisionWish, reason: str = "") -> Settled:
    version = " 2026.4.1" if backend is OPENVINO else ""
    words = f"the CPU computes with {backend}{version} in {precision}"
    return Settled(backend, precision, f"{words}, {reason}" if reason else words)


TABLE = {
    # What was asked for, and on what grounds.
    (AUTO, ANY, PLAIN): answer(OPENVINO, FP32),
    (AUTO, ANY, FAST): answer(OPENVINO, BF16),
    (AUTO, ANY, NO_OPENVINO): answer(TORCH, FP32, NOT_THERE),
    (AUTO, ANY, NO_GRAPH): answer(TORCH, FP32, NOT_THIS),
    (AUTO, ANY, NO_MAP): answer(OPENVINO, BF16, NOT_THE_MAP),
    (AUTO, ANY, OTHER_ENGINE): answer(OPENVINO, BF16, NOT_THE_READER),
    (AUTO, FP32, PLAIN): answer(OPENVINO, FP32),
    (AUTO, FP32, FAST): answer(OPENVINO, FP32),
    (AUTO, FP32, NO_OPENVINO): answer(TORCH, FP32, NOT_THERE),
    (AUTO, FP32, NO_GRAPH): answer(TORCH, FP32, NOT_THIS),
    (AUTO, FP32, NO_MAP): answer(OPENVINO, FP32, NOT_THE_MAP),
    (AUTO, FP32, OTHER_ENGINE): answer(OPENVINO, FP32, NOT_THE_READER),
    (AUTO, BF16, PLAIN): answer(OPENVINO, BF16),
    (AUTO, BF16, FAST): answer(OPENVINO, BF16),
    (AUTO, BF16, NO_OPENVINO): answer(TORCH, BF16, NOT_THERE),
    (AUTO, BF16, NO_GRAPH): answer(TORCH, BF16, NOT_THIS),
    (AUTO, BF16, NO_MAP): answer(OPENVINO, BF16, NOT_THE_MAP),
    (AUTO, BF16, OTHER_ENGINE): answer(OPENVINO, BF16, NOT_THE_READER),
    **{(TORCH, ANY, grounds): answer(TORCH, FP32) for grounds in GROUNDS},
    **{(TORCH, FP32, grounds): answer(TORCH, FP32) for grounds in GROUNDS},
    **{(TORCH, BF16, grounds): answer(TORCH, BF16) for grounds in GROUNDS},
    (OPENVINO, ANY, PLAIN): answer(OPENVINO, FP32),
    (OPENVINO, ANY, FAST): answer(OPENVINO, BF16),
    (OPENVINO, ANY, OTHER_ENGINE): answer(OPENVINO, BF16, NOT_THE_READER),
    **{(OPENVINO, FP32, grounds): answer(OPENVINO, FP32) for grounds in (PLAIN, FAST)},
    **{(OPENVINO, BF16, grounds): answer(OPENVINO, BF16) for grounds in (PLAIN, FAST)},
    (OPENVINO, FP32, OTHER_ENGINE): answer(OPENVINO, FP32, NOT_THE_READER),
    (OPENVINO, BF16, OTHER_ENGINE): answer(OPENVINO, BF16, NOT_THE_READER),
}
REFUSALS = {
    NO_OPENVINO: ("OpenVINO is not installed.", "pip install openvino"),
    NO_GRAPH: ("OpenVINO cannot compute this model: its layer Odd is not known to htrkit.", "--cpu-backend torch"),
    NO_MAP: (
        "OpenVINO cannot compute the segmentation model: its layer Odd is not known to htrkit.",
        "--cpu-backend torch",
    ),
}


@pytest.mark.parametrize(("backend", "precision", "grounds"), TABLE)
def test_a_wish_that_can_be_fulfilled_is(backend: CpuBackend, precision: PrecisionWish, grounds: Grounds) -> None:
    assert settled(backend, precision, grounds) == TABLE[backend, precision, grounds]


@pytest.mark.parametrize("precision", [ANY, FP32, BF16])
@pytest.mark.parametrize("grounds", REFUSALS)
def test_openvino_by_name_where_it_cannot_compute_is_refused_with_a_way_out(
    precision: PrecisionWish, grounds: Grounds
) -> None:
    what, mend = REFUSALS[grounds]
    with pytest.raises(Unfulfillable) as caught:
        settled(OPENVINO, precision, grounds)
    assert str(caught.value) == what
    assert mend in caught.value.mend


@pytest.mark.parametrize("backend", CpuBackend)
@pytest.mark.parametrize("grounds", GROUNDS)
def test_half_precision_is_refused_on_the_cpu(backend: CpuBackend, grounds: Grounds) -> None:
    with pytest.raises(Unfulfillable, match="fp16 is for GPUs") as caught:
        settled(backend, FP16, grounds)
    assert "--precision fp32" in caught.value.mend


def test_the_table_is_full() -> None:
    said = set(TABLE)
    said |= {(OPENVINO, precision, grounds) for precision, grounds in product((ANY, FP32, BF16), REFUSALS)}
    said |= {(backend, FP16, grounds) for backend, grounds in product(CpuBackend, GROUNDS)}
    assert said == set(product(CpuBackend, PrecisionWish, GROUNDS))


@pytest.mark.parametrize("backend", CpuBackend)
@pytest.mark.parametrize("grounds", GROUNDS)
@pytest.mark.parametrize(
    ("wish", "engines", "becomes"),
    [
        (ANY, Precision.HALF, FP16),
        (ANY, Precision.BRAIN, BF16),
        (ANY, Precision.SINGLE, FP32),
        (FP32, Precision.HALF, FP32),
        (BF16, Precision.HALF, BF16),
        (FP16, Precision.SINGLE, FP16),
    ],
)
def test_on_a_card_the_engines_numbers_count_unless_others_are_asked_for(
    backend: CpuBackend, grounds: Grounds, wish: PrecisionWish, engines: Precision, becomes: PrecisionWish
) -> None:
    found = settled(backend, wish, replace(grounds, device=DeviceKind.CUDA, on_a_card=engines))
    assert found == Settled(backend, becomes, f"the GPU computes in {becomes}")


def test_a_record_names_both() -> None:
    assert Computing(OPENVINO, Precision.BRAIN, threads=2).words == "openvino bf16"
    assert Computing().words == "torch fp32"
