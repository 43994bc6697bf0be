"""The NVIDIA devices that this process may use, asked of the driver itself and never of torch."""

from collections.abc import Iterator, Mapping, Sequence

import pynvml

from htrkit.domain.device import Card


def card_count(environment: Mapping[str, str]) -> int:
    """Give the number of devices that may be used; 0 without a driver."""
    return len(visible_cards(environment))


def visible_cards(environment: Mapping[str, str]) -> tuple[Card, ...]:
    """Give the devices that `CUDA_VISIBLE_DEVICES` leaves; none without a driver."""
    return visible_among(tuple(_found()), environment.get("CUDA_VISIBLE_DEVICES"))


def visible_among(found: Sequence[tuple[str, str]], visible: str | None) -> tuple[Card, ...]:
    """Give the devices that are left, in the order in which they are named; None leaves all, in the bus's order.

    `found` holds UUIDs and names. As in CUDA, what is named after a name that is none does not count.
    """
    chosen = found if visible is None else list(_left(found, visible))
    return tuple(Card(index, uuid, name) for index, (uuid, name) in enumerate(chosen))


def _left(found: Sequence[tuple[str, str]], visible: str) -> Iterator[tuple[str, str]]:
    for name in visible.split(","):
        word = name.strip()
        if word.isdigit() and int(word) < len(found):
            yield found[int(word)]
            continue
        named = [card for card in found if word and card[0].startswith(word)]
        if len(named) != 1:
            return
        yield named[0]


def _found() -> Iterator[tuple[str, str]]:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return
    try:
        for index in range(int(pynvml.nvmlDeviceGetCount())):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            yield str(pynvml.nvmlDeviceGetUUID(handle)), str(pynvml.nvmlDeviceGetName(handle))
    except pynvml.NVMLError:
        return
    finally:
        pynvml.nvmlShutdown()
