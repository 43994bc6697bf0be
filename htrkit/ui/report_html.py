"""A run's report as one HTML page to keep or send: nothing from outside, no scripts, no trust in names."""

from collections.abc import Iterator

from htrkit.core.report import Report
from htrkit.core.report_advice import ADVICE, retry_command
from htrkit.domain.events import PageFailed
from htrkit.ui.html_words import commands, document, folded, html_table, paragraph, section, text
from htrkit.ui.report_charts import counts_bar, throughput_chart
from htrkit.ui.report_words import HERE, at_work, incident, next_steps, outcome
from htrkit.ui.words import amount, counted, duration, shown, size


def report_html(report: Report) -> str:
    """Give the whole document."""
    return document(f"htrkit report: {shown(report.out)}", _parts(report))


def _parts(report: Report) -> Iterator[str]:
    yield f"<h1>{text(shown(report.out))}</h1>"
    yield f'<p class="quiet">run {text(report.facts.run_id)}, started {text(report.facts.started)}</p>'
    yield paragraph(outcome(report))
    yield counts_bar(report.counts)
    yield paragraph(report.counts.identity)
    yield paragraph(at_work(report))
    if steps := next_steps(report):
        yield section("Next", commands(steps))
    yield _verified(report)
    yield _failures(report)
    yield _looked_at_again(report)
    yield _times(report)
    yield _throughput(report)
    if report.incidents:
        yield section("What happened to the run", *(paragraph(incident(record)) for record in report.incidents))
    yield _made_of(report)


def _verified(report: Report) -> str:
    found = report.verified
    if found is None:
        return ""
    looked = f"{counted(found.files, 'promised file')}, {size(found.size)}"
    if not found.damages:
        return section("Verified", paragraph(f"{looked}: all are as they were written, and all XML is valid"))
    rows = [(damage.path, damage.kind, damage.detail) for damage in found.damages]
    return section(f"Damaged: {amount(len(rows))} of {looked}", html_table(("file", "is", "found"), rows))


def _failures(report: Report) -> str:
    if not report.failures:
        return ""
    out = shown(report.out)
    groups = [
        (one.failure, one.step, amount(one.pages), ADVICE[one.failure].words, retry_command(one.failure, out))
        for one in report.failures
    ]
    pages = [
        (page.key, end.image, end.failure, end.step, amount(end.attempts), end.message)
        for page in report.failed
        if isinstance(end := page.end, PageFailed)
    ]
    return section(
        f"Failures: {amount(report.counts.failed)} of {amount(report.counts.selected)}",
        html_table(("class", "stage", "pages", "what helps", "command"), groups, right=frozenset({2})),
        "<p></p>",
        html_table(("page", "image", "class", "stage", "tries", "error"), pages, right=frozenset({4})),
    )


def _looked_at_again(report: Report) -> str:
    parts = []
    if report.flagged:
        flags = ", ".join(f"{flag} {amount(number)}" for flag, number in report.flags)
        rows = [(page.key, ", ".join(page.flags)) for page in report.flagged]
        parts.append(section(f"Flagged: {flags}", html_table(("page", "flags"), rows)))
    if report.retried:
        again = [(page.key, page.state, "; ".join(page.setbacks)) for page in report.retried]
        parts.append(section(f"Retried: {amount(len(again))}", html_table(("page", "now", "why"), again)))
    return "\n".join(parts)


def _times(report: Report) -> str:
    times = report.times
    if times is None:
        return ""
    figures = (
        f"median {times.median:.1f}, 90 % under {times.ninetieth:.1f},"
        f" 99 % under {times.ninety_ninth:.1f}, most {times.most:.1f}"
    )
    steps = ", ".join(f"{step} {duration(seconds)}" for step, seconds in report.steps.items() if seconds)
    rows = [(page.key, f"{page.seconds:.1f}", amount(page.lines)) for page in report.slowest]
    slowest = html_table(("slowest pages", "seconds", "lines"), rows, right=frozenset({1, 2}))
    return section("Seconds a page", paragraph(figures), paragraph(f"in all: {steps}"), slowest)


def _throughput(report: Report) -> str:
    if not report.shares:
        return ""
    rows = [
        (one.worker or HERE, one.device, amount(one.pages), amount(one.lines), duration(one.busy_seconds))
        for one in report.shares
    ]
    spans = [
        (one.began, one.worker or HERE, one.device, amount(one.pages), amount(one.lines))
        for one in report.throughput.buckets
    ]
    heads, numbers = ("worker", "device", "pages", "lines"), frozenset({2, 3, 4})
    return section(
        f"Pages in each {duration(report.throughput.width_seconds)}",
        throughput_chart(report.throughput),
        html_table((*heads, "busy"), rows, right=numbers),
        folded("Over time", html_table(("from", *heads), spans, right=frozenset({3, 4}))),
    )


def _made_of(report: Report) -> str:
    facts = report.facts
    rows = [(f"{model.role} model", f"{model.name} {model.sha256}") for model in facts.models]
    rows += [*facts.versions, *facts.machine, *(("input", one) for one in facts.inputs)]
    settings = [(one.name, one.value, one.origin) for one in facts.settings]
    return folded(
        "Settings and versions", html_table(("of", "what"), rows), html_table(("setting", "value", "from"), settings)
    )
