"""What a run would be carried out with: devices and their batches, page workers, memory, and what holds them up."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.core.batch_sizing import starting_batch
from htrkit.core.guarded import Guarded
from htrkit.core.jobs import WORKER_BYTES, Jobs
from htrkit.core.memory_guards import memory_on
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind

PARENT_BYTES = 300_000_000
"""What the run's own process takes in practice."""
SERVER_BYTES = 4_000_000_000
"""What a device server takes of RAM: the libraries and the model on its way to the card."""
DISK_BYTES_A_SECOND = 100_000_000
"""A hard disk, or a share over a network of 1 Gbit/s."""
CPU_SECONDS_A_PAGE = 0.3
"""Of one core, for a page that brings its lines or is read whole: open, cut, render, write."""


class Bound(StrEnum):
    """What a run waits for most."""

    DISK = "disk"
    CPU = "cpu"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class PlannedDevice:
    """A device and how it would be used."""

    device: str
    name: str | None
    batch: int
    """Items at once; 0 where not even one fits."""
    memory_bytes: int
    """What model and batch would take of it; on the CPU, of RAM."""
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """The devices and processes of a run."""

    devices: tuple[PlannedDevice, ...]
    workers: int
    """Pages in hand at once."""
    threads: int
    """Of each page worker, where networks run in it."""
    bound_by: Bound
    ram_bytes: int

    @property
    def vram_bytes(self) -> int:
        """Of all cards together; 0 on the CPU."""
        return sum(one.memory_bytes for one in self.devices if one.device != "cpu")


def device_plan(guarded: Guarded, jobs: Jobs, *, to_segment: int, bytes_a_page: float) -> DevicePlan:
    """Give what the set-up comes to; `to_segment` pages have no lines yet, a page's image takes `bytes_a_page`."""
    devices = tuple(_planned(guarded, device, to_segment=to_segment > 0) for device in guarded.devices)
    cards = guarded.cards
    # On the CPU each worker holds the networks itself.
    networks = max(device.memory_bytes for device in devices) if guarded.on_cpu else 0
    ram = PARENT_BYTES + jobs.workers * max(WORKER_BYTES, networks) + len(cards) * SERVER_BYTES
    bound = _bound(guarded, jobs, to_segment=to_segment, bytes_a_page=bytes_a_page)
    return DevicePlan(devices, jobs.workers, jobs.threads, bound, ram)


def seconds_on_cpu(guarded: Guarded, to_segment: int) -> float:
    """Give what the pages take of one core that does everything, by the engine table."""
    pages = guarded.pages.pages if guarded.pages is not None else 0
    page = guarded.row.cpu_page
    read = max(page.seconds - page.segmenting_seconds, CPU_SECONDS_A_PAGE)
    return pages * read + to_segment * guarded.segmenter.usual_page_on_cpu_seconds


def seconds_besides_networks(guarded: Guarded, to_segment: int) -> float:
    """Give what the pages take of one core where networks run on cards."""
    pages = guarded.pages.pages if guarded.pages is not None else 0
    return pages * CPU_SECONDS_A_PAGE + to_segment * guarded.segmenter.usual_page_besides_network_seconds


def _planned(guarded: Guarded, device: Device, *, to_segment: bool) -> PlannedDevice:
    settings, row = guarded.settings, guarded.row
    memory, beams = memory_on(guarded, device), settings.num_beams if row.beams_limit is not None else 1
    free = device.memory.free_bytes if device.memory is not None else None
    if isinstance(settings.batch_size, int):
        batch = settings.batch_size
    elif device.kind is DeviceKind.CPU:
        batch = row.batch.default_on_cpu
    elif free is None:
        batch = row.batch.default
    else:
        batch = starting_batch(row, free, share=settings.memory_share, beams=beams, memory=memory)
    taken = batch * memory.of_item(beams=beams)
    model = memory.model_bytes
    if to_segment:
        segmenter = guarded.segmenter.memory
        model += segmenter.weights_bytes
        taken = max(taken, segmenter.of_item())
    return PlannedDevice(device.device or "", device.name, batch, model + taken, free)


def _bound(guarded: Guarded, jobs: Jobs, *, to_segment: int, bytes_a_page: float) -> Bound:
    pages = guarded.pages.pages if guarded.pages is not None else 0
    disk = pages * bytes_a_page / DISK_BYTES_A_SECOND
    if guarded.on_cpu:
        computed = seconds_on_cpu(guarded, to_segment) / (jobs.workers * jobs.threads)
        return Bound.DISK if disk > computed else Bound.CPU
    minutes = guarded.row.speed.minutes(pages, cards=len(guarded.cards))
    seconds = {
        Bound.DEVICE: minutes * 60 if minutes is not None else 0.0,
        Bound.CPU: seconds_besides_networks(guarded, to_segment) / jobs.workers,
        Bound.DISK: disk,
    }
    return max(seconds, key=lambda bound: seconds[bound])
