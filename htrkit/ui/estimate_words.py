"""An estimate as people and programs read it."""

from dataclasses import asdict

import orjson

from htrkit.core.device_plan import Bound, PlannedDevice
from htrkit.core.estimating import Estimate
from htrkit.core.interval import CONFIDENCE, Interval
from htrkit.core.page_costs import Source
from htrkit.ui.tables import pairs
from htrkit.ui.words import amount, counted, duration, size

ESTIMATE_SCHEMA = 1
_BOUND = {
    Bound.DISK: "reading the images from disk",
    Bound.CPU: "the CPU",
    Bound.DEVICE: "the device",
}
_SOURCES = {
    Source.MEASURED: "measured now",
    Source.REMEMBERED: "remembered from earlier runs",
    Source.PUBLISHED: "published figures, nothing measured: --measure 10 reads ten pages and knows better",
}


def estimate_table(estimate: Estimate) -> str:
    """Give the estimate as a list of facts."""
    plan = estimate.plan
    devices = "\n".join(_device(device) for device in plan.devices)
    facts = [
        ("pages", amount(estimate.pages)),
        ("lines", _lines(estimate)),
        ("time", f"{duration(estimate.seconds.expected)} ({_range(estimate.seconds)})"),
        ("from", "\n".join((_SOURCES[estimate.source], *estimate.said))),
        ("devices", devices),
        ("page workers", f"{plan.workers}, {counted(plan.threads, 'thread')} each" if plan.workers else ""),
        ("held up by", _BOUND[plan.bound_by]),
        ("VRAM", size(plan.vram_bytes) if plan.vram_bytes else ""),
        ("RAM", f"up to {size(plan.ram_bytes)}"),
        ("disk", _disk(estimate)),
    ]
    return pairs([fact for fact in facts if fact[1]])


def estimate_document(estimate: Estimate) -> str:
    """Give the estimate as JSON."""
    plan = estimate.plan
    document = {
        "schema": ESTIMATE_SCHEMA,
        "pages": estimate.pages,
        "lines": estimate.lines,
        "pages_with_lines": estimate.pages_with_lines,
        "to_segment": estimate.to_segment,
        "seconds": {name: round(value, 1) for name, value in asdict(estimate.seconds).items()},
        "confidence": CONFIDENCE,
        "source": estimate.source,
        "said": estimate.said,
        "pages_behind": estimate.pages_behind,
        "start_seconds": round(estimate.start_seconds, 1),
        "devices": [asdict(device) for device in plan.devices],
        "workers": plan.workers,
        "threads": plan.threads,
        "bound_by": plan.bound_by,
        "vram_bytes": plan.vram_bytes,
        "ram_bytes": plan.ram_bytes,
        "read_bytes": estimate.read_bytes,
        "disk_bytes": estimate.disk_bytes,
        "disk_free_bytes": estimate.disk_free_bytes,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _range(seconds: Interval) -> str:
    return f"{duration(seconds.low)} to {duration(seconds.high)} in nine of ten cases"


def _lines(estimate: Estimate) -> str:
    if estimate.lines is None:
        return f"not known; {counted(estimate.to_segment, 'page')} to segment" if estimate.to_segment else "not known"
    if estimate.pages_with_lines == estimate.pages:
        return amount(estimate.lines)
    return f"{amount(estimate.lines)} on {counted(estimate.pages_with_lines, 'page')}; of the others nothing is known"


def _device(device: PlannedDevice) -> str:
    name = f"{device.device} ({device.name})" if device.name else device.device
    if not device.batch:
        return f"{name}: not even one item fits"
    free = f" of {size(device.free_bytes)} free" if device.free_bytes is not None else ""
    return f"{name}: batch {device.batch}, {size(device.memory_bytes)}{free}"


def _disk(estimate: Estimate) -> str:
    free = f"; {size(estimate.disk_free_bytes)} are free" if estimate.disk_free_bytes is not None else ""
    return f"{size(estimate.disk_bytes)} to write{free}; {size(estimate.read_bytes)} to read"
