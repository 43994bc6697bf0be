"""A supervisor is put together from a workforce, in the run's own process or on a node of a cluster."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.schedule import Schedule
from htrkit.devices.cards import VISIBLE
from htrkit.devices.sampling import DeviceGauges
from htrkit.domain.events import Event
from htrkit.domain.glimpse import Watcher
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.atomic import temporary_name
from htrkit.run.glimpse import Glimpsing
from htrkit.run.input_probe import InputProbe
from htrkit.run.read_ahead import ReadAhead
from htrkit.run.server_probe import ServerProbe, is_address
from htrkit.run.supervisor import Inlet, Supervisor
from htrkit.run.workforce import Serving, Workforce, staff_of

ROOM_BYTES = 64_000_000
"""What must be free before a run that was paused for want of room goes on."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Who hears of a supervised run."""

    tell: Callable[[Event], None]
    watchers: Sequence[Watcher]
    confidence: ConfidenceWatch


@contextmanager
def supervisor_of(
    force: Workforce,
    sources: Mapping[PageKey, PageSource],
    listening: Listening,
    *,
    workers: int,
    inlet: Inlet | None = None,
) -> Iterator[Supervisor]:
    """Give a supervisor over the sources' pages with an eye on the devices that have servers.

    With an inlet, pages come while it works, and `sources` is what the inlet adds them to.
    """
    gauges = DeviceGauges(_uuids(force.servers))
    force.sampler.devices = gauges.read
    servers = [one.name for one in force.servers]
    names = [f"w{number}" for number in range(workers)]
    schedule = Schedule(
        list(sources),
        names,
        force.rules,
        servers=servers,
        strikes=force.strikes,
        attempts=force.attempts,
        more=inlet is not None,
    )
    for watcher in listening.watchers:
        watcher.sampled_by(force.sampler.now)
    try:
        yield Supervisor(
            schedule,
            sources,
            staff_of(force),
            listening.tell,
            passed_in(force),
            force.memory,
            ReadAhead(force.ahead_bytes),
            force.sampler,
            Glimpsing(listening.watchers, workers, servers),
            listening.confidence,
            inlet=inlet,
        )
    finally:
        gauges.close()


def passed_in(force: Workforce) -> Callable[[str], bool]:
    """Give what tells whether a trouble has passed: with an input by its path, or with OUT."""
    readable, answers, out = InputProbe(), ServerProbe(), Path(force.set_up.out)
    room = force.has_room or has_room

    def passed(place: str) -> bool:
        if is_address(place):
            return answers(place)
        return readable(place) if place else room(out)

    return passed


def has_room(out: Path) -> bool:
    """Say whether OUT can be written again: there is room, and a file can be made."""
    probe = out / f"{temporary_name()}-probe"
    try:
        if shutil.disk_usage(out).free < ROOM_BYTES:
            return False
        probe.write_bytes(b"room")
        probe.unlink()
    except OSError:
        return False
    return True


def _uuids(servers: Sequence[Serving]) -> Mapping[str, str]:
    """Give the driver's own names of the devices that have servers; the CPU has none."""
    return {one.name: one.environment[VISIBLE] for one in servers if VISIBLE in one.environment}
