"""What happened in a run, in the past tense; the session stamps each and tells journal, tally and screen."""

from dataclasses import dataclass, replace

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import Note
from htrkit.domain.sample import DeviceSample, ProcessSample


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A promised file: its place below OUT, its size in bytes, and its hash."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began: what it is made of."""

    run_id: str
    pages: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class PageStarted:
    """A page was taken in hand."""

    key: PageKey
    attempt: int


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page is whole on disk."""

    key: PageKey
    lines: int
    characters: int
    confidence: float | None
    seconds: float
    step_seconds: dict[str, float]
    files: tuple[WrittenFile, ...]
    flags: tuple[str, ...] = ()
    """The codes of all notes that put the page on the list of those to look at, each once."""
    reasons: tuple[Note, ...] = ()
    """The first few of those notes; all of them stand in the page's record, but for `confidence`."""
    attempts: int = 1
    worker: str = ""
    """Who took the page through its steps: `w0`; empty for a run without processes."""
    device: str = ""

    def flagged(self, note: Note) -> "PageDone":
        """Give the page with one more reason to look at it."""
        return replace(self, flags=tuple(sorted({*self.flags, note.code})), reasons=(*self.reasons, note))

    def remade(self, files: tuple[WrittenFile, ...]) -> "PageDone":
        """Give the page with these files in place of those that it had there; its other promises stay."""
        anew = {file.path: file for file in files}
        return replace(self, files=tuple(anew.get(file.path, file) for file in self.files))


@dataclass(frozen=True, slots=True)
class PageRemade:
    """Promised files of a page that is done were made again from its record, and hold something else now."""

    key: PageKey
    files: tuple[WrittenFile, ...]


@dataclass(frozen=True, slots=True)
class PageFailed:
    """A page was set aside."""

    key: PageKey
    image: str
    failure: FailureClass
    step: Step
    message: str
    attempts: int
    stack: str = ""


@dataclass(frozen=True, slots=True)
class PageSkipped:
    """A page was left alone, with the reason."""

    key: PageKey
    reason: str


@dataclass(frozen=True, slots=True)
class PageStruck:
    """A worker died, or was killed for time, with this page in hand; the second strike sets the page aside."""

    key: PageKey
    step: Step
    cause: str
    """`SIGSEGV`, `exit code 3`, `recognise took longer than 300 s`, `killed by the kernel for lack of memory`."""
    strikes: int
    stack: str = ""


@dataclass(frozen=True, slots=True)
class PageRetried:
    """A page met a passing trouble (device, input) and will be tried again."""

    key: PageKey
    failure: FailureClass
    step: Step
    message: str


@dataclass(frozen=True, slots=True)
class WorkerStarted:
    """A process is ready for pages."""

    worker: str
    pid: int
    seconds: float
    """From its start to being ready: imports and models."""
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """A process is gone that nobody had told to end."""

    worker: str
    cause: str
    key: PageKey | None = None
    """The page that it held."""


@dataclass(frozen=True, slots=True)
class WorkerRetired:
    """A worker's process was let go between two pages; another takes its place."""

    worker: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerGivenUp:
    """A worker is not started any more; its pages go to the others."""

    worker: str
    message: str
    """Its own last error."""


@dataclass(frozen=True, slots=True)
class ServerStarted:
    """A device server has its networks on its device."""

    server: str
    """The device as the user names it: `cuda:0`, `cpu`."""
    pid: int
    seconds: float
    """From its start to being ready: imports and models."""


@dataclass(frozen=True, slots=True)
class ServerLost:
    """A device server's process is gone that nobody had told to end."""

    server: str
    cause: str
    keys: tuple[PageKey, ...] = ()
    """The pages with items on its device at that moment."""


@dataclass(frozen=True, slots=True)
class ServerGivenUp:
    """A device server is not started any more; its pages go to the other devices."""

    server: str
    message: str
    """Its own last error."""


@dataclass(frozen=True, slots=True)
class BatchShrunk:
    """A batch did not fit into a device's memory: batches of the step are smaller from now on."""

    server: str
    step: Step
    was: int
    now: int
    item_bytes: int = 0
    """What a usual item takes of the device, as far as is known; 0 where it is not."""


@dataclass(frozen=True, slots=True)
class BatchResized:
    """Batches of a step on a device hold so many items from now on, after what the batches so far have shown."""

    server: str
    step: Step
    was: int
    now: int
    item_bytes: int = 0
    """What a usual item takes of the device, as far as is known; 0 where it is not."""


@dataclass(frozen=True, slots=True)
class ItemMoved:
    """An item that a device could not hold alone was computed on the CPU, as `--cpu-fallback` allows."""

    server: str
    step: Step


@dataclass(frozen=True, slots=True)
class DeviceFed:
    """How full a device's batches of a step were in the run, and what of them was padding; told at its end."""

    server: str
    step: Step
    batches: int
    items: int
    room: int
    """Items that all of them together might have held."""
    useful: float
    """What the items cost: padded width in pixels for lines, megapixels for pages."""
    padded: float
    """The same with what pads each to the costliest of its batch."""
    seconds: float
    """That the device had a batch."""

    @property
    def full_share(self) -> float:
        """How full the batches were, 0 to 1."""
        return self.items / self.room if self.room else 0.0

    @property
    def padding_share(self) -> float:
        """What of the work was padding, 0 to 1."""
        return 1 - self.useful / self.padded if self.padded else 0.0


@dataclass(frozen=True, slots=True)
class MachineSampled:
    """How the machine stood: for curves of memory and load over a run."""

    total_bytes: int
    """RAM of the machine, or what a container or a job may have."""
    free_bytes: int
    ahead_bytes: int
    """Of the files that are read ahead."""
    devices: tuple[DeviceSample, ...] = ()
    processes: tuple[ProcessSample, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceShort:
    """A device's memory is nearly used up, by whomever: its server gives back what it can at once."""

    device: str
    used_share: float
    """0 to 1."""
    free_bytes: int


@dataclass(frozen=True, slots=True)
class DeviceEnough:
    """A device has memory enough again."""

    device: str
    used_share: float


@dataclass(frozen=True, slots=True)
class MemoryShort:
    """Memory is nearly used up: workers without a page are let go, and no new page is begun beside others."""

    used_share: float
    """0 to 1, of the machine's memory or of what a container or a job may have."""
    free_bytes: int


@dataclass(frozen=True, slots=True)
class MemoryEnough:
    """There is memory enough again, and all workers go on."""

    used_share: float


@dataclass(frozen=True, slots=True)
class RunPaused:
    """No new page is given out: the disk is full, or inputs or OUT cannot be reached."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunContinued:
    """The trouble that had paused the run is over."""

    paused_seconds: float


@dataclass(frozen=True, slots=True)
class RunDraining:
    """No new page is given out; those in hand are finished."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A run goes on that had not come to its end: what is left of it."""

    run_id: str
    pages: int
    left: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run ended: the accounting that always holds, and why it ended."""

    selected: int
    done: int
    failed: int
    skipped: int
    not_run: int
    reason: str
    exit_code: int


OfPage = PageStarted | PageDone | PageRemade | PageFailed | PageSkipped | PageStruck | PageRetried
OfWorker = WorkerStarted | WorkerLost | WorkerRetired | WorkerGivenUp
OfServer = ServerStarted | ServerLost | ServerGivenUp | BatchShrunk | BatchResized | ItemMoved | DeviceFed
OfProcess = OfWorker | OfServer
OfMemory = MemoryShort | MemoryEnough | DeviceShort | DeviceEnough
OfRun = RunStarted | RunResumed | OfMemory | MachineSampled | RunPaused | RunContinued | RunDraining | RunEnded
Event = OfPage | OfProcess | OfRun


@dataclass(frozen=True, slots=True)
class Record:
    """An event and when it happened, ISO 8601 in UTC."""

    at: str
    event: Event
