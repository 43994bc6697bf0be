"""A run's report on a screen."""

from collections import Counter
from collections.abc import Iterator

from htrkit.core.report import Report
from htrkit.core.report_pages import PageStory
from htrkit.domain.events import PageDone, PageFailed
from htrkit.domain.failure import FailureClass
from htrkit.outputs.text import visible
from htrkit.ui.failure_breakdown import class_lines, failures_head
from htrkit.ui.flag_words import flag_words
from htrkit.ui.report_shards import SHARD_HEADS, SHARD_NUMBERS, shard_row
from htrkit.ui.report_words import HERE, at_work, incident, next_steps, outcome
from htrkit.ui.tables import pairs, table
from htrkit.ui.words import amount, counted, duration, shown, size

_LONGEST = 160
"""Cells of a message that are shown; JSON and CSV have it whole."""

MOST_SHARDS = 40
"""More are named only where they wait for somebody."""
_LATEST = 20
"""Incidents that are shown."""


def report_table(report: Report) -> str:
    """Give every section that has something to say, with an empty line between."""
    sections = (
        _head(report),
        _shards(report),
        _verified(report),
        _failures(report),
        _in_hand(report),
        _retried(report),
        _flagged(report),
        _slowest(report),
        _throughput(report),
        _workers(report),
        _incidents(report),
        _made_of(report),
        _settings(report),
    )
    return "\n\n".join(section for section in sections if section)


def _head(report: Report) -> str:
    facts = report.facts
    steps = next_steps(report)
    rows = [
        ("run", f"{shown(report.out)}  {facts.run_id}"),
        ("started", facts.started),
        ("outcome", outcome(report)),
        ("pages", report.counts.identity),
        ("read", at_work(report)),
        ("next", "\n".join(steps)),
    ]
    return pairs([row for row in rows if row[1]])


def _shards(report: Report) -> str:
    """Name each shard; of very many, those that wait for somebody."""
    if not report.shards:
        return ""
    many = len(report.shards) > MOST_SHARDS
    named = [one for one in report.shards if one.waits] if many else report.shards
    left_out = f"and {amount(len(report.shards) - len(named))} more, which need nobody" if many else ""
    rows = [shard_row(one, report.out) for one in named]
    return "\n".join([table(SHARD_HEADS, rows, right=SHARD_NUMBERS), *([left_out] if left_out else [])])


def _verified(report: Report) -> str:
    found = report.verified
    if found is None:
        return ""
    looked = f"{counted(found.files, 'promised file')}, {size(found.size)}"
    if not found.damages:
        return f"VERIFIED {looked}: all are as they were written, and all XML is valid"
    rows = [(damage.path, damage.kind, _cut(damage.detail)) for damage in found.damages]
    head = f"DAMAGED {amount(len(rows))} of {looked}"
    return f"{head}\n{table(('file', 'is', 'found'), rows)}"


def _failures(report: Report) -> str:
    if not report.counts.failed:
        return ""
    counts = Counter[FailureClass]()
    for group in report.failures:
        counts[group.failure] += group.pages
    stages = [(group.failure, group.step, amount(group.pages)) for group in report.failures]
    pages = [_failed(page) for page in report.failed]
    return "\n\n".join(
        (
            "\n".join((failures_head(report.counts.failed, report.counts.selected), *class_lines(counts, report.out))),
            table(("class", "stage", "pages"), stages, right=frozenset({2})),
            table(("failed page", "image", "class", "stage", "tries", "error"), pages, right=frozenset({4})),
        )
    )


def _failed(page: PageStory) -> tuple[str, ...]:
    end = page.end
    assert isinstance(end, PageFailed), "a failed page"  # noqa: S101 - narrows the type
    return page.key, visible(end.image), end.failure, end.step, amount(end.attempts), _cut(end.message)


def _in_hand(report: Report) -> str:
    if not report.in_hand:
        return ""
    return f"IN HAND {len(report.in_hand)}: {', '.join(page.key for page in report.in_hand)}"


def _retried(report: Report) -> str:
    if not report.retried:
        return ""
    rows = [
        (page.key, page.state, amount(len(page.setbacks)), _cut("; ".join(page.setbacks))) for page in report.retried
    ]
    return f"RETRIED {amount(len(rows))}\n{table(('page', 'now', 'times', 'why'), rows, right=frozenset({2}))}"


def _flagged(report: Report) -> str:
    if not report.flagged:
        return ""
    flags = ", ".join(f"{visible(flag)} {amount(number)}" for flag, number in report.flags)
    rows = [(page.key, _cut(flag_words(page))) for page in report.flagged]
    return f"FLAGGED {amount(len(rows))}: {flags}\n{table(('page', 'flags'), rows)}"


def _slowest(report: Report) -> str:
    times = report.times
    if times is None:
        return ""
    shares = ", ".join(f"{visible(step)} {duration(seconds)}" for step, seconds in report.steps.items() if seconds)
    head = (
        f"SECONDS A PAGE  median {times.median:.1f}  90 % under {times.ninetieth:.1f}"
        f"  99 % under {times.ninety_ninth:.1f}  most {times.most:.1f}\nin all: {shares}"
    )
    rows = [(page.key, f"{page.seconds:.1f}", amount(page.lines), _longest_step(page)) for page in report.slowest]
    return f"{head}\n{table(('slowest pages', 'seconds', 'lines', 'longest step'), rows, right=frozenset({1, 2}))}"


def _longest_step(page: PageDone) -> str:
    if not page.step_seconds:
        return ""
    step, seconds = max(page.step_seconds.items(), key=lambda one: one[1])
    return f"{visible(step)} {seconds:.1f}"


def _throughput(report: Report) -> str:
    buckets = report.throughput.buckets
    if not buckets:
        return ""
    devices = sorted({bucket.device for bucket in buckets})
    rows = []
    for span in report.throughput.spans:
        here = [bucket for bucket in buckets if bucket.began == span]
        each = [amount(sum(one.pages for one in here if one.device == device)) for device in devices]
        total = amount(sum(one.pages for one in here)), amount(sum(one.lines for one in here))
        rows.append((span, *total, *(each if len(devices) > 1 else ())))
    named = [f"on {visible(device) or HERE}" for device in devices] if len(devices) > 1 else []
    heads = (f"each {duration(report.throughput.width_seconds)} from", "pages", "lines", *named)
    return table(heads, rows, right=frozenset(range(1, len(heads))))


def _workers(report: Report) -> str:
    rows = [
        (
            visible(one.worker) or HERE,
            visible(one.device) or "-",
            amount(one.pages),
            amount(one.lines),
            duration(one.busy_seconds),
            f"{one.pages / one.busy_seconds * 60:.1f}" if one.busy_seconds else "-",
        )
        for one in report.shares
    ]
    heads = ("worker", "device", "pages", "lines", "busy", "pages/min")
    return table(heads, rows, right=frozenset({2, 3, 4, 5})) if rows else ""


def _incidents(report: Report) -> str:
    earlier = len(report.incidents) - _LATEST
    told = [incident(one) for one in report.incidents[-_LATEST:]]
    return "\n".join([*([f"and {amount(earlier)} before:"] if earlier > 0 else []), *told])


def _made_of(report: Report) -> str:
    facts = report.facts
    rows = [(f"{model.role} model", f"{model.name}  {model.sha256}") for model in facts.models]
    rows += [("inputs", "\n".join(facts.inputs))] if facts.inputs else []
    rows += list(_versions(report))
    return pairs(rows)


def _versions(report: Report) -> Iterator[tuple[str, str]]:
    yield from report.facts.versions
    yield from report.facts.machine


def _settings(report: Report) -> str:
    rows = [(one.name, one.value or "-", one.origin) for one in report.facts.settings]
    return table(("setting", "value", "from"), rows) if rows else ""


def _cut(text: str) -> str:
    """Give a message on one line, and not more of it than a line can hold."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
