"""Runs over the real write protocol on a disk in memory, and the ways of doing it wrong that must be found out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from htrkit.config.choices import OnError
from htrkit.core.tally import Tally
from htrkit.domain.events import PageDone, PageStarted, Record, RunResumed, RunStarted, WrittenFile
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.atomic import Aside, write_unit
from htrkit.files.disk import Disk
from htrkit.journal.journal import Journal
from htrkit.run.session import Session
from htrkit.run.telling import Teller
from tests.fakes.power import ROOT, Killed, Power
from tests.fakes.power_verdicts import JOURNAL, OUT, Promise

FORMATS = ("json", "txt", "page")
Write = Callable[[Sequence[Aside], Path, Disk], tuple[WrittenFile, ...]]


def unit(files: Sequence[Aside], out: Path, disk: Disk) -> tuple[WrittenFile, ...]:
    """Write as every page worker does."""
    return write_unit(files, out=out, disk=disk)


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a run writes; what differs from the default breaks it."""

    disk: type[Power] = Power
    write: Write = unit
    tells_first: bool = False
    """Whether a page is journaled before its files are written."""
    lines: Callable[[], AbstractContextManager[object]] = nullcontext


def files_of(key: str, *, version: int = 1) -> list[Aside]:
    """Give what is to be written of a page; another version has other bytes of the same number."""
    return [Aside(f"{name}/{key}.{name}", f"{name} of {key}, {version}.\n".encode() * 2) for name in FORMATS]


def promised(files: Sequence[Aside]) -> tuple[WrittenFile, ...]:
    return tuple(WrittenFile(file.path, len(file.content), sha256(file.content).hexdigest()) for file in files)


def done(key: PageKey, files: tuple[WrittenFile, ...]) -> PageDone:
    return PageDone(key, 1, 5, 0.9, 0.1, {}, files)


def now() -> str:
    return "2026-11-25T07:00:00Z"


@dataclass(slots=True)
class Writer:
    """Stands for the page worker: its work is to write."""

    disk: Disk
    protocol: Protocol
    version: int = 1
    late: list[list[Aside]] = field(default_factory=list)

    def work(self, source: PageSource) -> PageDone:
        files = files_of(source.key, version=self.version)
        if self.protocol.tells_first:
            self.late.append(files)
            return done(source.key, promised(files))
        return done(source.key, self.protocol.write(files, ROOT / OUT, self.disk))

    def catch_up(self, record: Record) -> None:
        """Write what is journaled already."""
        if isinstance(record.event, PageDone) and self.late:
            self.protocol.write(self.late.pop(), ROOT / OUT, self.disk)


@dataclass(frozen=True, slots=True)
class Trial:
    """A disk after a run, and what must hold wherever its power is cut."""

    power: Power
    promise: Promise
    first_cut: int = 0
    """The number of operations after which the power is first cut."""


def promise_of(*keys: str, read_again: Sequence[str] = ()) -> Promise:
    whole = {
        files[0].path: {file.content for file in files}
        for key in keys
        for files in zip(files_of(key), files_of(key, version=2), strict=True)
    }
    plan = [PageKey(key) for key in keys]
    return Promise(plan, whole, {PageKey(key): 2 for key in read_again})


def lay_hold(disk: Power) -> None:
    """Make OUT and its own folder as the lock does, which comes first and syncs nothing."""
    disk.make_folder((ROOT / JOURNAL).parent)


def session(
    disk: Power,
    protocol: Protocol,
    keys: Sequence[str],
    opening: RunStarted | RunResumed,
    *,
    version: int = 1,
    known: Sequence[str] = (),
) -> None:
    """Take pages to their end with the real session and journal; the user is told of those known to be done."""
    writer = Writer(disk, protocol, version)

    def tell_the_user(record: Record) -> None:
        if isinstance(record.event, PageDone):
            disk.acknowledge(record.event.key)

    with Journal(ROOT / JOURNAL, disk=disk) as journal:
        for key in known:
            disk.acknowledge(PageKey(key))
        listeners = (journal, writer.catch_up, tell_the_user)
        sources = [PageSource(PageKey(key), f"in/{key}.jpg") for key in keys]
        Session(writer, listeners, on_error=OnError.CONTINUE, now=now).run(sources, opening)


def first_run(protocol: Protocol) -> Trial:
    """Two pages into an OUT that was not there."""
    disk = protocol.disk()
    lay_hold(disk)
    session(disk, protocol, ["box/a", "b"], RunStarted("r1", 2, "f"))
    return Trial(disk, promise_of("box/a", "b"))


def resumed_run(protocol: Protocol) -> Trial:
    """A page whose text the user deleted is read again, to other bytes of the same number; a new one follows."""
    disk = protocol.disk()
    lay_hold(disk)
    session(disk, protocol, ["c"], RunStarted("r1", 2, "f"))
    disk.remove(ROOT / OUT / "txt" / "c.txt")
    disk.time_passes()
    session(disk, protocol, ["c", "box/d"], RunResumed("r1", 2, 2, "f"), version=2)
    return Trial(disk, promise_of("c", "box/d", read_again=["c"]), first_cut=disk.began)


def killed_run(protocol: Protocol, *, killed_at: int) -> Trial:
    """A run is killed after so many operations, and goes on; nothing that it left unsynced is safe yet."""
    disk = protocol.disk()
    lay_hold(disk)
    disk.dies_at = killed_at
    keys = ["box/a", "b"]
    with suppress(Killed):
        session(disk, protocol, keys, RunStarted("r1", 2, "f"))
    disk.dies_at = None
    journal = disk.node(ROOT / JOURNAL)
    written = b"" if journal is None else disk.contents[journal]
    left = [key for key in keys if f'"event":"PageDone","key":"{key}"'.encode() not in written]
    known = [key for key in keys if key not in left]
    session(disk, protocol, left, RunResumed("r1", 2, len(left), "f"), known=known)
    return Trial(disk, promise_of(*keys), first_cut=killed_at)


class Meeting:
    """A worker's view of the disk: before one of its operations another worker does all of its own work."""

    def __init__(self, disk: Disk, at: int, work: Callable[[], None]) -> None:
        self._disk = disk
        self._countdown = at
        self._work = work

    def __getattr__(self, name: str) -> object:
        self._countdown -= 1
        if self._countdown == 0:
            self._work()
        return getattr(self._disk, name)


def two_workers(protocol: Protocol, *, meet_at: int) -> Trial:
    """A page is read while another worker is anywhere in the middle of its own, in the same new folders."""
    disk = protocol.disk()
    lay_hold(disk)
    a, b = PageKey("box/one/a"), PageKey("box/two/b")
    with Journal(ROOT / JOURNAL, disk=disk) as journal:
        tell = Teller((journal,), now=now, before=Tally())
        tell(RunStarted("r1", 2, "f"))
        tell(PageStarted(a, 1))
        tell(PageStarted(b, 1))

        def take(key: PageKey, seen: Disk) -> None:
            tell(done(key, protocol.write(files_of(key), ROOT / OUT, seen)))
            disk.acknowledge(key)

        take(a, Meeting(disk, meet_at, lambda: take(b, disk)))  # type: ignore[arg-type]
    return Trial(disk, promise_of(a, b))


MEETINGS = range(1, 20)
"""A worker's steps: it makes folders, opens files, gives names, syncs folders; before each the other may come."""
DEATHS = range(1, 63)
"""The operations of the first run."""


def trials(protocol: Protocol) -> Iterator[Trial]:
    """Give runs of every kind, with every meeting of two workers, and every death."""
    yield first_run(protocol)
    yield resumed_run(protocol)
    for number in MEETINGS:
        yield two_workers(protocol, meet_at=number)
    for number in DEATHS:
        yield killed_run(protocol, killed_at=number)
