"""What an event is in words: one line, for logs and pipes."""

from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
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
    WorkerGivenUp,
    WorkerLost,
    WorkerStarted,
)
from htrkit.ui.words import amount, counted, duration, percent


def event_words(event: Event) -> str:
    """Say what happened."""
    match event:
        case RunStarted():
            return f"{counted(event.pages, 'page')} to read"
        case RunResumed():
            return f"{counted(event.left, 'page')} left of {amount(event.pages)}"
        case PageStarted():
            return f"begun: {event.key}" + (f" (attempt {event.attempt})" if event.attempt > 1 else "")
        case PageDone():
            return page_words(event)
        case PageFailed():
            return f"failed: {event.key} ({event.failure}): {event.message}"
        case PageSkipped():
            return f"skipped: {event.key}: {event.reason}"
        case PageStruck():
            return f"put back: {event.key}: {event.cause} ({event.step})"
        case PageRetried():
            return f"put back: {event.key}: {event.message}"
        case WorkerStarted():
            return f"ready: worker {event.worker} on {event.device} after {duration(event.seconds)}"
        case WorkerLost():
            return f"lost: worker {event.worker}: {event.cause}"
        case WorkerGivenUp():
            return f"given up: worker {event.worker}: {event.message}"
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
    flags = f", flagged: {', '.join(page.flags)}" if page.flags else ""
    sure = f", confidence {percent(page.confidence)}" if page.confidence is not None else ""
    return f"{page.key}: {counted(page.lines, 'line')}{sure}, {duration(page.seconds)}{flags}"
