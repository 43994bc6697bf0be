"""What the real recovery makes of a disk after a power cut, and whether a promise was broken."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from htrkit.core.history import Done, History, history_of
from htrkit.core.resume import Left, Standing, left_of
from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import PageDone, Record, RunResumed
from htrkit.domain.names import PageKey
from htrkit.files.atomic import TEMPORARY
from htrkit.files.disk import Kernel, KernelFile, OpenFile
from htrkit.journal.journal import Journal, read
from htrkit.journal.mending import mend
from htrkit.journal.replay import replay
from htrkit.run.promised import standing_of
from tests.fakes.power_cuts import Files

OUT = "shelf/OUT/"
JOURNAL = f"{OUT}.htrkit/journal.jsonl"
GOES_ON = Record("2026-11-25T08:00:00Z", RunResumed("r1", 3, 1, "f"))


class Fault(StrEnum):
    """A promise that was broken."""

    LACKING = "done page lacks its output"
    LOST = "acknowledged page lost"
    HALF = "half file under its final name"
    TWICE = "page read twice"
    UNREADABLE = "journal unreadable"


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds however a run is cut off."""

    plan: Sequence[PageKey]
    whole: Mapping[str, Collection[bytes]]
    """By path below OUT: all contents that a file ever had or was to have."""
    readings: Mapping[PageKey, int] = field(default_factory=dict)
    """How often a page may be done: once, but for those whose files the user harmed."""


class UnsyncedKernel(Kernel):
    """Real files that need not outlive the test."""

    def append_to(self, place: Path) -> OpenFile:
        return UnsyncedFile(place.open("ab", buffering=0))

    def sync_folder(self, folder: Path) -> None:
        pass


class UnsyncedFile(KernelFile):
    def sync(self) -> None:
        pass


@dataclass(slots=True)
class Journals:
    """Recovers journals, each but once."""

    path: Path
    _known: dict[bytes | None, tuple[Record, ...] | None] = field(default_factory=dict)

    def records(self, journal: bytes | None) -> tuple[Record, ...] | None:
        """Give what stands in the journal, None for one that cannot be read."""
        if journal not in self._known:
            self._known[journal] = _recovered(self.path, journal)
        return self._known[journal]


@dataclass(slots=True)
class Recovery:
    """Recovers disks in a folder of real files; what was seen before is not looked at again."""

    out: Path
    promise: Promise
    journals: Journals
    _laid: dict[str, bytes] = field(default_factory=dict)
    _standings: dict[tuple[object, ...], frozenset[Fault]] = field(default_factory=dict)

    def faults(self, disk: Files, acknowledged: frozenset[PageKey]) -> frozenset[Fault]:
        """Give every promise that this disk breaks."""
        half = {Fault.HALF} if any(self._is_half(*file) for file in disk.items()) else set()
        journal = disk.get(JOURNAL)
        records = self.journals.records(journal)
        if records is None:
            return frozenset({Fault.UNREADABLE, *half})
        history = history_of(records)
        ends = history.ends
        promised = [file.path for end in ends.values() if isinstance(end, Done) for file in end.page.files]
        files = {path: content for path in promised if (content := disk.get(OUT + path)) is not None}
        seen = (journal, frozenset(files.items()), acknowledged)
        if seen not in self._standings:
            self._standings[seen] = frozenset(self._left_faults(records, history, files, acknowledged))
        return self._standings[seen] | half

    def _is_half(self, path: str, content: bytes) -> bool:
        if not path.startswith(OUT) or path.startswith(f"{OUT}.htrkit/") or TEMPORARY in path:
            return False
        return content not in self.promise.whole[path.removeprefix(OUT)]

    def _left_faults(
        self, records: Sequence[Record], history: History, files: Files, acknowledged: frozenset[PageKey]
    ) -> set[Fault]:
        self._lay_out(files)
        left = left_of(self.promise.plan, history, standing=standing_of(self.out, history))
        whole = standing_of(self.out, history, verify=True)
        faults = set()
        if any(whole[file.path] is not Standing.WHOLE for end in left.done.values() for file in end.page.files):
            faults.add(Fault.LACKING)
        if set(left.harmed) - self.promise.readings.keys() or acknowledged & set(left.harmed):
            faults.add(Fault.LACKING)
        if any(not isinstance(history.ends.get(key), Done) for key in acknowledged):
            faults.add(Fault.LOST)
        if self._reads_twice(records, left):
            faults.add(Fault.TWICE)
        return faults

    def _lay_out(self, files: Files) -> None:
        """Have these real files, and no others; most stand there from the disk before."""
        for path in self._laid.keys() - files.keys():
            (self.out / path).unlink()
        for path, content in files.items():
            if self._laid.get(path) != content:
                (self.out / path).parent.mkdir(parents=True, exist_ok=True)
                (self.out / path).write_bytes(content)
        self._laid = dict(files)

    def _reads_twice(self, records: Sequence[Record], left: Left) -> bool:
        """Count what is done, and what would be done by going on."""
        done = Counter(record.event.key for record in records if isinstance(record.event, PageDone))
        done.update([*left.pages])
        return any(number > self.promise.readings.get(key, 1) for key, number in done.items())


def _recovered(path: Path, content: bytes | None) -> tuple[Record, ...] | None:
    """Mend and replay the journal, and go on with it; None where that cannot be done."""
    for old in (path, path.with_suffix(".torn")):
        old.unlink(missing_ok=True)
    if content is None:
        return ()
    path.write_bytes(content)
    try:
        list(read(path))  # `htrkit report` does not wait for the mending
        mend(path)
        records = tuple(replay(path))
        with Journal(path, disk=UnsyncedKernel()) as journal:
            journal(GOES_ON)
        went_on = tuple(replay(path))
    except (HtrkitError, ValueError):
        return None
    return records if went_on == (*records, GOES_ON) else None
