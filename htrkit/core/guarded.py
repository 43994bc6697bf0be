"""What the guardrails look at: a set-up as it is asked for, before anything of it was loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from htrkit.config.choices import PageReads, Segmenter
from htrkit.config.settings import Settings
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind, EngineRow, Reads, SegmenterRow


class Guard(StrEnum):
    """The codes of what the guardrails find."""

    SLOW_CPU = "slow-cpu"
    """The engine is meant for a GPU, and there is none, or none was asked for."""
    BEAMS = "beams"
    """More beams than the engine's limit, or beams for an engine that has none."""
    BATCH = "batch"
    """A batch size outside the range that makes sense for the engine."""
    BATCH_MEMORY = "batch-memory"
    """A batch size that the free memory does not hold."""
    MEMORY = "memory"
    """A device without room for the model and one item."""
    PRECISION = "precision"
    """A card that lacks the numbers that the engine computes with."""
    LONG_RUN = "long-run"
    """A slow engine on many pages."""
    CONFIRM = "confirm"
    """The same, so long that it must be confirmed, or begun with `--yes`."""
    NO_LINES = "no-lines"
    """An engine that needs lines, and pages without a source of them."""
    NO_PICTURE = "no-picture"
    """An engine that needs the picture of the page, and pages without one."""
    SEGMENT_TIMEOUT = "segment-timeout"
    """A limit for segmentation that sound pages will exceed."""
    SEGMENTING = "segmenting"
    """Many pages whose lines must be found on the CPU."""
    DEVICES = "devices"
    """Wishes for devices that come to something else, or which of them were taken and why."""
    DEVICE = "device"
    """A device that is not there, or a name that is no device's."""
    DEVICE_STATE = "device-state"
    """A device that nothing can be computed on: lost, not allowed, divided, or without an end to its trouble."""
    VISIBLE = "visible-devices"
    """CUDA_VISIBLE_DEVICES, which a scheduler or a person has set, leaves other devices than it names, or none."""
    TORCH = "torch-build"
    """The installed torch computes on no GPU, or not on this one, or not with this driver."""
    ENGINE = "engine-warning"
    """What people should know of the engine."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of the pages before any is opened."""

    pages: int
    without_lines: int
    """Those that no PAGE or ALTO file belongs to."""
    without_picture: int = 0
    """Those whose picture is not there."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """The set-up of a run."""

    settings: Settings
    row: EngineRow
    devices: Sequence[Device]
    """Those that the wish comes to; none where it could not be fulfilled."""
    pages: PageFacts | None
    """None where they could not be listed."""
    segmenter: SegmenterRow
    weights_bytes: int | None = None
    """Of the model, where it is there."""
    can_ask: bool = False
    """Whether there is a terminal to ask at before the run."""

    @property
    def on_cpu(self) -> bool:
        """Whether the networks run on the CPU."""
        return bool(self.devices) and all(device.kind is DeviceKind.CPU for device in self.devices)

    @property
    def cards(self) -> tuple[Device, ...]:
        """The GPUs."""
        return tuple(device for device in self.devices if device.kind is DeviceKind.CUDA)

    @property
    def reads_whole_pages(self) -> bool:
        """Whether nobody need find lines."""
        return self.row.reads is Reads.PAGES and self.settings.reads is PageReads.PAGE

    @property
    def to_segment(self) -> int:
        """The pages whose lines must be found."""
        if self.pages is None:
            return 0
        match self.settings.segmenter:
            case Segmenter.KRAKEN:
                return self.pages.pages
            case Segmenter.AUTO:
                return 0 if self.reads_whole_pages else self.pages.without_lines
            case Segmenter.SIDECAR | Segmenter.NONE:
                return 0


def named(device: Device) -> str:
    """Give a device as people know it: `cuda:0 (NVIDIA L40S)`."""
    name = device.device or device.uuid or str(device.kind)
    return f"{name} ({device.name})" if device.name else name


def gigabytes(number: float) -> str:
    """Give bytes as `12.5 GB`."""
    return f"{number / 1e9:.1f} GB"
