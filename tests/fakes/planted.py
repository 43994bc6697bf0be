"""Schedules with a part of another kind, so that faults can be planted, and machines of chance that look for them."""

from collections.abc import Callable, Iterable

from hypothesis import Phase, settings

from htrkit.core.course import Course
from htrkit.core.crew import Hand, Worker
from htrkit.core.page_queue import PageQueue
from htrkit.core.run_state import RunState
from htrkit.core.schedule import Schedule
from htrkit.core.servers import Batch, Server
from htrkit.core.work_clock import WorkClock
from htrkit.domain.schedule import Heard, Order
from tests.fakes.schedule_machine import ScheduleMachine

BUDGET = settings(
    max_examples=400,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
)
PARTS: dict[type, Callable[[RunState], Iterable[object]]] = {
    RunState: lambda run: [run],
    PageQueue: lambda run: [run.pages],
    Course: lambda run: [run.course],
    WorkClock: lambda run: [run.course.clock],
    Worker: lambda run: run.crew.values(),
    Hand: lambda run: [worker.hand for worker in run.crew.values() if worker.hand is not None],
    Server: lambda run: run.servers.values(),
    Batch: lambda run: [server.batch for server in run.servers.values() if server.batch is not None],
}


def schedule_with(kind: type) -> type[Schedule]:
    """Give a schedule in which a part is of another kind."""
    parts = next(parts for part, parts in PARTS.items() if issubclass(kind, part))

    class Mutant(Schedule):
        def begin(self, at: float) -> list[Order]:
            self.plant()
            return super().begin(at)

        def hear(self, event: Heard) -> list[Order]:
            self.plant()
            return super().hear(event)

        def plant(self) -> None:
            for part in parts(self._run):
                # Also of frozen parts.
                object.__setattr__(part, "__class__", kind)

    return Mutant


def machine_of(kind: type, machine: type[ScheduleMachine]) -> type[ScheduleMachine]:
    """Give a machine that tries the schedule, or a schedule with the part."""
    schedule = kind if issubclass(kind, Schedule) else schedule_with(kind)
    return type("Machine", (machine,), {"kind": schedule})
