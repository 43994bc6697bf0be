"""The two pictures of a report in HTML: what became of the pages, and how many were read when."""

from itertools import accumulate

from htrkit.core.report import Counts
from htrkit.core.report_numbers import Throughput
from htrkit.ui.html_words import text
from htrkit.ui.words import amount, counted

_WIDTH = 1000
_HEIGHT = 120


def counts_bar(counts: Counts) -> str:
    """Give one bar, cut by what became of the pages; the figures stand in the accounting beside it."""
    if not counts.selected:
        return ""
    numbers = {"done": counts.done, "failed": counts.failed, "skipped": counts.skipped, "not run": counts.not_run}
    ends = accumulate(numbers.values())
    bars = "".join(
        f'<rect class="{name.replace(" ", "-")}" x="{_WIDTH * (end - number) / counts.selected:.2f}"'
        f' width="{_WIDTH * number / counts.selected:.2f}" height="14">'
        f"<title>{name} {amount(number)}</title></rect>"
        for (name, number), end in zip(numbers.items(), ends, strict=True)
        if number
    )
    return f'<svg viewBox="0 0 {_WIDTH} 14" role="img" aria-label="{text(counts.identity)}">{bars}</svg>'


def throughput_chart(throughput: Throughput) -> str:
    """Give a bar for each span of time, as high as the pages that ended in it."""
    pages = dict.fromkeys(throughput.spans, 0)
    for bucket in throughput.buckets:
        pages[bucket.began] += bucket.pages
    most = max(pages.values(), default=0)
    if not most:
        return ""
    step = _WIDTH / len(pages)
    bars = "".join(
        f'<rect class="done" x="{place * step:.2f}" y="{_HEIGHT - _HEIGHT * number / most:.2f}"'
        f' width="{step * 0.85:.2f}" height="{_HEIGHT * number / most:.2f}">'
        f"<title>{text(span)}: {counted(number, 'page')}</title></rect>"
        for place, (span, number) in enumerate(pages.items())
    )
    first, last = next(iter(pages)), next(reversed(pages))
    words = (
        f'<text x="0" y="{_HEIGHT + 14}">{text(first)}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT + 14}" text-anchor="end">{text(last)}</text>'
    )
    label = f"pages over time, most {most}"
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + 18}" role="img" aria-label="{label}">{bars}{words}</svg>'
