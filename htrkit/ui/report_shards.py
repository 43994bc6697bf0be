"""The shards of a run in its report: a table on a screen and in HTML, and their part of the JSON document."""

from collections.abc import Mapping

from htrkit.core.report import Report
from htrkit.core.shard_standing import ShardState, ShardStory
from htrkit.ui.html_words import html_table, section
from htrkit.ui.report_words import shard_command, shard_name
from htrkit.ui.words import amount, shown

SHARD_HEADS = ("shard", "is", "pages", "done", "failed", "left", "last entry", "to finish it")
SHARD_NUMBERS = frozenset({2, 3, 4, 5})


def shard_row(shard: ShardStory, out: str) -> tuple[str, ...]:
    """Give the cells of a shard's row; one that needs nobody has no command."""
    return (
        shard_name(shard),
        _state(shard),
        *(amount(number) for number in (shard.pages, shard.done, shard.failed, shard.left)),
        shard.last or "-",
        shard_command(shard, shown(out)) if shard.waits else "",
    )


def shards_section(report: Report) -> str:
    """Give the shards of a run as HTML; nothing for a run in none."""
    if not report.shards:
        return ""
    # Those that wait for somebody first: a long table is cut.
    ordered = sorted(report.shards, key=lambda one: not one.waits)
    rows = [shard_row(one, report.out) for one in ordered]
    return section("Shards", html_table(SHARD_HEADS, rows, right=SHARD_NUMBERS))


def shard_document(shard: ShardStory, out: str) -> Mapping[str, object]:
    """Give a shard as JSON has it; `next` is null where nobody is needed."""
    return {
        "cut": None if shard.name is None else shard.name.cut,
        "shard": None if shard.name is None else str(shard.name.shard),
        "state": shard.state,
        "pages": shard.pages,
        "done": shard.done,
        "failed": shard.failed,
        "skipped": shard.skipped,
        "left": shard.left,
        "reason": shard.reason or None,
        "exit_code": shard.exit_code,
        "last": shard.last or None,
        "held_by": shown(shard.held_by) or None,
        "next": shard_command(shard, shown(out)) if shard.waits else None,
    }


def _state(shard: ShardStory) -> str:
    match shard.state:
        case ShardState.AT_WORK:
            return f"{shard.state}: {shown(shard.held_by)}"
        case ShardState.STOPPED:
            return f"{shard.state}: {shown(shard.reason)}"
        case ShardState.FINISHED | ShardState.DIED | ShardState.NEVER_RAN:
            return shard.state
