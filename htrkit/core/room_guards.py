"""The guardrails of free memory where nobody named the devices: which are taken, which are left, and who holds what."""

from collections.abc import Iterator, Sequence

from htrkit.core.device_guards import counted_gpus
from htrkit.core.guarded import Guard, gigabytes, named
from htrkit.domain.device import Device, Holder
from htrkit.domain.finding import Finding, Severity

NAMED_HOLDERS = 3
"""Of those who hold memory; the others are counted."""


def no_room(small: Sequence[tuple[Device, int]]) -> Finding:
    """Say that the model fits no GPU; never is the CPU taken in silence."""
    message = f"No GPU has room for the model and one item: {_room_words(small)}."
    mend = "Wait until others give memory back, take a smaller model, or read on the CPU with -d cpu."
    return Finding(Guard.MEMORY, Severity.BLOCKER, message, mend)


def left_without_room(small: Sequence[tuple[Device, int]], roomy: Sequence[Device]) -> Finding:
    """Name the GPUs that `-d all` leaves, and why."""
    number = len(small)
    message = f"{counted_gpus(number)} without room for the model and one item, left out: {_room_words(small)}."
    names = ",".join(one.device or "" for one in roomy)
    mend = f"Wait until others give memory back, or leave {'it' if number == 1 else 'them'} out: -d {names}."
    return Finding(Guard.DEVICES, Severity.WARNING, message, mend)


def taken_by_room(best: Device, others: Sequence[Device]) -> Iterator[Finding]:
    """Say why `-d auto` took a GPU where another has less free, or memory that is somebody's."""
    told = [one for one in others if _free(one) != _free(best) or one.holders]
    if told:
        rest = "; ".join(f"{named(one)} has {_free(one)} free{_held(one)}" for one in told)
        message = f"-d auto takes {named(best)}, which has {_free(best)} of memory free; {rest}."
        yield Finding(Guard.DEVICES, Severity.NOTE, message)


def _room_words(small: Sequence[tuple[Device, int]]) -> str:
    return "; ".join(
        f"{named(device)} has {_free(device)} free and {gigabytes(needed)} are needed{_held(device)}"
        for device, needed in small
    )


def _held(device: Device) -> str:
    """Say who holds a device's memory, the largest first; empty where nobody does or nobody tells."""
    holders = device.holders or ()
    if not holders:
        return ""
    told = [_holder(one) for one in holders[:NAMED_HOLDERS]]
    more = len(holders) - len(told)
    return f" ({', '.join(told)}{f' and {more} more' if more else ''})"


def _holder(holder: Holder) -> str:
    who = "a run of htrkit" if holder.ours else holder.name or "a process"
    user = f" of {holder.user}" if holder.user else ""
    much = gigabytes(holder.memory_bytes) if holder.memory_bytes is not None else "memory"
    return f"{who}{user}, process {holder.pid}, holds {much}"


def _free(device: Device) -> str:
    return gigabytes(device.memory.free_bytes) if device.memory is not None else "an unknown amount"
