"""How the machine stands during a run: its memory, its devices and the run's own processes, for journal and screens."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from htrkit.core.pressure import MemorySample
from htrkit.devices.process_memory import proportional_bytes, resident_bytes
from htrkit.devices.quotas import free_memory_bytes, total_memory_bytes
from htrkit.domain.sample import DeviceSample, MachineSample, ProcessSample

SAMPLE_SECONDS = 30.0
"""The journal is told so often: 100,000 pages in 30 hours make 3,600 points of a curve."""
RUN = "run"
"""What the run's own process is called among the others."""


def ram() -> MemorySample:
    """Look at the machine's memory, or at what a container or a job may have of it."""
    return MemorySample(total_memory_bytes(), free_memory_bytes())


@dataclass(slots=True)
class Sampler:
    """Looks where it is told to; before the run has told it, at the memory and at the run's own process.

    Make one, hand it to the run and to a screen, and the screen may call `now` at any time, from any thread.
    """

    ram: Callable[[], MemorySample] = ram
    devices: Callable[[], tuple[DeviceSample, ...]] = tuple
    """Those of the run."""
    processes: Callable[[], Mapping[str, int]] = field(default=dict[str, int])
    """The process ids of workers and servers, by their names."""
    ahead_bytes: Callable[[], int] = int
    """Of the files that are read ahead."""
    every_seconds: float = SAMPLE_SECONDS
    """How often the journal is told during a run."""

    def now(self, *, thorough: bool = False) -> MachineSample:
        """Give the machine as it is now; PSS only where `thorough`, since the kernel walks all memory for it."""
        memory = self.ram()
        pids = {RUN: os.getpid(), **self.processes()}
        return MachineSample(
            memory.total_bytes,
            memory.free_bytes,
            self.ahead_bytes(),
            self.devices(),
            tuple(
                ProcessSample(name, pid, resident, proportional_bytes(pid) if thorough else None)
                for name, pid in pids.items()
                # Nothing is resident of one that has died and is not buried yet.
                if (resident := resident_bytes(pid))
            ),
        )
