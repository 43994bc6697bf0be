"""A run's report as a table for spreadsheets: one row a page, safe to open."""

from htrkit.core.report import Report
from htrkit.core.report_pages import PageStory
from htrkit.domain.events import PageDone, PageFailed, PageSkipped
from htrkit.outputs.csv_tables import Cell, csv_row
from htrkit.outputs.printed import fraction

REPORT_COLUMNS = (
    "page",
    "image",
    "state",
    "ended",
    "attempts",
    "lines",
    "characters",
    "confidence",
    "seconds",
    "worker",
    "device",
    "flags",
    "stage",
    "class",
    "error",
    "setbacks",
    "damaged",
)


def report_csv(report: Report) -> str:
    """Give the header and a row for each page, RFC 4180; `damaged` names files, and is empty without --verify."""
    damaged: dict[str, list[str]] = {}
    for damage in report.verified.damages if report.verified is not None else ():
        damaged.setdefault(damage.key, []).append(f"{damage.path} ({damage.kind})")
    rows = [csv_row(REPORT_COLUMNS)]
    for page in report.pages:
        head = (page.key, page.image, page.state, page.ended_at)
        rows.append(csv_row((*head, *_end(page), "; ".join(page.setbacks), "; ".join(damaged.get(page.key, ())))))
    return b"".join(rows).decode()


def _end(page: PageStory) -> tuple[Cell, ...]:
    """Give the cells from `attempts` to `error`."""
    end = page.end
    match end:
        case PageDone():
            read = end.lines, end.characters, fraction(end.confidence), end.seconds
            return end.attempts, *read, end.worker, end.device, " ".join(end.flags), "", "", ""
        case PageFailed():
            return end.attempts, "", "", "", "", "", "", "", end.step, end.failure, end.message
        case PageSkipped():
            return "", "", "", "", "", "", "", "", "", "", end.reason
        case None:
            return ("",) * 11
