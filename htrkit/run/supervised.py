"""A run over processes, from its pages to how it ended: what `Session` is without them."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from htrkit.config.choices import FailOn
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.schedule import Schedule
from htrkit.core.tally import Tally
from htrkit.devices.cards import VISIBLE
from htrkit.devices.sampling import DeviceGauges
from htrkit.domain.errors import OutputUnwritable, RunStopped
from htrkit.domain.events import RunEnded, RunResumed, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import End, Halt
from htrkit.domain.source import PageSource
from htrkit.run.glimpse import Glimpsing, watchers_among
from htrkit.run.input_probe import InputProbe
from htrkit.run.read_ahead import ReadAhead
from htrkit.run.server_probe import ServerProbe, is_address
from htrkit.run.session import NOTHING_BEFORE, Ended, utc_now
from htrkit.run.supervisor import Supervisor
from htrkit.run.telling import Listener, Teller
from htrkit.run.workforce import Serving, Workforce, staff_of

ROOM_BYTES = 64_000_000
"""What must be free before a run that was paused for want of room goes on."""
CODES: Mapping[Halt, ExitCode] = {
    Halt.INTERRUPTED: ExitCode.INTERRUPTED,
    Halt.TERMINATED: ExitCode.TERMINATED,
    Halt.WARNED: ExitCode.WARNED,
    Halt.FAILED_PAGE: ExitCode.STOPPED_EARLY,
    Halt.FAIL_RATE: ExitCode.STOPPED_EARLY,
    Halt.ALARM_RATE: ExitCode.STOPPED_EARLY,
    Halt.TROUBLE: ExitCode.STOPPED_EARLY,
    Halt.NO_WORKER: ExitCode.STOPPED_EARLY,
    Halt.NO_DEVICE: ExitCode.STOPPED_EARLY,
}


class Supervised:
    """One run over one plan, with processes."""

    def __init__(
        self,
        workforce: Workforce,
        listeners: Sequence[Listener],
        *,
        fail_on: FailOn = FailOn.FAILURE,
        confidence: ConfidenceWatch | None = None,
        now: Callable[[], str] = utc_now,
    ) -> None:
        self._workforce = workforce
        self._fail_on = fail_on
        self._confidence = confidence or ConfidenceWatch()
        self._listeners = listeners
        self._now = now
        self._tell = Teller(listeners, now=now, before=NOTHING_BEFORE)

    def run(
        self,
        pages: Sequence[PageSource],
        started: RunStarted | RunResumed,
        *,
        skipped: frozenset[PageKey] = frozenset(),
        before: Tally = NOTHING_BEFORE,
    ) -> Ended:
        """Take every page to its end; whatever stops the run leaves the rest not run."""
        self._tell = Teller(self._listeners, now=self._now, before=before, fail_on=self._fail_on)
        self._tell(started)
        self._tell.skip(page.key for page in pages if page.key in skipped)
        left = [page for page in pages if page.key not in skipped]
        error: RunStopped | None = None
        try:
            end = self._gone_through(left) if left else End(None)
        except OutputUnwritable as unwritable:
            # The journal itself could not be written: nothing more can be promised.
            return Ended(self._counts(End(Halt.TROUBLE, unwritable.what)), unwritable)
        counts = self._counts(end)
        if end.halt in {Halt.NO_WORKER, Halt.NO_DEVICE, Halt.TROUBLE}:
            error = RunStopped(end.message or str(end.halt), mend="What is done is kept; mend it, then resume.")
        self._tell(counts)
        return Ended(counts, error)

    def _gone_through(self, pages: Sequence[PageSource]) -> End:
        """Run with an eye on the devices that have servers."""
        gauges = DeviceGauges(_uuids(self._workforce.servers))
        self._workforce.sampler.devices = gauges.read
        try:
            return self._supervisor(pages).run()
        finally:
            gauges.close()

    def _supervisor(self, pages: Sequence[PageSource]) -> Supervisor:
        force = self._workforce
        names = [f"w{number}" for number in range(min(force.workers, len(pages)))]
        schedule = Schedule(
            [page.key for page in pages],
            names,
            force.rules,
            servers=[one.name for one in force.servers],
            strikes=force.strikes,
            attempts=force.attempts,
        )
        sources = {page.key: page for page in pages}
        passed = self._passed(force.has_room or _has_room)
        ahead = ReadAhead(force.ahead_bytes)
        watchers = watchers_among(self._listeners)
        for watcher in watchers:
            watcher.sampled_by(force.sampler.now)
        glimpsing = Glimpsing(watchers, len(names), [one.name for one in force.servers])
        watched = ahead, force.sampler, glimpsing, self._confidence
        return Supervisor(schedule, sources, staff_of(force), self._tell, passed, force.memory, *watched)

    def _passed(self, has_room: Callable[[Path], bool]) -> Callable[[str], bool]:
        """Give what tells whether a trouble has passed: with an input by its path, or with OUT."""
        readable, answers, out = InputProbe(), ServerProbe(), Path(self._workforce.set_up.out)

        def passed(place: str) -> bool:
            if is_address(place):
                return answers(place)
            return readable(place) if place else has_room(out)

        return passed

    def _counts(self, end: End) -> RunEnded:
        if end.halt is None:
            return self._tell.counts("finished", ExitCode.DONE)
        return self._tell.counts(end.message or str(end.halt), CODES[end.halt])


def _uuids(servers: Sequence[Serving]) -> Mapping[str, str]:
    """Give the driver's own names of the devices that have servers; the CPU has none."""
    return {one.name: one.environment[VISIBLE] for one in servers if VISIBLE in one.environment}


def _has_room(out: Path) -> bool:
    """Say whether OUT can be written again: there is room, and a file can be made."""
    probe = out / f".htrkit-{os.getpid()}-probe"
    try:
        if shutil.disk_usage(out).free < ROOM_BYTES:
            return False
        probe.write_bytes(b"room")
        probe.unlink()
    except OSError:
        return False
    return True
