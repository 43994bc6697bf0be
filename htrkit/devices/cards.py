"""The NVIDIA devices that this process may use, asked of the driver itself and never of torch."""

from collections.abc import Iterator, Mapping, Sequence

from htrkit.devices.driver import driver_session
from htrkit.devices.nvml import found_devices
from htrkit.domain.device import Card, Device, DeviceState, DriverState

VISIBLE = "CUDA_VISIBLE_DEVICES"


def card_count(environment: Mapping[str, str]) -> int:
    """Give the number of devices that may be used; 0 without a driver."""
    return len(visible_cards(environment))


def visible_cards(environment: Mapping[str, str]) -> tuple[Card, ...]:
    """Give the devices that `CUDA_VISIBLE_DEVICES` leaves and that answer; none without a driver."""
    with driver_session() as state:
        found = [one.device for one in found_devices()] if state is DriverState.READY else []
    return tuple(
        Card(index, device.uuid, device.name or "")
        for index, device in enumerate(visible_among(found, environment.get(VISIBLE)))
        if device.uuid is not None and device.state is DeviceState.READY
    )


def visible_among(found: Sequence[Device], visible: str | None) -> tuple[Device, ...]:
    """Give the devices that are left, in the order in which they are named; None leaves all, in the bus's order.

    As in CUDA, what is named after a name that is none does not count, cards that this process may not open are not
    counted, and a divided card that is named stands for the first of its MIG instances. One that is lost keeps its
    place, so that the others keep their names.
    """
    cards = [one for one in found if one.instance_of is None and one.state is not DeviceState.NOT_ALLOWED]
    if visible is None:
        return tuple(part for card in cards for part in _parts(card, found))
    return tuple(_left(cards, found, visible))


def numbered(found: Sequence[Device], visible: str | None) -> Mapping[int, str]:
    """Give the names for `-d` by the place in `found`."""
    left = visible_among(found, visible)
    places = [next(place for place, one in enumerate(found) if one is device) for device in left]
    return {place: f"cuda:{index}" for index, place in reversed(list(enumerate(places)))}


def _left(cards: Sequence[Device], found: Sequence[Device], visible: str) -> Iterator[Device]:
    for name in visible.split(","):
        word = name.strip()
        if word.isdecimal():
            named = cards[int(word) : int(word) + 1]
        else:
            named = [one for one in found if word and (one.uuid or "").startswith(word)]
        parts = _parts(named[0], found) if len(named) == 1 else []
        if not parts:
            return
        yield parts[0]


def _parts(device: Device, found: Sequence[Device]) -> list[Device]:
    """Give what is computed on: a device itself, or the instances that it is divided into."""
    if device.state is not DeviceState.DIVIDED:
        return [device]
    return [one for one in found if one.instance_of is not None and one.instance_of == device.uuid]
