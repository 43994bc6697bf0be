"""How networks are computed: the user's wishes, the devices and what is installed come to one answer."""

from dataclasses import dataclass

from htrkit.domain.computing import CpuBackend, PrecisionWish
from htrkit.domain.engine import DeviceKind, Precision

OPENVINO = "openvino"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the answer depends on beside the wishes."""

    device: DeviceKind
    openvino: str | None
    """The version that is installed; None where none is."""
    bf16: bool
    """Whether the CPU has instructions for bfloat16."""
    on_a_card: Precision
    """What the engine computes in on a GPU."""
    as_kraken: bool = False
    """Whether kraken's own code stands around the networks."""
    no_graph: str | None = None
    """Why OpenVINO cannot compute the recognition model; None where it can, or where that is not known yet."""
    no_map_graph: str | None = None
    """The same of the segmentation model."""
    ctc: bool = True
    """Whether the engine is one of those that OpenVINO computes; the others bring their own ways with them."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Both choices, made; and why, in words."""

    backend: CpuBackend
    precision: PrecisionWish
    why: str


class Unfulfillable(Exception):
    """A wish that this machine cannot fulfil; `mend` says what to do."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


def settled(backend: CpuBackend, precision: PrecisionWish, grounds: Grounds) -> Settled:
    """Choose what was left open; raises Unfulfillable.

    bfloat16 is taken where the CPU computes it in hardware and OpenVINO does the computing: the text of real pages is
    as good (docs/explanation/speed.md). Torch's way of it is no faster. Who asks for kraken's geometry wants kraken's
    text, to the letter: that is single precision.
    """
    if grounds.device is DeviceKind.CUDA:
        on_a_card = PrecisionWish(grounds.on_a_card) if precision is PrecisionWish.AUTO else precision
        return Settled(backend, on_a_card, f"the GPU computes in {on_a_card}")
    if precision is PrecisionWish.FP16:
        raise Unfulfillable("fp16 is for GPUs, and this run computes on the CPU.", "Take --precision fp32 or bf16.")
    chosen, reason = backend_for(backend, grounds)
    precision = precision_for(precision, chosen, grounds)
    version = f" {grounds.openvino}" if chosen is CpuBackend.OPENVINO else ""
    return Settled(chosen, precision, f"the CPU computes with {chosen}{version} in {precision}{reason}")


def precision_for(wish: PrecisionWish, backend: CpuBackend, grounds: Grounds) -> PrecisionWish:
    """Choose the numbers that a CPU computes in, where that was left open."""
    if wish is not PrecisionWish.AUTO:
        return wish
    fast = backend is CpuBackend.OPENVINO and grounds.bf16 and not grounds.as_kraken
    return PrecisionWish.BF16 if fast else PrecisionWish.FP32


def backend_for(wish: CpuBackend, grounds: Grounds) -> tuple[CpuBackend, str]:
    """Choose what computes on a CPU, where that was left open; and what to say of it. Raises Unfulfillable."""
    match wish:
        case CpuBackend.TORCH:
            return CpuBackend.TORCH, ""
        case CpuBackend.AUTO if grounds.openvino is None:
            return CpuBackend.TORCH, ", since OpenVINO is not installed"
        case CpuBackend.AUTO if grounds.no_graph is not None:
            return CpuBackend.TORCH, f", since OpenVINO cannot take this model: {grounds.no_graph}"
        case CpuBackend.AUTO:
            return CpuBackend.OPENVINO, _besides(grounds)
        case CpuBackend.OPENVINO:
            if grounds.openvino is None:
                raise Unfulfillable("OpenVINO is not installed.", "pip install openvino, or --cpu-backend torch.")
            cause = grounds.no_graph or grounds.no_map_graph
            if cause is not None:
                model = "this model" if grounds.no_graph else "the segmentation model"
                raise Unfulfillable(f"OpenVINO cannot compute {model}: {cause}.", "Take --cpu-backend torch.")
            return CpuBackend.OPENVINO, _besides(grounds)


def _besides(grounds: Grounds) -> str:
    """Say what computes with torch all the same."""
    if not grounds.ctc:
        return ", and the recogniser with torch"
    if grounds.no_map_graph is not None:
        return f", and the segmentation with torch, since OpenVINO cannot take its model: {grounds.no_map_graph}"
    return ""
