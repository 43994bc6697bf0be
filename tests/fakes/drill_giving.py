"""The drills' device server with a memory that notes each time that it is emptied."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit.run.device_memory import Unmeasured
from htrkit.run.device_process import Device, be_a_server
from htrkit.run.messages import SetUp
from tests.fakes import drill_served


@dataclass
class Noting(Unmeasured):
    """Leaves a line in a file for each time."""

    place: Path

    def empty_cache(self) -> None:
        with self.place.open("a") as file:
            file.write("emptied\n")


def server(order: SetUp) -> tuple[Device, str]:
    device, name = drill_served.server(order)
    place = Path(order.out) / f"emptied-{os.environ['CUDA_VISIBLE_DEVICES']}"
    return replace(device, memory=Noting(place)), name


if __name__ == "__main__":
    be_a_server(server)
