"""Which devices a wish comes to: those that are there, answer, and have room for the model and one item."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from htrkit.core.device_guards import (
    both_kinds,
    counted_as_device,
    hidden_all,
    none_answers,
    not_there,
    out_of_place,
    several_named,
    state_words,
    unusable,
    visible_cut_short,
    without_parts,
)
from htrkit.core.device_seen import Seen
from htrkit.core.driver_findings import driver_finding
from htrkit.core.room_guards import left_without_room, no_room, taken_by_room
from htrkit.core.torch_guards import no_cuda, too_old_for_torch, torch_finding
from htrkit.domain.device import Device, DeviceState, DriverState
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.finding import Finding, Severity

CPU = "cpu"
UUID_BEGINS = ("gpu-", "mig-")

Needed = Callable[[Device], int]
"""Gives the bytes that the model and one item take on a device."""


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """The devices that a wish comes to, and what is to be said of it."""

    devices: tuple[Device, ...]
    """GPUs, or the CPU alone; none where a finding blocks."""
    findings: tuple[Finding, ...] = ()


def device_for(wish: str, *, cards: int) -> str:
    """Give the one device for a process that computes by itself, `cpu` or `cuda:N`; raises PreflightRefused.

    Which device it sees at all was decided before it was started.
    """
    name = wish.strip().lower()
    names = [f"cuda:{index}" for index in range(cards)]
    if name in {"all", "auto"}:
        return names[0] if names else CPU
    if name not in {CPU, *names}:
        raise PreflightRefused(
            f"There is no device `{wish}`: there is {', '.join([CPU, *names])}.", mend="Take -d all or -d cpu."
        )
    return name


def chosen_devices(wish: str, seen: Seen, needed: Needed) -> DeviceChoice:
    """Give the devices that a wish comes to, as `-d` takes it; the only place where that is decided."""
    match wish.strip().lower():
        case "cpu":
            return DeviceChoice((seen.cpu,))
        case "all":
            return _any_of(seen, needed, _all_roomy)
        case "auto":
            return _any_of(seen, needed, _roomiest)
        case names:
            return _named(names.split(","), wish, seen)


_Take = Callable[[Sequence[Device], Sequence[Device], Needed], DeviceChoice]
"""Gives those that are taken of those with room, and says of the others what is to be said."""


def _any_of(seen: Seen, needed: Needed, take: _Take) -> DeviceChoice:
    """Give GPUs that nobody named; the CPU where there is none, and never in silence where there is one."""
    if seen.machine.driver is not DriverState.READY or not seen.gpus:
        found = driver_finding(seen.machine)
        # A machine that is not meant to have a GPU needs no words.
        return _on_cpu(seen, found if found is not None and found.severity is not Severity.NOTE else None)
    if not seen.choosable:
        return _on_cpu(seen, hidden_all(seen))
    if seen.build is not None and seen.build.cuda is None:
        return _on_cpu(seen, no_cuda(seen, seen.build, Severity.WARNING))
    said = tuple(_said_of_all(seen))
    if _blocks(said):
        return DeviceChoice((), said)
    taken = _with_room(seen, needed, take)
    return DeviceChoice(taken.devices, (*said, *taken.findings))


def _on_cpu(seen: Seen, found: Finding | None) -> DeviceChoice:
    """Give the CPU, unless what was found blocks."""
    said = () if found is None else (found,)
    return DeviceChoice(() if _blocks(said) else (seen.cpu,), said)


def _with_room(seen: Seen, needed: Needed, take: _Take) -> DeviceChoice:
    usable, broken = _sorted_out(seen)
    if not usable:
        return DeviceChoice((), (none_answers(broken),))
    left = [unusable(device, why, Severity.WARNING, seen) for device, why in broken]
    roomy = [one for one in usable if has_room(one, needed)]
    if not roomy:
        return DeviceChoice((), (*left, no_room([(one, needed(one)) for one in usable])))
    taken = take(usable, roomy, needed)
    return DeviceChoice(taken.devices, (*left, *taken.findings))


def has_room(device: Device, needed: Needed) -> bool:
    """Tell whether the model and one item fit what is free; one whose memory nobody tells is given a chance."""
    return device.memory is None or device.memory.free_bytes >= needed(device)


def _all_roomy(usable: Sequence[Device], roomy: Sequence[Device], needed: Needed) -> DeviceChoice:
    left = [(one, needed(one)) for one in usable if one not in roomy]
    return DeviceChoice(tuple(roomy), (left_without_room(left, roomy),) if left else ())


def _roomiest(usable: Sequence[Device], roomy: Sequence[Device], needed: Needed) -> DeviceChoice:
    del needed
    best = max(roomy, key=lambda one: one.memory.free_bytes if one.memory is not None else 0)
    return DeviceChoice((best,), tuple(taken_by_room(best, [one for one in usable if one is not best])))


def _named(words: Sequence[str], wish: str, seen: Seen) -> DeviceChoice:
    names = [word.strip() for word in words]
    if CPU in names:
        return DeviceChoice((), (both_kinds(wish),))
    found = [_one_named(name, wish, seen) for name in names]
    devices = tuple(dict.fromkeys(one for one in found if isinstance(one, Device)))
    said = [one for one in found if isinstance(one, Finding)]
    if devices:
        said += _said_of_all(seen)
    if _blocks(said):
        return DeviceChoice((), tuple(dict.fromkeys(said)))
    said += counted_as_device([one for one in devices if one.device in names])
    return DeviceChoice(devices, tuple(said))


def _one_named(name: str, wish: str, seen: Seen) -> Device | Finding:
    if name.startswith(UUID_BEGINS):
        found = [one for one in seen.gpus if (one.uuid or "").lower().startswith(name)]
    else:
        found = [one for one in seen.choosable if one.device == name]
    match found:
        case []:
            return not_there(name, wish, seen)
        case [device]:
            if device.device is None:
                return out_of_place(device, seen)
            why = _trouble(device, seen)
            return unusable(device, why, Severity.BLOCKER, seen) if why else device
        case _:
            return several_named(name, found)


def _said_of_all(seen: Seen) -> Iterator[Finding]:
    """Give what holds for every GPU: the torch, the driver, and what CUDA_VISIBLE_DEVICES leaves."""
    if (found := torch_finding(seen)) is not None:
        yield found
    if (cut := visible_cut_short(seen)) is not None:
        yield cut


def _sorted_out(seen: Seen) -> tuple[list[Device], list[tuple[Device, str]]]:
    """Give the devices that can be computed on, and the others with what is the matter with them."""
    told = [(one, _trouble(one, seen)) for one in seen.choosable]
    told += [(one, state_words(one)) for one in seen.gpus if without_parts(one, seen)]
    return [one for one, why in told if not why], [(one, why) for one, why in told if why]


def _trouble(device: Device, seen: Seen) -> str:
    """Give what keeps a device from being computed on; empty for a sound one."""
    if device.state is not DeviceState.READY or device.uuid is None:
        return state_words(device)
    return too_old_for_torch(device, seen.build)


def _blocks(findings: Sequence[Finding]) -> bool:
    return any(one.severity is Severity.BLOCKER for one in findings)
