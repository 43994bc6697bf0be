"""What computes, and in which numbers: every wish on every machine comes to one answer, with its reason."""

from dataclasses import replace
from itertools import product

import pytest

from htrkit.core.computing import Grounds, Reader, Settled, Unfulfillable, precision_for, settled
from htrkit.domain.computing import Brain, Computing, CpuBackend, PrecisionWish
from htrkit.domain.engine import DeviceKind, Precision

AUTO, TORCH, OPENVINO = CpuBackend
ANY, FP32, BF16, FP16 = PrecisionWish
PLAIN = Grounds(DeviceKind.CPU, "2026.4.1", Brain.EMULATED)
FAST = replace(PLAIN, bf16=Brain.NATIVE)
NO_OPENVINO = replace(FAST, openvino=None)
NO_GRAPH = replace(FAST, no_graph="its layer Odd is not known to htrkit")
NO_MAP = replace(FAST, no_map_graph="its layer Odd is not known to htrkit")
NO_MAP_TODAY = replace(FAST, no_map_graph="the conversion was ended by signal 9", map_passing=True)
OTHER_ENGINE = replace(FAST, reader=Reader.TORCH)
GROUNDS = (PLAIN, FAST, NO_OPENVINO, NO_GRAPH, NO_MAP, NO_MAP_TODAY)
NOT_THERE = "since OpenVINO is not installed"
NOT_THIS = "since OpenVINO cannot take this model: its layer Odd is not known to htrkit"
NOT_THE_MAP = (
    "and the segmentation with torch, since OpenVINO cannot take the segmentation model: its layer Odd is not known to "
    "htrkit"
)
NOT_TODAY = "since OpenVINO cannot take the segmentation model: the conversion was ended by signal 9"
SLOW = "(this CPU has no instructions for it: slower than fp32)"


def test_who_asks_for_krakens_geometry_gets_single_precision() -> None:
    grounds = replace(FAST, as_kraken=True)
    assert settled(CpuBackend.AUTO, PrecisionWish.AUTO, grounds).precision is PrecisionWish.FP32
    assert settled(CpuBackend.AUTO, PrecisionWish.BF16, grounds).precision is PrecisionWish.BF16


def answer(backend: CpuBackend, precision: PrecisionWish, reason: str = "") -> Settled:
    version = " 2026.4.1" if backend is OPENVINO else ""
    words = f"the CPU computes with {backend}{version} in {precision}"
    if reason == SLOW:
        return Settled(backend, precision, f"{words} {reason}", "Take --precision fp32.")
    return Settled(backend, precision, f"{words}, {reason}" if reason else words)


TABLE = {
    # What was asked for, and on what grounds.
    (AUTO, ANY, PLAIN): answer(OPENVINO, FP32),
    (AUTO, ANY, FAST): answer(OPENVINO, BF16),
    (AUTO, ANY, NO_OPENVINO): answer(TORCH, FP32, NOT_THERE),
    (AUTO, ANY, NO_GRAPH): answer(TORCH, FP32, NOT_THIS),
    (AUTO, ANY, NO_MAP): answer(OPENVINO, BF16, NOT_THE_MAP),
    (AUTO, ANY, NO_MAP_TODAY): answer(TORCH, FP32, NOT_TODAY),
    (AUTO, FP32, NO_MAP_TODAY): answer(TORCH, FP32, NOT_TODAY),
    (AUTO, BF16, NO_MAP_TODAY): answer(TORCH, BF16, NOT_TODAY),
    (AUTO, FP32, PLAIN): answer(OPENVINO, FP32),
    (AUTO, FP32, FAST): answer(OPENVINO, FP32),
    (AUTO, FP32, NO_OPENVINO): answer(TORCH, FP32, NOT_THERE),
    (AUTO, FP32, NO_GRAPH): answer(TORCH, FP32, NOT_THIS),
    (AUTO, FP32, NO_MAP): answer(OPENVINO, FP32, NOT_THE_MAP),
    (AUTO, BF16, PLAIN): answer(OPENVINO, BF16, SLOW),
    (AUTO, BF16, FAST): answer(OPENVINO, BF16),
    (AUTO, BF16, NO_OPENVINO): answer(TORCH, BF16, NOT_THERE),
    (AUTO, BF16, NO_GRAPH): answer(TORCH, BF16, NOT_THIS),
    (AUTO, BF16, NO_MAP): answer(OPENVINO, BF16, NOT_THE_MAP),
    **{(TORCH, ANY, grounds): answer(TORCH, FP32) for grounds in GROUNDS},
    **{(TORCH, FP32, grounds): answer(TORCH, FP32) for grounds in GROUNDS},
    **{(TORCH, BF16, grounds): answer(TORCH, BF16) for grounds in GROUNDS[1:]},
    (TORCH, BF16, PLAIN): answer(TORCH, BF16, SLOW),
    (OPENVINO, ANY, PLAIN): answer(OPENVINO, FP32),
    (OPENVINO, ANY, FAST): answer(OPENVINO, BF16),
    **{(OPENVINO, FP32, grounds): answer(OPENVINO, FP32) for grounds in (PLAIN, FAST)},
    (OPENVINO, BF16, PLAIN): answer(OPENVINO, BF16, SLOW),
    (OPENVINO, BF16, FAST): answer(OPENVINO, BF16),
}
REFUSALS = {
    NO_OPENVINO: ("OpenVINO is not installed.", "pip install openvino"),
    NO_GRAPH: ("OpenVINO cannot compute this model: its layer Odd is not known to htrkit.", "--cpu-backend torch"),
    NO_MAP: (
        "OpenVINO cannot compute the segmentation model: its layer Odd is not known to htrkit.",
        "--cpu-backend torch",
    ),
    NO_MAP_TODAY: (
        "OpenVINO cannot compute the segmentation model: the conversion was ended by signal 9.",
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


CARD = replace(PLAIN, device=DeviceKind.CUDA)


@pytest.mark.parametrize("backend", CpuBackend)
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
    backend: CpuBackend, wish: PrecisionWish, engines: Precision, becomes: PrecisionWish
) -> None:
    found = settled(backend, wish, replace(CARD, on_cards=(engines,)))
    assert found == Settled(backend, becomes, f"the GPU computes in {becomes}")


@pytest.mark.parametrize("reader", [Reader.CTC, Reader.TORCH])
def test_numbers_that_a_card_lacks_are_refused_where_something_would_take_them(reader: Reader) -> None:
    grounds = replace(CARD, reader=reader, lacking=frozenset({Precision.BRAIN}))
    with pytest.raises(Unfulfillable, match="does not compute in bf16") as caught:
        settled(AUTO, BF16, grounds)
    assert "--precision fp32" in caught.value.mend


@pytest.mark.parametrize(
    ("wish", "own", "finds", "becomes", "why", "mend"),
    [
        (ANY, (Precision.HALF,), False, FP16, "the GPU computes in fp16", ""),
        (FP16, (Precision.HALF,), False, FP16, "the GPU computes in fp16", ""),
        (FP32, (Precision.HALF,), True, FP32, "the GPU finds lines in fp32, and reads them in fp16", ""),
        (
            FP16,
            (Precision.BRAIN,),
            False,
            BF16,
            "the GPU computes in bf16: this engine does not listen to --precision",
            "Leave --precision out.",
        ),
        (ANY, (Precision.SINGLE,), False, FP32, "the GPU computes in fp32", ""),
        (ANY, (Precision.BRAIN, Precision.SINGLE), False, FP32, "the GPU computes in bf16 and fp32", ""),
    ],
)
def test_an_engine_that_takes_its_own_numbers_on_a_card_is_not_said_to_take_others(
    wish: PrecisionWish, own: tuple[Precision, ...], finds: bool, becomes: PrecisionWish, why: str, mend: str
) -> None:
    grounds = replace(CARD, reader=Reader.TORCH, on_cards=own, finds_lines=finds)
    assert settled(AUTO, wish, grounds) == Settled(AUTO, becomes, why, mend)


BY_TORCH = "the CPU computes with torch in fp32"
FINDS = "the CPU finds lines with openvino 2026.4.1 in"


@pytest.mark.parametrize(
    ("backend", "wish", "why", "mend"),
    [
        (AUTO, ANY, BY_TORCH, ""),
        (TORCH, FP32, BY_TORCH, ""),
        (AUTO, BF16, f"{BY_TORCH}: this engine does not listen to --precision", "Leave --precision out."),
        (
            OPENVINO,
            BF16,
            f"{BY_TORCH}: this engine does not listen to --cpu-backend and --precision",
            "Leave --cpu-backend and --precision out.",
        ),
    ],
)
@pytest.mark.parametrize("openvino", ["2026.4.1", None])
def test_where_only_an_engine_of_torchs_reads_openvino_and_its_numbers_are_not_claimed(
    backend: CpuBackend, wish: PrecisionWish, why: str, mend: str, openvino: str | None
) -> None:
    grounds = replace(OTHER_ENGINE, finds_lines=False, openvino=openvino)
    assert settled(backend, wish, grounds) == Settled(TORCH, FP32, why, mend)


def test_where_it_finds_lines_besides_both_are_said() -> None:
    found = settled(AUTO, ANY, OTHER_ENGINE)
    assert found == Settled(OPENVINO, BF16, f"{FINDS} bf16, and reads them with torch in fp32")


def test_where_it_would_find_lines_and_openvino_cannot_nothing_is_left_for_openvino() -> None:
    cannot = replace(OTHER_ENGINE, no_map_graph="its layer is odd")
    found = settled(AUTO, ANY, cannot)
    assert (found.backend, found.precision) == (TORCH, FP32)
    assert "with torch in fp32, since OpenVINO cannot take the segmentation model: its layer is odd" in found.why
    with pytest.raises(Unfulfillable):
        settled(OPENVINO, ANY, cannot)


def test_an_engine_of_another_package_is_not_spoken_for() -> None:
    outside = replace(FAST, reader=Reader.OUTSIDE)
    assert settled(AUTO, ANY, outside).why == f"{FINDS} bf16, and the engine reads in its own way"
    assert settled(AUTO, ANY, replace(outside, finds_lines=False)).why == "the engine computes in its own way"
    assert settled(AUTO, ANY, replace(CARD, reader=Reader.OUTSIDE)).why.endswith("where the engine does as it is told")


def test_where_a_server_computes_only_what_finds_lines_is_said() -> None:
    served = replace(FAST, reader=Reader.SERVED)
    assert settled(AUTO, ANY, served) == Settled(OPENVINO, BF16, f"{FINDS} bf16")
    given = replace(served, finds_lines=False, openvino=None)
    assert settled(OPENVINO, FP16, given) == Settled(OPENVINO, FP16, "a server computes them")


@pytest.mark.parametrize(
    ("cpu", "backend", "becomes", "amiss"),
    [
        (Brain.NATIVE, OPENVINO, BF16, ""),
        (Brain.NATIVE, TORCH, BF16, ""),
        (Brain.TORCH, OPENVINO, FP32, "(OpenVINO has no bf16 on this CPU)"),
        (Brain.TORCH, TORCH, BF16, ""),
        (Brain.EMULATED, OPENVINO, BF16, SLOW),
        (Brain.EMULATED, TORCH, BF16, SLOW),
        (Brain.NONE, OPENVINO, FP32, "(OpenVINO has no bf16 on this CPU)"),
        (Brain.NONE, TORCH, BF16, SLOW),
    ],
)
def test_bfloat16_by_name_is_what_the_cpu_makes_of_it_and_what_is_amiss_is_said(
    cpu: Brain, backend: CpuBackend, becomes: PrecisionWish, amiss: str
) -> None:
    found = settled(backend, BF16, replace(PLAIN, bf16=cpu))
    assert (found.precision, found.mend) == (becomes, "Take --precision fp32." if amiss else "")
    assert found.why.endswith(f"in {becomes} {amiss}" if amiss else f"in {becomes}")


@pytest.mark.parametrize("cpu", Brain)
def test_bfloat16_is_taken_by_itself_only_where_openvino_has_it_in_hardware(cpu: Brain) -> None:
    found = settled(AUTO, ANY, replace(PLAIN, bf16=cpu))
    assert (found.precision, found.mend) == (BF16 if cpu is Brain.NATIVE else FP32, "")


def test_a_run_that_was_begun_in_half_precision_goes_on_in_single_on_a_cpu() -> None:
    assert precision_for(FP16, OPENVINO, FAST) is FP32


def test_a_record_names_both() -> None:
    assert Computing(OPENVINO, Precision.BRAIN, threads=2).words == "openvino bf16"
    assert Computing().words == "torch fp32"
