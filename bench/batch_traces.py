"""Batch sizes on a simulated card of 46 GB, batch by batch: how they grow, back off, and make room for a neighbour.

    python bench/batch_traces.py

The law: half a second a batch and 20 ms an item, a model of 2 GB, and items of the size that each line names.
"""

import random
import sys

from htrkit.core.batch_sizing import starting_batch
from htrkit.core.batch_steering import BatchLimits, BatchSteering
from htrkit.engines.catalog import ENGINES
from tests.fakes.simulated_device import GB, SimulatedDevice, SteeredRun

SHOWN = 14


def steered(device: SimulatedDevice, start: int, most: int = 128) -> SteeredRun:
    """Give a run on the device that begins with a size."""
    return SteeredRun(device, BatchSteering(start, BatchLimits(most, device.total_bytes, device.model_bytes)))


def told(name: str, run: SteeredRun, largest: int) -> None:
    """Print a run's first batches, and how it stands now."""
    sizes = " ".join(f"{size:3}" for size in run.sizes[:SHOWN])
    sys.stdout.write(
        f"{name:46} {sizes}  now {run.steering.size:3} of {largest:3}, out of memory {run.out_of_memory},"
        f" failed {run.failed}, at most {max(run.peaks):.0%} of the card\n"
    )


def starts() -> None:
    """From sizes that are too small and too large."""
    for item_mb in (40, 300, 1500, 9000):
        for start in (1, 8, 48, 128):
            device = SimulatedDevice(item_bytes=item_mb * 10**6)
            told(f"items of {item_mb:,} MB, beginning with {start}", steered(device, start).go(50), device.largest())


def engines() -> None:
    """With the table's own figures, and where an item takes a tenth or three times of what it says."""
    for row in ENGINES:
        memory = row.memory[0]
        for truth in (0.1, 1.0, 3.0):
            device = SimulatedDevice(model_bytes=memory.model_bytes, item_bytes=round(memory.of_item() * truth))
            start = starting_batch(row, device.total_bytes)
            run = steered(device, start, row.batch.most).go(50)
            told(f"{row.name}, {truth:g} times the table's item", run, device.largest(most=row.batch.most))


def neighbour() -> None:
    """Ten gigabytes are taken by somebody else, and given back."""
    device = SimulatedDevice(item_bytes=500_000_000)
    run = steered(device, 8).go(20)
    sys.stdout.write(f"items of 500 MB, settled at {run.steering.size}\n")
    for name, others in (("somebody takes 10 GB", 10 * GB), ("and gives them back", 0)):
        device.others_bytes, run.sizes = others, []
        told(name, run.go(8), device.largest())


def long_run() -> None:
    """Pages differ: 4,000 batches whose costliest item varies by a tenth (lognormal)."""
    chance = random.Random(5)  # noqa: S311 - nothing to keep secret
    device = SimulatedDevice(item_bytes=400_000_000, costs=[chance.lognormvariate(0, 0.1) for _ in range(4012)])
    run = steered(device, 8).go(12)
    first = run.out_of_memory
    run.go(4000)
    mean = sum(run.sizes[-4000:]) / 4000
    sys.stdout.write(
        f"4,000 batches of pages that differ: {run.out_of_memory - first} out of memory, mean {mean:.0f}\n"
    )


def main() -> None:
    """Print all of it."""
    for part in (starts, engines, neighbour, long_run):
        sys.stdout.write(f"\n{(part.__doc__ or '').strip()}\n")
        part()


if __name__ == "__main__":
    main()
