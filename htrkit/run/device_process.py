"""`python -m htrkit.run.device_process FD PARENT`: a device server in a process of its own."""

import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from htrkit.core.batch_sizes import BatchSizes, Resized
from htrkit.core.batching import BatchQueue
from htrkit.domain.failure import Step
from htrkit.run import child
from htrkit.run.answering import Answering, DeviceLost, Stages
from htrkit.run.device_loop import serve
from htrkit.run.device_memory import DeviceMemory, Unmeasured
from htrkit.run.device_server import DRY_SECONDS, Counter
from htrkit.run.housekeeping import OF_A_PROCESS, Housekeeping
from htrkit.run.messages import HasMoved, HasResized, SetUp

LOST = 70
"""Exit status of a server whose device is lost."""


@dataclass(frozen=True, slots=True)
class Device:
    """What a server computes with."""

    stages: Stages
    sizes: BatchSizes
    """Of each step's batches, steered by how they go."""
    memory: DeviceMemory = field(default_factory=Unmeasured)
    elsewhere: Stages = field(default_factory=dict)
    """Where an item goes that the device cannot hold alone; without, its page fails."""


Load = Callable[[SetUp], tuple[Device, str]]
"""Gives what computes, and the device's name; raises HtrkitError."""


def main() -> None:
    """Be the device server that the other end of the channel describes."""
    be_a_server(_loaded)


def be_a_server(load: Load) -> None:
    """Set up, answer workers until the channel closes, and end the process; with `LOST` where the device is."""
    try:
        _be_a_server(load)
    except DeviceLost:
        # By the status the run knows why: it must come through where the log takes nothing any more.
        with suppress(OSError):
            traceback.print_exc()
        child.leave(LOST)
    child.leave()


def _be_a_server(load: Load) -> None:
    begun = child.set_up()
    if begun is None:
        return
    channel, order = begun
    device = child.loaded(channel, lambda: load(order))
    if device is None:
        return
    counter = Counter(channel, BatchQueue(device.sizes.most, dry_seconds=DRY_SECONDS))

    def told(resized: Resized) -> None:
        need = device.sizes.item_bytes(resized.step)
        channel.say(HasResized(resized.step, resized.was, resized.now, resized.for_want_of_memory, need))

    def moved(step: Step) -> None:
        channel.say(HasMoved(step))

    answering = Answering(device.stages, device.sizes, told, device.memory, device.elsewhere, moved)
    threading.Thread(target=counter.speak, daemon=True).start()
    serve(counter, answering, Housekeeping(order.tidy_every, (*OF_A_PROCESS, device.memory.empty_cache)))


def _loaded(order: SetUp) -> tuple[Device, str]:
    # Heavy imports and models: seconds, counted as the start.
    from htrkit.run.device_setup import device_from  # noqa: PLC0415

    return device_from(order)


if __name__ == "__main__":
    main()
