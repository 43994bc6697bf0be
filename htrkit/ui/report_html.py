"""A run's report as one HTML page to keep or send: nothing from outside, no scripts, no trust in names."""

from collections.abc import Iterator

from htrkit.core.report import Report
from htrkit.core.report_advice import typed_out
from htrkit.ui.html_words import commands, document, html_table, paragraph, section, text
from htrkit.ui.report_charts import counts_bar
from htrkit.ui.report_html_facts import further, made_of
from htrkit.ui.report_html_pages import doubtful, failures, flagged, retried
from htrkit.ui.report_html_work import incidents, memory, throughput, times
from htrkit.ui.report_shards import shards_section
from htrkit.ui.report_words import at_work, next_steps, outcome
from htrkit.ui.words import amount, counted, shown, size


def report_html(report: Report) -> str:
    """Give the whole document."""
    return document(f"htrkit report: {shown(report.out)}", _parts(report))


def _parts(report: Report) -> Iterator[str]:
    yield f"<h1>{text(shown(report.out))}</h1>"
    yield _made_when(report)
    yield paragraph(outcome(report), "outcome")
    yield counts_bar(report.counts)
    yield paragraph(report.counts.identity)
    yield paragraph(at_work(report))
    if steps := next_steps(report):
        yield section("Next", commands(steps))
    yield shards_section(report)
    yield _verified(report)
    yield failures(report)
    yield doubtful(report)
    yield paragraph(report.pictures.given_up, "quiet") if report.pictures.given_up else ""
    yield flagged(report)
    yield retried(report)
    yield throughput(report)
    yield memory(report)
    yield times(report)
    yield incidents(report)
    yield further(report)
    yield made_of(report)


def _made_when(report: Report) -> str:
    facts = report.facts
    with_what = [one.value for one in facts.settings if one.name == "engine"]
    with_what += [model.name for model in facts.models if model.role == "recognition"]
    words = [f"run {facts.run_id}", f"started {facts.started}", *([" with ".join(with_what)] if with_what else [])]
    return paragraph(" · ".join(words), "quiet")


def _verified(report: Report) -> str:
    found = report.verified
    if found is None:
        return ""
    looked = f"{counted(found.files, 'promised file')}, {size(found.size)}"
    if not found.damages:
        return section("Verified", paragraph(f"{looked}: all are as they were written, and all XML is valid"))
    rows = [(damage.path, damage.kind, damage.detail) for damage in found.damages]
    table = html_table(
        ("file", "is", "found"), rows, everything=f"htrkit report {typed_out(shown(report.out))} --verify"
    )
    return section(f"Damaged: {amount(len(rows))} of {looked}", table)
