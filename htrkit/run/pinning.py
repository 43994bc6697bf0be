"""A process computes on the device that was chosen for it, since it is made to see no other."""

from collections.abc import Mapping, MutableMapping, Sequence

from htrkit.config.settings import Settings
from htrkit.devices.cards import VISIBLE
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind

CPU = "cpu"
FIRST_CARD = "cuda:0"
"""What a GPU or an instance is called in a process that sees it alone."""


def cards_among(devices: Sequence[Device]) -> tuple[Device, ...]:
    """Give the GPUs of a choice; none where it is the CPU."""
    return tuple(one for one in devices if one.kind is DeviceKind.CUDA)


def sees_only(card: Device) -> Mapping[str, str]:
    """Name the card or instance by what stays the same whoever else is visible, and in whatever order."""
    return {VISIBLE: card.uuid or "", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def on_device(settings: Settings, device: str) -> Settings:
    """Give the settings for a process that has no choice any more."""
    return settings.model_copy(update={"device": device, "parallel_gpus": False})


def pinned_here(settings: Settings, devices: Sequence[Device], environment: MutableMapping[str, str]) -> Settings:
    """Let this process compute on the first of the devices; torch must not have looked at any yet.

    It changes the process's own environment, since CUDA reads it there.
    """
    cards = cards_among(devices)
    if not cards:
        return on_device(settings, CPU)
    environment.update(sees_only(cards[0]))
    return on_device(settings, FIRST_CARD)
