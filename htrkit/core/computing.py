"""How networks are computed: the user's wishes, the devices and what is installed come to one answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from htrkit.domain.computing import Brain, CpuBackend, PrecisionWish
from htrkit.domain.engine import DeviceKind, Precision

WITHOUT_PRECISION = "Leave --precision out."
SINGLE_INSTEAD = "Take --precision fp32."
TORCH_INSTEAD = "Take --cpu-backend torch."


class Reader(StrEnum):
    """What an engine's recogniser is to whoever chooses how it computes."""

    CTC = "ctc"
    """OpenVINO can compute it, and torch does in the numbers that are asked for."""
    TORCH = "torch"
    """It computes with torch in numbers of its own choice, in single precision on the CPU."""
    OUTSIDE = "outside"
    """It is another package's, and does as that likes."""
    SERVED = "served"
    """A server computes it."""


READS: Mapping[Reader, str] = MappingProxyType(
    {Reader.TORCH: ", and reads them with torch in fp32", Reader.OUTSIDE: ", and the engine reads in its own way"}
)
"""What follows on how lines are found, where they are read otherwise."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the answer depends on beside the wishes."""

    device: DeviceKind
    openvino: str | None
    """The version that is installed; None where none is."""
    bf16: Brain
    """How the CPU computes bfloat16."""
    on_cards: tuple[Precision, ...] = (Precision.SINGLE,)
    """What the engine computes in by itself on the GPUs, each once; empty for none."""
    lacking: frozenset[Precision] = frozenset()
    """What some GPU does not compute in."""
    as_kraken: bool = False
    """Whether kraken's own code stands around the networks."""
    no_graph: str | None = None
    """Why OpenVINO cannot compute the recognition model; None where it can, or where that is not known yet."""
    no_map_graph: str | None = None
    """The same of the segmentation model."""
    map_passing: bool = False
    """Whether that reason is of this moment alone: every worker would try again."""
    reader: Reader = Reader.CTC
    finds_lines: bool = True
    """Whether the lines of some page are found here."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Both choices, made; and why, in words."""

    backend: CpuBackend
    precision: PrecisionWish
    why: str
    mend: str = ""
    """What to type instead, where the wish is fulfilled badly or not at all; empty where nothing is amiss."""


class Unfulfillable(Exception):
    """A wish that this machine cannot fulfil; `mend` says what to do."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


def settled(backend: CpuBackend, precision: PrecisionWish, grounds: Grounds) -> Settled:
    """Choose what was left open, and say what will really compute; raises Unfulfillable.

    bfloat16 is taken where the CPU computes it in hardware and OpenVINO does the computing: the text of real pages is
    as good (docs/explanation/speed.md). Torch's way of it is no faster. Who asks for kraken's geometry wants kraken's
    text, to the letter: that is single precision.
    """
    if grounds.reader is Reader.SERVED and not grounds.finds_lines:
        return Settled(backend, precision, "a server computes them")
    if grounds.device is DeviceKind.CUDA:
        return _on_cards(backend, precision, grounds)
    if precision is PrecisionWish.FP16:
        raise Unfulfillable("fp16 is for GPUs, and this run computes on the CPU.", "Take --precision fp32 or bf16.")
    if grounds.reader is Reader.TORCH and not grounds.finds_lines:
        return _by_the_engine(backend, precision)
    chosen, reason = backend_for(backend, grounds)
    numbers, amiss = _numbers(precision, chosen, grounds)
    version = f" {grounds.openvino}" if chosen is CpuBackend.OPENVINO else ""
    how = f"with {chosen}{version} in {numbers}{amiss}"
    if grounds.reader is Reader.CTC:
        why = f"the CPU computes {how}{reason}"
    elif grounds.finds_lines:
        why = f"the CPU finds lines {how}{reason}{READS.get(grounds.reader, '')}"
    else:
        return Settled(chosen, numbers, "the engine computes in its own way")
    return Settled(chosen, numbers, why, SINGLE_INSTEAD if amiss else "")


def precision_for(wish: PrecisionWish, backend: CpuBackend, grounds: Grounds) -> PrecisionWish:
    """Give the numbers that a CPU computes in; half precision, which is a GPU's, becomes single."""
    return _numbers(PrecisionWish.FP32 if wish is PrecisionWish.FP16 else wish, backend, grounds)[0]


def backend_for(wish: CpuBackend, grounds: Grounds) -> tuple[CpuBackend, str]:
    """Choose what computes on a CPU, where that was left open; and what to say of it. Raises Unfulfillable."""
    cannot = _cannot(grounds)
    match wish:
        case CpuBackend.TORCH:
            return CpuBackend.TORCH, ""
        case CpuBackend.AUTO if grounds.openvino is None:
            return CpuBackend.TORCH, ", since OpenVINO is not installed"
        case CpuBackend.AUTO if cannot is not None and (grounds.no_graph is not None or _map_counts(grounds)):
            return CpuBackend.TORCH, f", since OpenVINO cannot take {cannot}"
        case CpuBackend.AUTO:
            why = f", and the segmentation with torch, since OpenVINO cannot take {cannot}" if cannot else ""
            return CpuBackend.OPENVINO, why
        case CpuBackend.OPENVINO if grounds.openvino is None:
            raise Unfulfillable("OpenVINO is not installed.", "pip install openvino, or --cpu-backend torch.")
        case CpuBackend.OPENVINO if cannot is not None:
            raise Unfulfillable(f"OpenVINO cannot compute {cannot}.", TORCH_INSTEAD)
        case CpuBackend.OPENVINO:
            return CpuBackend.OPENVINO, ""


def _cannot(grounds: Grounds) -> str | None:
    """Give the model that OpenVINO cannot compute, and why."""
    if grounds.no_graph is not None:
        return f"this model: {grounds.no_graph}"
    return None if grounds.no_map_graph is None else f"the segmentation model: {grounds.no_map_graph}"


def _map_counts(grounds: Grounds) -> bool:
    """Tell whether OpenVINO is not worth it without the segmentation: nothing else is its, or all would try again."""
    return grounds.map_passing or grounds.reader is not Reader.CTC


def _numbers(wish: PrecisionWish, backend: CpuBackend, grounds: Grounds) -> tuple[PrecisionWish, str]:
    """Give what a CPU computes in, and what is amiss with it."""
    by_openvino = backend is CpuBackend.OPENVINO
    if wish is PrecisionWish.AUTO:
        fast = by_openvino and grounds.bf16 is Brain.NATIVE and not grounds.as_kraken
        return (PrecisionWish.BF16 if fast else PrecisionWish.FP32), ""
    if wish is not PrecisionWish.BF16:
        return wish, ""
    match grounds.bf16:
        case Brain.NATIVE:
            return wish, ""
        case Brain.TORCH | Brain.NONE if by_openvino:
            return PrecisionWish.FP32, " (OpenVINO has no bf16 on this CPU)"
        case Brain.TORCH:
            return wish, ""
        case Brain.EMULATED | Brain.NONE:
            return wish, " (this CPU has no instructions for it: slower than fp32)"


def _by_the_engine(backend: CpuBackend, precision: PrecisionWish) -> Settled:
    """Say what an engine computes with that is not asked, and that nobody listens to wishes for something else."""
    why = "the CPU computes with torch in fp32"
    unheard = {
        "--cpu-backend": backend is CpuBackend.OPENVINO,
        "--precision": precision is PrecisionWish.BF16,
    }
    names = " and ".join(name for name, is_there in unheard.items() if is_there)
    if not names:
        return Settled(CpuBackend.TORCH, PrecisionWish.FP32, why)
    told = f"{why}: this engine does not listen to {names}"
    return Settled(CpuBackend.TORCH, PrecisionWish.FP32, told, f"Leave {names} out.")


def _on_cards(backend: CpuBackend, wish: PrecisionWish, grounds: Grounds) -> Settled:
    """Say what GPUs compute in; those without the numbers take single precision, and the record is of all of them."""
    own = grounds.on_cards
    usual = PrecisionWish(own[0]) if len(own) == 1 else PrecisionWish.FP32
    listens = grounds.reader is Reader.CTC or grounds.finds_lines
    if listens and wish is not PrecisionWish.AUTO and Precision(wish) in grounds.lacking:
        raise Unfulfillable(f"The GPU does not compute in {wish}.", "Take --precision fp32, or leave it out.")
    asked = usual if wish is PrecisionWish.AUTO else wish
    reads = " and ".join(own)
    if grounds.reader is Reader.OUTSIDE:
        return Settled(backend, asked, f"the GPU computes in {asked}, where the engine does as it is told")
    if grounds.reader is Reader.CTC or own == (Precision(asked),):
        return Settled(backend, asked, f"the GPU computes in {asked}")
    if grounds.finds_lines:
        return Settled(backend, asked, f"the GPU finds lines in {asked}, and reads them in {reads}")
    mend = "" if wish is PrecisionWish.AUTO else WITHOUT_PRECISION
    unheard = ": this engine does not listen to --precision" if mend else ""
    return Settled(backend, usual, f"the GPU computes in {reads}{unheard}", mend)
