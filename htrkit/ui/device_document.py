"""The devices of a machine as programs read them."""

from collections.abc import Sequence
from dataclasses import asdict

import orjson

from htrkit.core.device_batches import Batches
from htrkit.domain.device import Machine

DEVICES_SCHEMA = 1


def device_document(machine: Machine, batches: Sequence[Batches]) -> str:
    """Give all that is known as JSON; `batches` belong to the machine's devices, one each."""
    devices = [
        asdict(device) | {"batches": dict(given)} for device, given in zip(machine.devices, batches, strict=True)
    ]
    document = {"schema": DEVICES_SCHEMA} | asdict(machine) | {"devices": devices}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
