"""What computes networks, how exactly, and who draws and cuts lines: choices of users, and what becomes of them."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.engine import Precision


class Geometry(StrEnum):
    """Who traces the heat map into lines and cuts lines out of the page."""

    HTRKIT = "htrkit"
    KRAKEN = "kraken"


class CpuBackend(StrEnum):
    """What computes networks on a CPU."""

    AUTO = "auto"
    """OpenVINO where it is there and knows the network, else torch."""
    TORCH = "torch"
    OPENVINO = "openvino"


class PrecisionWish(StrEnum):
    """In what numbers networks are to compute."""

    AUTO = "auto"
    """The fastest that is safe: what the device has units for and leaves the text as it is."""
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"


class Brain(StrEnum):
    """How a CPU computes bfloat16."""

    NATIVE = "native"
    """By instructions of its own, which OpenVINO and torch use."""
    TORCH = "torch"
    """By instructions that torch alone uses: OpenVINO computes in single precision, whatever it is told."""
    EMULATED = "emulated"
    """By other instructions, slower than single precision."""
    NONE = "none"
    """Torch by other instructions; OpenVINO in single precision."""


@dataclass(frozen=True, slots=True)
class Computing:
    """How networks are computed: all choices made."""

    backend: CpuBackend = CpuBackend.TORCH
    """`torch` or `openvino`."""
    precision: Precision = Precision.SINGLE
    threads: int = 1
    """Cores for one network on a CPU."""

    @property
    def words(self) -> str:
        """The same for a record: `openvino bf16`."""
        return f"{self.backend} {self.precision}"
