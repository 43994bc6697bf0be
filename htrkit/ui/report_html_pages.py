"""The pages in a report in HTML that people should look at: failed, doubtful, flagged, taken again."""

from collections.abc import Iterator
from itertools import groupby

from htrkit.core.report import Report
from htrkit.core.report_advice import ADVICE, retry_command
from htrkit.core.report_pages import PageStory
from htrkit.core.report_pictures import DoubtfulLine, Thumbnail
from htrkit.domain.events import PageFailed
from htrkit.domain.failure import FailureClass
from htrkit.domain.page import Direction
from htrkit.ui.flag_words import flag_words
from htrkit.ui.html_words import commands, foldable, html_table, image, paragraph, section, text
from htrkit.ui.report_words import all_pages
from htrkit.ui.words import amount, counted, percent, shown


def failures(report: Report) -> str:
    """Give the failed pages by class, with pictures of some, and what helps."""
    if not report.failures:
        return ""
    pages = [
        (page.key, end.image, end.failure, end.step, amount(end.attempts), end.message)
        for page in report.failed
        if isinstance(end := page.end, PageFailed)
    ]
    heads = ("page", "image", "class", "stage", "tries", "error")
    table = html_table(heads, pages, right=frozenset({4}), everything=all_pages(report))
    return section(
        f"Failures: {amount(report.counts.failed)} of {amount(report.counts.selected)}",
        *_classes(report),
        foldable("All failed pages", pages, table),
    )


def _classes(report: Report) -> Iterator[str]:
    out = shown(report.out)
    shots = [page for page in report.failed if page.key in report.pictures.failed]
    groups = sorted(report.failures, key=lambda group: [one.failure for one in report.failures].index(group.failure))
    for failure, steps in groupby(groups, key=lambda group: group.failure):
        counts = {group.step: group.pages for group in steps}
        where = ", ".join(f"{step} {amount(number)}" for step, number in counts.items())
        title = f"<h3>{text(failure)}: {counted(sum(counts.values()), 'page')} <small>({text(where)})</small></h3>"
        helps = paragraph(f"What helps: {ADVICE[failure].words}")
        again = commands((retry_command(failure, out),))
        yield f'<div class="class">\n{title}\n{helps}\n{again}\n{_shots(failure, shots, report)}\n</div>'


def _shots(failure: FailureClass, pages: list[PageStory], report: Report) -> str:
    listed = [
        _shot(page, page.end, report.pictures.failed[page.key])
        for page in pages
        if isinstance(page.end, PageFailed) and page.end.failure is failure
    ]
    return '<ul class="pages">\n' + "\n".join(listed) + "\n</ul>" if listed else ""


def _shot(page: PageStory, end: PageFailed, shot: Thumbnail) -> str:
    if shot.picture is None:
        inside = f"<span>{text(shot.cause)}</span>"
    else:
        inside = image(shot.picture, f"the failed page {page.key}")
    return (
        f'<li><div class="shot">{inside}</div><strong>{text(page.key)}</strong>'
        f'<br><span class="quiet">{text(end.message)}</span></li>'
    )


def doubtful(report: Report) -> str:
    """Give the lines that were read with the least confidence, each as a picture beside its text."""
    lines = report.pictures.lines
    if not lines:
        return ""
    told = f"The least confident lines of the {counted(len({line.key for line in lines}), 'page')} to look at first."
    return section(
        f"Least confident lines: {amount(len(lines))}",
        paragraph(told, "quiet"),
        '<ul class="lines">\n' + "\n".join(map(_line, lines)) + "\n</ul>",
    )


def _line(line: DoubtfulLine) -> str:
    where = f"{line.key}, line {line.line}"
    picture = paragraph(line.cause, "quiet") if line.picture is None else image(line.picture, f"picture of {where}")
    way = "rtl" if line.direction is Direction.RTL else "auto"
    return (
        f'<li><div>{picture}</div><div><p class="text" dir="{way}" lang="">{text(line.text)}</p>'
        f'<p class="quiet">{percent(line.confidence)} · {text(where)}</p></div></li>'
    )


def flagged(report: Report) -> str:
    """Give the pages that are done and should be looked at, with their reasons."""
    if not report.flagged:
        return ""
    flags = ", ".join(f"{flag} {amount(number)}" for flag, number in report.flags)
    rows = [(page.key, flag_words(page), percent(page.confidence)) for page in report.flagged]
    table = html_table(("page", "why", "confidence"), rows, right=frozenset({2}), everything=all_pages(report))
    return section(f"Flagged: {amount(len(rows))}", paragraph(flags), foldable("All flagged pages", rows, table))


def retried(report: Report) -> str:
    """Give the pages that were taken more than once."""
    if not report.retried:
        return ""
    rows = [(page.key, page.state, "; ".join(page.setbacks)) for page in report.retried]
    table = html_table(("page", "now", "why"), rows, everything=all_pages(report))
    return section(f"Retried: {amount(len(rows))}", foldable("All pages that were taken again", rows, table))
