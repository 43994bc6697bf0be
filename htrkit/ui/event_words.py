"""What an event is in words: one line, for logs and pipes."""

from htrkit.domain.events import (
    BatchResized,
    BatchShrunk,
    DeviceEnough,
    DeviceFed,
    DeviceShort,
    Event,
    ItemMoved,
    MachineSampled,
    MemoryEnough,
    MemoryShort,
    OfPage,
    OfProcess,
    OfRun,
    PageDone,
    PageFailed,
    PageRemade,
    PageRetried,
    PageSkipped,
    PageStarted,
    PageStruck,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    ServerGivenUp,
    ServerLost,
    ServerStarted,
    WorkerGivenUp,
    WorkerLost,
    WorkerRetired,
    WorkerStarted,
)
from htrkit.ui.flag_words import flag_words
from htrkit.ui.words import amount, counted, duration, percent


def event_words(event: Event) -> str:
    """Say what happened."""
    if isinstance(event, OfPage):
        return _of_page(event)
    return _of_process(event) if isinstance(event, OfProcess) else _of_run(event)


def _of_page(event: OfPage) -> str:
    match event:
        case PageStarted():
            return f"begun: {event.key}" + (f" (attempt {event.attempt})" if event.attempt > 1 else "")
        case PageDone():
            return page_words(event)
        case PageRemade():
            return f"made again from its record: {event.key}: {', '.join(file.path for file in event.files)}"
        case PageFailed():
            return f"failed: {event.key} ({event.failure}): {event.message}"
        case PageSkipped():
            return f"skipped: {event.key}: {event.reason}"
        case PageStruck():
            return f"put back: {event.key}: {event.cause} ({event.step})"
        case PageRetried():
            return f"put back: {event.key}: {event.message}"


def _of_process(event: OfProcess) -> str:
    match event:
        case WorkerStarted():
            return f"ready: worker {event.worker} on {event.device} after {duration(event.seconds)}"
        case WorkerLost():
            return f"lost: worker {event.worker}: {event.cause}"
        case WorkerRetired():
            return f"started anew: worker {event.worker}: {event.reason}"
        case WorkerGivenUp():
            return f"given up: worker {event.worker}: {event.message}"
        case ServerStarted():
            return f"ready: the server of {event.server} after {duration(event.seconds)}"
        case ServerLost():
            held = f", with {', '.join(event.keys)} on it" if event.keys else ""
            return f"lost: the server of {event.server}: {event.cause}{held}"
        case ServerGivenUp():
            return f"given up: {event.server}: {event.message}"
        case BatchShrunk():
            return f"{event.server}: batches to {event.step} hold {event.now} instead of {event.was}: too little memory"
        case ItemMoved():
            return f"{event.server}: an item too large for it is computed on the CPU ({event.step})"
        case DeviceFed():
            how = f"{percent(event.full_share)} full, {percent(event.padding_share)} of them padding"
            return f"{event.server}: {counted(event.batches, 'batch', 'batches')} to {event.step}, {how}"
        case BatchResized():
            return f"{event.server}: batches to {event.step} hold {event.now} instead of {event.was}"


def _of_run(event: OfRun) -> str:
    match event:
        case RunStarted():
            return f"{counted(event.pages, 'page')} to read"
        case RunResumed():
            return f"{counted(event.left, 'page')} left of {amount(event.pages)}"
        case MemoryShort():
            free = f"{event.free_bytes // 10**6:,} MB free"
            return f"memory is short: {percent(event.used_share)} used, {free}; fewer pages at once until it is not"
        case MemoryEnough():
            return f"memory is enough again: {percent(event.used_share)} used"
        case DeviceShort():
            free = f"{event.free_bytes // 10**6:,} MB free"
            return f"memory of {event.device} is short: {percent(event.used_share)} used, {free}; its cache is emptied"
        case DeviceEnough():
            return f"memory of {event.device} is enough again: {percent(event.used_share)} used"
        case MachineSampled():
            return f"memory: {percent(1 - event.free_bytes / event.total_bytes if event.total_bytes else 0)} used"
        case RunPaused():
            return f"paused: {event.reason}"
        case RunContinued():
            return f"going on after {duration(event.paused_seconds)}"
        case RunDraining():
            return f"finishing the pages in hand: {event.reason}"
        case RunEnded():
            return f"ended: {event.reason}"


def page_words(page: PageDone) -> str:
    """Say what a page came to."""
    flags = f", flagged: {flag_words(page)}" if page.flags else ""
    sure = f", confidence {percent(page.confidence)}" if page.confidence is not None else ""
    return f"{page.key}: {counted(page.lines, 'line')}{sure}, {duration(page.seconds)}{flags}"
