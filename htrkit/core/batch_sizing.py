"""How many items a device's first batch holds: what its free memory allows, within what makes sense for the engine."""

from htrkit.core.batch_steering import BatchLimits
from htrkit.domain.engine import EngineRow, MemoryModel

MOST_ITEMS = 128
"""No engine's batch is larger, whatever the memory."""


def starting_batch(
    row: EngineRow, free_bytes: int, *, share: float = 0.7, beams: int = 1, memory: MemoryModel | None = None
) -> int:
    """Give the items of the first batch on a device; 0 where not even the model and one item fit.

    The model and the batch fill `share` of what is free, 0 to 1, with items of usual size. The result lies within the
    row's range and 1 to 128; its lower end counts as far as so many items fit the free memory at all. `memory` stands
    for the row's own where the model's size is known or the device computes in another precision.
    """
    memory = memory or row.memory[0]
    model, item = memory.model_bytes, memory.of_item(beams=beams)
    fit = (free_bytes - model) // item
    if fit < 1:
        return 0
    wanted = (round(free_bytes * share) - model) // item
    least, most = max(row.batch.least, 1), min(row.batch.most, MOST_ITEMS)
    return min(max(wanted, least), most, fit)


def remembered_batch(items: int, item_bytes: int, free_bytes: int, limits: BatchLimits) -> int:
    """Give the items of the first batch where an earlier run has shown what fits: that, as far as it does now, or 1."""
    if not item_bytes:
        return max(min(items, limits.most), 1)
    room = free_bytes - round(limits.total_bytes * (1 - limits.memory_share))
    return max(min(items, limits.most, room // item_bytes), 1)
