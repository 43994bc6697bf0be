"""The guardrails of memory: whether model and batch fit, and whether the card has the numbers to reckon with."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from htrkit.core.guarded import Guard, Guarded, gigabytes, named
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind, MemoryModel, Precision
from htrkit.domain.finding import Finding, Severity

_SINCE: Mapping[Precision, tuple[int, int]] = MappingProxyType(
    {Precision.SINGLE: (0, 0), Precision.HALF: (5, 3), Precision.BRAIN: (8, 0)}
)
"""The compute capability from which a card has them (CUDA programming guide, arithmetic instructions)."""


def memory(guarded: Guarded) -> Iterator[Finding]:
    """A device must hold the model and one item; what else is on it counts."""
    small = [(device, free) for device, free in _with_memory(guarded) if free < room_needed(guarded, device)]
    severity = Severity.BLOCKER if len(small) == len(guarded.devices) else Severity.WARNING
    roomy = [device.device for device in guarded.devices if device not in [one for one, _ in small] and device.device]
    mend = "Wait until others give memory back, or take a smaller model, a larger GPU with -d, or the CPU with -d cpu."
    if roomy:
        mend = f"Leave it out: -d {','.join(roomy)}."
    for device, free in small:
        model = memory_on(guarded, device)
        message = (
            f"{named(device)}: {gigabytes(free)} of memory are free, and {guarded.row.name} takes "
            f"{gigabytes(room_needed(guarded, device))} with one item of usual size ({model.source.words})."
        )
        yield Finding(Guard.MEMORY, severity, message, mend)


def batch_memory(guarded: Guarded) -> Iterator[Finding]:
    """A batch that does not fit is halved, which costs a try each time it is met."""
    settings, row = guarded.settings, guarded.row
    size = settings.batch_size
    if not isinstance(size, int):
        return
    for device, free in _with_memory(guarded):
        model = memory_on(guarded, device)
        needed = model.model_bytes + size * model.of_item(beams=_beams(guarded))
        if needed <= free or free < room_needed(guarded, device):
            continue
        published = row.batch.default_memory_gb
        both = f"; {row.batch.default} take {published:g} GB as {row.batch.source.words}" if published else ""
        message = (
            f"{named(device)}: {size} items of usual size and the model take about {gigabytes(needed)} "
            f"({model.source.words}{both}), and {gigabytes(free)} are free."
        )
        yield Finding(Guard.BATCH_MEMORY, Severity.WARNING, message, "Take --batch-size auto.", row.batch.doubt)


def precision(guarded: Guarded) -> Iterator[Finding]:
    """A card that lacks the short numbers takes the long ones: twice the memory, and slower."""
    row = guarded.row
    usual = row.memory[0].precision
    for device in guarded.cards:
        found = precision_on(device, usual)
        if found is not usual:
            major, minor = _SINCE[usual]
            model = memory_on(guarded, device)
            item = model.of_item(beams=_beams(guarded))
            message = (
                f"{named(device)} has compute capability {device.compute_capability} and no {usual}: {row.name} "
                f"computes in {found} there and takes {gigabytes(model.model_bytes)}, and {gigabytes(item)} an item "
                f"({model.source.words})."
            )
            mend = f"Take a GPU of compute capability {major}.{minor} or more with -d, or a smaller model."
            yield Finding(Guard.PRECISION, Severity.WARNING, message, mend)


def memory_on(guarded: Guarded, device: Device) -> MemoryModel:
    """Give the memory model of the engine on a device, with the model's own size where it is known."""
    usual = guarded.row.memory[0].precision
    found = precision_on(device, usual)
    model = guarded.row.memory_in(found)
    if guarded.weights_bytes is None:
        return model
    # The file holds the usual numbers, and single precision takes twice their room.
    return replace(model, weights_bytes=guarded.weights_bytes * (1 if found is usual else 2))


def precision_on(device: Device, usual: Precision) -> Precision:
    """Give what a device computes in: as usual, or in single precision where a card lacks that or the CPU computes."""
    if device.kind is DeviceKind.CPU:
        return Precision.SINGLE
    told = (device.compute_capability or "").split(".")
    if len(told) != 2 or not all(part.isdecimal() for part in told):
        return usual
    return usual if (int(told[0]), int(told[1])) >= _SINCE[usual] else Precision.SINGLE


def room_needed(guarded: Guarded, device: Device) -> int:
    """Give the bytes of the model and one item, or one page for the segmenter where lines must be found."""
    model = memory_on(guarded, device)
    item = model.of_item(beams=_beams(guarded))
    if not guarded.to_segment:
        return model.model_bytes + item
    segmenter = guarded.segmenter.memory
    return model.model_bytes + segmenter.weights_bytes + max(item, segmenter.of_item())


def _with_memory(guarded: Guarded) -> Iterator[tuple[Device, int]]:
    for device in guarded.devices:
        if device.memory is not None:
            yield device, device.memory.free_bytes


def _beams(guarded: Guarded) -> int:
    return 1 if guarded.row.beams_limit is None else guarded.settings.num_beams
