"""The guardrails of choosing devices: what is not there, does not answer or has no room, and what to type instead."""

from collections.abc import Iterator, Sequence

from htrkit.core.device_seen import Seen
from htrkit.core.driver_findings import driver_finding
from htrkit.core.guarded import Guard, named
from htrkit.core.shown import shown
from htrkit.domain.device import Device, DeviceState, DriverState
from htrkit.domain.finding import Finding, Severity

_STATES = {
    DeviceState.READY: "does not tell what it is called",
    DeviceState.LOST: "has fallen off the bus",
    DeviceState.RESET_NEEDED: "answers no more until it is reset",
    DeviceState.NOT_ALLOWED: "may not be opened by this process",
    DeviceState.DIVIDED: "is divided (MIG), and no instance of it is there",
    DeviceState.UNREADABLE: "gives an error that says nothing more",
}
_MENDS = {
    DeviceState.READY: "See what `nvidia-smi -L` says",
    DeviceState.LOST: "Restart the machine",
    DeviceState.RESET_NEEDED: "Reset it (sudo nvidia-smi --gpu-reset), or restart the machine",
    DeviceState.NOT_ALLOWED: "Ask your scheduler or container for it",
    DeviceState.DIVIDED: "Have instances made (sudo nvidia-smi mig -cgi … -C) or MIG turned off",
    DeviceState.UNREADABLE: "See what `nvidia-smi` and `dmesg` say of it",
}


def state_words(device: Device) -> str:
    """Give what is the matter with a device that cannot be computed on."""
    return _STATES[device.state]


def without_parts(device: Device, seen: Seen) -> bool:
    """Tell whether a card is divided, and nothing of it can be computed on; one that is hidden is nobody's business."""
    divided = device.state is DeviceState.DIVIDED and seen.visible is None
    return divided and not any(one.instance_of == device.uuid for one in seen.gpus)


def not_there(name: str, wish: str, seen: Seen) -> Finding:
    """Say of a name that no device has it, and which there are."""
    of = "" if name == wish.strip().lower() else f" (of `-d {shown(wish)}`)"
    message = f"There is no device `{shown(name)}`{of}: there is {_there(seen)}.{_limits(seen)}"
    take = [f"-d {device}" for device in _sound(seen)[:1]]
    mend = f"Take {', '.join(['-d all', *take])} or -d cpu."
    return Finding(Guard.DEVICE, Severity.BLOCKER, message, mend)


def several_named(name: str, found: Sequence[Device]) -> Finding:
    """Say of the beginning of a UUID that several devices have it."""
    those = ", ".join(one.uuid or "" for one in found)
    message = f"`{shown(name)}` begins the names of {len(found)} devices: {those}."
    return Finding(Guard.DEVICE, Severity.BLOCKER, message, "Write more of it after -d.")


def both_kinds(wish: str) -> Finding:
    """Say that the CPU is not chosen beside GPUs."""
    message = f"`-d {shown(wish)}` names the CPU beside others: a run computes on GPUs or on the CPU."
    return Finding(Guard.DEVICE, Severity.BLOCKER, message, "Take -d cpu, or the GPUs without it.")


def out_of_place(device: Device, seen: Seen) -> Finding:
    """Say of a device that is known by its UUID why it cannot be chosen."""
    uuid = device.uuid or ""
    if device.state is DeviceState.DIVIDED:
        return _divided(device, seen)
    message = f"{uuid} ({device.name or 'GPU'}) is here, and this process may not use it.{_limits(seen)}"
    mend = f"Take {_or_cpu(_sound(seen))}, or ask for that device where the job or container is started."
    return Finding(Guard.VISIBLE, Severity.BLOCKER, message, mend)


def unusable(device: Device, why: str, severity: Severity, seen: Seen) -> Finding:
    """Say of a device what is the matter with it; a warning leaves it out, a blocker was asked for by name."""
    others = [name for name in _sound(seen) if name != device.device]
    if severity is Severity.BLOCKER:
        mend = f"{_mend(device)}, or take {_or_cpu(others)}."
        return Finding(Guard.DEVICE_STATE, severity, f"{named(device)} {why}.", mend)
    mend = f"{_mend(device)}, or leave it out: -d {','.join(others)}."
    return Finding(Guard.DEVICE_STATE, severity, f"{named(device)} {why}: it is left out.", mend)


def none_answers(broken: Sequence[tuple[Device, str]]) -> Finding:
    """Say that there are GPUs, and none that can be computed on."""
    told = "; ".join(f"{named(device)} {why}" for device, why in broken)
    message = f"No GPU here can be computed on: {told}."
    mend = f"{_mend(broken[0][0])}, or take the CPU with -d cpu."
    return Finding(Guard.DEVICE_STATE, Severity.BLOCKER, message, mend, "A run falls back to no CPU by itself.")


def hidden_all(seen: Seen) -> Finding:
    """Say why no GPU can be chosen though there are some; a warning where they are not meant for this process."""
    number = counted_gpus(sum(one.instance_of is None for one in seen.gpus))
    here = f"There {'is' if number == '1 GPU' else 'are'} {number} here"
    if seen.visible is not None:
        variable = f"CUDA_VISIBLE_DEVICES={shown(seen.visible)}"
        named_none = f"{variable} names none that this process may use"
        what = named_none if seen.visible_words else "CUDA_VISIBLE_DEVICES is empty, which hides all"
        message = f"{here}, and {what}: the device is the CPU."
        ask = "ask for GPUs in the job (--gres=gpu:1)" if seen.under_slurm else "unset CUDA_VISIBLE_DEVICES"
        mend = f"To use a GPU, {ask}; -d cpu says that the CPU is meant."
        return Finding(Guard.VISIBLE, Severity.WARNING, message, mend)
    divided = [one for one in seen.gpus if one.state is DeviceState.DIVIDED]
    if divided:
        return _divided(divided[0], seen)
    message = f"{here}, and this process may open none: the device is the CPU."
    mend = "Ask for GPUs where the job (--gres=gpu:1) or the container (--gpus) is started; -d cpu says it is meant."
    return Finding(Guard.DEVICE_STATE, Severity.WARNING, message, mend)


def visible_cut_short(seen: Seen) -> Finding | None:
    """Say where CUDA_VISIBLE_DEVICES names more than it leaves: CUDA counts nothing after the first wrong name."""
    words, left = seen.visible_words, len(seen.choosable)
    if len(words) <= left:
        return None
    message = (
        f"CUDA_VISIBLE_DEVICES={shown(seen.visible or '')} names {counted_gpus(len(words))} and leaves {left}: "
        f"`{shown(words[left])}` is none here, and CUDA counts nothing from there on."
    )
    mend = "Correct it, or unset it; `nvidia-smi -L` lists the GPUs."
    return Finding(Guard.VISIBLE, Severity.WARNING, message, mend)


def counted_as_device(numbered: Sequence[Device]) -> Iterator[Finding]:
    """Say of a number that it means a MIG instance: `nvidia-smi` counts cards."""
    for device in numbered:
        if device.instance_of is not None:
            message = (
                f"{device.device} is the MIG instance {device.uuid} of the card {device.instance_of}: instances are "
                "counted as devices, and cards that are divided are not."
            )
            yield Finding(Guard.DEVICES, Severity.NOTE, message)


def _divided(card: Device, seen: Seen) -> Finding:
    parts = [one for one in seen.choosable if one.instance_of is not None and one.instance_of == card.uuid]
    name = f"{card.uuid or 'A GPU'} ({card.name or 'GPU'})"
    if parts:
        those = ", ".join(f"{one.device} ({one.uuid})" for one in parts)
        message = f"{name} is divided into MIG instances, and is computed on in these only: {those}."
        return Finding(Guard.DEVICE_STATE, Severity.BLOCKER, message, f"Take -d {','.join(_names(parts))}.")
    message = f"{name} is divided (MIG), and no instance of it is there for this process.{_limits(seen)}"
    mend = f"{_mend(card)}, or take -d cpu."
    return Finding(Guard.DEVICE_STATE, Severity.BLOCKER, message, mend)


def _there(seen: Seen) -> str:
    """List what can be named, with what is the matter where something is."""
    gpus = [
        f"{named(one)}{'' if one.state is DeviceState.READY else f', which {state_words(one)}'}"
        for one in seen.choosable
    ]
    return ", ".join(["cpu", *gpus])


def _limits(seen: Seen) -> str:
    """Say what keeps other devices away, as a sentence of its own; empty where nothing does."""
    if seen.machine.driver is not DriverState.READY:
        found = driver_finding(seen.machine)
        return f" {found.message}" if found is not None else ""
    if seen.visible is None:
        return ""
    by = ", set by Slurm," if seen.under_slurm else ""
    left, number = len(seen.choosable), len(seen.gpus)
    begin = ", and their numbers begin at 0" if left else ""
    return f" CUDA_VISIBLE_DEVICES={shown(seen.visible)}{by} leaves {left} of {counted_gpus(number)}{begin}."


def _mend(device: Device) -> str:
    if device.state is DeviceState.READY and device.uuid is not None:
        return "Install a torch that is built for older cards"
    return _MENDS[device.state]


def _sound(seen: Seen) -> list[str]:
    return _names([one for one in seen.choosable if one.state is DeviceState.READY])


def _names(devices: Sequence[Device]) -> list[str]:
    return [one.device for one in devices if one.device is not None]


def _or_cpu(names: Sequence[str]) -> str:
    return f"-d {','.join(names)} or -d cpu" if names else "-d cpu"


def counted_gpus(number: int) -> str:
    """Give `1 GPU`, `3 GPUs`."""
    return "1 GPU" if number == 1 else f"{number} GPUs"
