"""The sentences of a report that its table and its HTML share."""

from collections import Counter

from htrkit.core.report import Course, Report
from htrkit.core.report_advice import resume_command, retry_command, typed_out
from htrkit.core.report_pages import Happening, Incident
from htrkit.core.shard_standing import ShardState, ShardStory
from htrkit.domain.events import (
    BatchShrunk,
    DeviceEnough,
    DeviceShort,
    MemoryEnough,
    MemoryShort,
    RunContinued,
    RunDraining,
    RunPaused,
    ServerGivenUp,
    ServerLost,
    WorkerGivenUp,
    WorkerLost,
)
from htrkit.outputs.text import visible
from htrkit.ui.words import amount, counted, duration, percent, shown

HERE = "this process"
"""Said of pages that a run without processes of its own has read."""


MOST_SHARD_STEPS = 8
"""Commands for shards that are given one by one; one command takes all that is left, too."""


def outcome(report: Report) -> str:
    """Say how the run stands."""
    if report.shards and report.course is not Course.NOT_BEGUN:
        return shards_outcome(report)
    last = f"last entry {report.sittings[-1].last}" if report.sittings else ""
    match report.course:
        case Course.NOT_BEGUN:
            return "not begun: the journal is empty"
        case Course.NOT_ENDED:
            return f"no end is written: it is going on, or was cut off; {last}"
        case Course.PAUSED:
            return f"paused: {visible(report.reason)}; {last}"
        case Course.DRAINING:
            return f"finishing the pages in hand: {visible(report.reason)}; {last}"
        case Course.ENDED:
            return f"{visible(report.reason)}; exit code {report.exit_code}"


def next_steps(report: Report) -> tuple[str, ...]:
    """Give the commands to type next, the first first; none where everything is done."""
    out = shown(report.out)
    damaged = report.verified is not None and report.verified.damages
    resume = (resume_command(out),) if report.counts.not_run or damaged else ()
    if report.shards and not damaged:
        waiting = [shard_command(one, out) for one in report.shards if one.waits]
        # What is at work is left to itself.
        resume = tuple(dict.fromkeys([*waiting[:MOST_SHARD_STEPS], *(resume if waiting else ())]))
    classes = dict.fromkeys(group.failure for group in report.failures)
    return resume + tuple(retry_command(failure, out) for failure in classes)


def shard_command(shard: ShardStory, out: str) -> str:
    """Give the command that finishes a shard; one of an earlier cut has no number of its own any more."""
    if shard.name is None or not shard.newest:
        return resume_command(out)
    return f"{resume_command(out)} --shard {shard.name.shard}"


def shard_name(shard: ShardStory) -> str:
    """Give what a shard is called: `2/4`."""
    return "before any cut" if shard.name is None else str(shard.name)


def shards_outcome(report: Report) -> str:
    """Say how many shards stand how: `2 finished, 1 died, 1 never ran; finished; exit code 4`."""
    counts = Counter(one.state for one in report.shards)
    states = ", ".join(f"{amount(counts[state])} {state}" for state in ShardState if counts[state])
    words = f"{counted(len(report.shards), 'shard')}: {states}"
    if report.course is Course.ENDED:
        return f"{words}; {visible(report.reason)}; exit code {report.exit_code}"
    return f"{words}; last entry {max(one.last for one in report.sittings)}"


def all_pages(report: Report) -> str:
    """Give the command that lists every page, however many there are."""
    return f"htrkit report {typed_out(shown(report.out))} --format csv"


def at_work(report: Report) -> str:
    """Say how long the run took and what came of it."""
    done, seconds = report.counts.done, report.seconds
    lines, characters = sum(page.lines for page in report.done), sum(page.characters for page in report.done)
    sittings = f" in {counted(len(report.sittings), 'sitting')}" if len(report.sittings) > 1 else ""
    rate = f", {done / seconds * 60:.1f} pages/min" if done and seconds else ""
    return f"{counted(lines, 'line')}, {amount(characters)} characters; {duration(seconds)}{sittings}{rate}"


def incident(one: Incident) -> str:
    """Say what happened to the run itself."""
    return f"{one.at}  {visible(_said(one.event))}"


def _said(event: Happening) -> str:
    match event:
        case WorkerLost():
            held = f", with {event.key} in hand" if event.key else ""
            return f"worker {event.worker} was lost: {event.cause}{held}"
        case WorkerGivenUp():
            return f"worker {event.worker} was given up: {event.message}"
        case ServerLost():
            held = f", with {', '.join(event.keys)} on it" if event.keys else ""
            return f"the server of {event.server} was lost: {event.cause}{held}"
        case ServerGivenUp():
            return f"{event.server} was given up: {event.message}"
        case BatchShrunk():
            return f"{event.server}: batches to {event.step} shrank from {event.was} to {event.now} for want of memory"
        case MemoryShort():
            return f"memory ran short: {percent(event.used_share)} used, {event.free_bytes // 10**6:,} MB free"
        case MemoryEnough():
            return f"memory was enough again: {percent(event.used_share)} used"
        case DeviceShort():
            free = f"{event.free_bytes // 10**6:,} MB free"
            return f"memory of {event.device} ran short: {percent(event.used_share)} used, {free}"
        case DeviceEnough():
            return f"memory of {event.device} was enough again: {percent(event.used_share)} used"
        case RunPaused():
            return f"paused: {event.reason}"
        case RunContinued():
            return f"went on after {duration(event.paused_seconds)}"
        case RunDraining():
            return f"no new pages were given out: {event.reason}"
