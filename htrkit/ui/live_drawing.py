"""The live panels as lines: a pure function of what is known, the terminal's size, and the moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from htrkit.core.interval import Interval
from htrkit.domain.schedule import InHand
from htrkit.ui.live_history import block_lines, history_lines
from htrkit.ui.live_layout import View
from htrkit.ui.live_lines import beside, cropped, first_that_fits, plural
from htrkit.ui.live_machine import device_lines, memory_line
from htrkit.ui.live_marks import (
    elapsed_words,
    lines_words,
    pages_words,
    progress_bar,
    range_words,
    short_pages_words,
    short_time,
)
from htrkit.ui.live_state import Course, DevicePanel, LiveState, Notice
from htrkit.ui.words import shown

LEAST_BAR, MOST_BAR = 10, 60
SILENT_SECONDS = 300
"""A run that goes on is heard of at least every minute: its memory is told of."""


@dataclass(frozen=True, slots=True)
class Title:
    """What does not change while a run goes on."""

    command: str
    """`htrkit run`."""
    name: str
    """Of OUT."""
    engine: str
    hint: str = "Ctrl-C once: finish the pages in hand and stop (resumable)"
    """What to press."""
    draining_hint: str = "Ctrl-C again: stop at once (resumable)"
    silent_hint: str = ""
    """Where the run goes on elsewhere: what to think when nothing is heard of it any more."""


def draw(state: LiveState, title: Title, view: View, *, left: Interval | None = None) -> tuple[Text, ...]:
    """Give the panels' lines: as many as the layout has rows, none wider than it."""
    layout = view.layout
    lines = [
        _title_line(state, title, view),
        _pages_line(state, view, left),
        _counts_line(state, view),
        *device_lines(state, view),
        *(memory_line(state, view) for _ in range(layout.memory)),
        *history_lines(state, view),
        *block_lines(state, view),
        *_now_lines(state, view),
        *_last_lines(state, view),
        *(_hint_line(state, title, view) for _ in range(layout.hint)),
    ]
    return tuple(cropped(line, layout.width, view.glyphs) for line in lines)


def _title_line(state: LiveState, title: Title, view: View) -> Text:
    line = Text.assemble((title.command, "bold"), "  ", (shown(title.name), "bold cyan"), f"   {shown(title.engine)}")
    if devices := _devices_words(tuple(state.devices.values())):
        line.append(f"   {devices}")
    match state.course:
        case Course.GOING:
            pass
        case Course.PAUSED | Course.DRAINING | Course.ENDED:
            line.append("   ")
            line.append(str(state.course).upper(), "bold yellow")
    elapsed = elapsed_words(view.now - state.began)
    return beside(line, (f"{elapsed} elapsed", elapsed), view.layout.width)


def _devices_words(devices: Sequence[DevicePanel]) -> str:
    """Give `2 GPUs`, or `6 GPUs on 3 nodes`; the processors only where there is nothing else."""
    names = [one.name for one in devices]
    servers = [name for name in names if "://" in name]
    processors = [name for name in names if name.rpartition("/")[2] == "cpu"]
    if servers:
        return plural(len(servers), "server")
    if len(names) > len(processors):
        return plural(len(names) - len(processors), "GPU") + _nodes_words(names)
    if len(processors) > 1:
        return plural(len(processors), "CPU") + _nodes_words(names)
    return "CPU" if processors else ""


def _nodes_words(names: Sequence[str]) -> str:
    nodes = {name.rpartition("/")[0] for name in names}
    return f" on {plural(len(nodes), 'node')}" if len(nodes) > 1 else ""


def _pages_line(state: LiveState, view: View, left: Interval | None) -> Text:
    tally = state.tally
    ended = tally.selected - tally.not_run
    share = f"{100 * ended // tally.selected if tally.selected else 0}%"
    words = f" {ended}/{tally.selected}  {share:>3}  {_left_words(state, view, left)}"
    cells = min(max(view.layout.width - len("pages ") - max(len(words), 40), LEAST_BAR), MOST_BAR)
    done, rest = progress_bar(ended, tally.selected, cells, view.glyphs)
    return Text.assemble("pages ", (done, "green"), (rest, "dim"), words)


def _left_words(state: LiveState, view: View, left: Interval | None) -> str:
    match state.course:
        case Course.PAUSED:
            return "ETA: when it goes on"
        case Course.DRAINING:
            return plural(len(state.pages_in_hand), "page") + " in hand"
        case Course.ENDED:
            return "ended"
        case Course.GOING:
            return f"ETA {_eta_words(state, view, left)}" if state.tally.not_run else "all have ended"


def _eta_words(state: LiveState, view: View, left: Interval | None) -> str:
    """Give what is foretold; without that, what it takes at the pace of late, without a range that nobody knows."""
    if left is not None:
        return range_words(left.low, left.expected, left.high, view.glyphs)
    rate = state.pace.rate(view.now)
    if not rate.pages:
        return view.glyphs.dash
    seconds = state.tally.not_run / rate.pages
    return f"about {range_words(seconds, seconds, seconds, view.glyphs)}"


def _counts_line(state: LiveState, view: View) -> Text:
    tally = state.tally
    line = Text(f"done {tally.done}  ")
    line.append(f"failed {tally.failed}", "bold red" if tally.failed else "")
    line.append("  ")
    line.append(f"flagged {tally.flagged}", "yellow" if tally.flagged else "")
    line.append(f"  retried {tally.retried}")
    if tally.skipped:
        line.append(f"  skipped {tally.skipped}")
    rate = state.pace.rate(view.now)
    pages = pages_words(rate)
    return beside(line, (f"{pages}  {lines_words(rate)}", pages, short_pages_words(rate)), view.layout.width)


def _now_lines(state: LiveState, view: View) -> list[Text]:
    """Give the pages in hand, those in their step for longest first."""
    words = [_hand_words(hand, view) for hand in state.pages_in_hand]
    lines = []
    for row in range(view.layout.now):
        head = "now   " if row == 0 else "      "
        last = row == view.layout.now - 1
        told = first_that_fits(words, view.layout.width - len(head), view.glyphs.between, count_others=last)
        words = words[told.taken :]
        lines.append(Text(head + told.words))
    return lines


def _hand_words(hand: InHand, view: View) -> str:
    step = f" {hand.step}" if hand.step is not None else ""
    return f"{shown(hand.key)}{step} {short_time(view.now - hand.since)}"


def _last_lines(state: LiveState, view: View) -> list[Text]:
    """Give the newest failures, and below them the newest flags; each kind takes what the other leaves."""
    failures = min(len(state.failures), max(view.layout.last - len(state.flagged), (view.layout.last + 1) // 2))
    flags = min(len(state.flagged), view.layout.last - failures)
    notices = (*state.failures[:failures], *state.flagged[:flags])
    lines = [_notice_line(notice, view) for notice in notices]
    return [*lines, *(Text() for _ in range(view.layout.last - len(lines)))]


def _notice_line(notice: Notice, view: View) -> Text:
    glyphs = view.glyphs
    mark, style, end = (glyphs.failed, "red", "set aside") if notice.failed else (glyphs.flagged, "yellow", "flagged")
    line = Text.assemble("last ", (mark, f"bold {style}"), f" {shown(notice.key)}  {shown(notice.words)}")
    # What became of the page is said whole; the cause is cut where there is no room for both.
    return Text.assemble(cropped(line, view.layout.width - len(end) - 2, view.glyphs), "  ", (end, style))


def _hint_line(state: LiveState, title: Title, view: View) -> Text:
    since = short_time(view.now - state.since)
    match state.course:
        case Course.GOING if state.short_of_memory:
            return Text.assemble(("MEMORY IS SHORT", "bold yellow"), ": fewer pages at once until it is not")
        case Course.GOING if title.silent_hint and view.now - state.heard_at > SILENT_SECONDS:
            return Text(f"nothing heard for {short_time(view.now - state.heard_at)}: {title.silent_hint}", "yellow")
        case Course.GOING:
            return Text(title.hint, "dim")
        case Course.PAUSED:
            return Text.assemble(("PAUSED", "bold yellow"), f" for {since}, goes on by itself: {shown(state.reason)}")
        case Course.DRAINING:
            words = f" ({shown(state.reason)}){view.glyphs.between}{title.draining_hint}"
            return Text.assemble(("FINISHING PAGES IN HAND", "bold yellow"), words)
        case Course.ENDED:
            return Text.assemble(("ENDED", "bold"), f": {shown(state.reason)}")
