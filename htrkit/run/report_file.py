"""`report.html` at the end of a run: written whole or not at all, soon, and never at the cost of the run."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from htrkit.core.report import Report
from htrkit.core.report_pictures import (
    DoubtfulLine,
    Pictures,
    Thumbnail,
    kept_shut,
    least_confident,
    pages_to_doubt,
    pages_to_picture,
)
from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import PageFailed
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import LineId, PageKey
from htrkit.files.atomic import write_stream
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan
from htrkit.run.plan_pages import read_plan
from htrkit.run.report_pictures import Cuts, Patience, cut_in_process
from htrkit.run.report_pictures_cut import Asked, doubted_in
from htrkit.run.reporting import reported
from htrkit.ui.report_html import report_html
from htrkit.ui.words import counted

IN_A_HURRY = Patience(in_all_seconds=3.0, a_page_seconds=2.0)
"""After a signal: whoever sent it, Ctrl-C or a scheduler, wants the machine back."""
SIGNALS = frozenset({ExitCode.INTERRUPTED, ExitCode.TERMINATED, ExitCode.WARNED})


def write_report(out: OutFolder, plan: Plan, *, exit_code: ExitCode, at: str, cuts: Cuts = cut_in_process) -> None:
    """Write report.html at the end of a run; whatever goes wrong is a line of the run's log, and an old report goes on.

    Ctrl-C gives the report up, and nothing else.
    """
    patience = IN_A_HURRY if exit_code in SIGNALS else Patience()
    try:
        report = pictured(reported(out), out, plan, cuts=cuts, patience=patience)
        write_stream((report_html(report).encode(), b"\n"), out.report)
    except KeyboardInterrupt:
        log_without(out, at, "report.html was", "given up when it was interrupted")
    except HtrkitError as error:
        log_without(out, at, "report.html was", error.what)
    except Exception as error:  # noqa: BLE001 - the pages are done, and a report can be had again at any time
        log_without(out, at, "report.html was", f"{type(error).__name__}: {error}")


def log_without(out: OutFolder, at: str, what: str, why: str) -> None:
    """Say in the run's log what was not written."""
    with suppress(OSError), out.log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{at} {what} not written: {shown(why)}\n")


def with_pictures(report: Report, out: OutFolder) -> Report:
    """Give a report of the run in OUT with its pictures; one whose plan is of another version has none."""
    try:
        plan = read_plan(out)
    except HtrkitError as error:
        return replace(report, pictures=Pictures(given_up=f"No pictures: {error.what}"))
    return pictured(report, out, plan)


def pictured(
    report: Report,
    out: OutFolder,
    plan: Plan,
    *,
    cuts: Cuts = cut_in_process,
    patience: Patience = Patience(),  # noqa: B008 - a frozen value
) -> Report:
    """Give the report with pictures of pages that failed and of lines that are doubtful."""
    gallery = _Gallery(out, plan)
    shut, failed = _failed(report)
    doubted = least_confident(
        line for page in pages_to_doubt(report.done) for line in doubted_in(page.key, out.record(page.key))
    )
    asked = gallery.asked(failed, doubted)
    found = list(cuts(asked, patience)) if asked else []
    missing = len(asked) - len(found)
    given_up = f"Pictures of {counted(missing, 'page')} were given up: they took too long." if missing else ""
    shots = {one.source.key: got for one, got in zip(asked, found, strict=False) if isinstance(got, Thumbnail)}
    cut = {(line.key, line.line): line for got in found if isinstance(got, tuple) for line in got}
    lines = tuple(cut.get((line.key, line.line), line) for line in doubted)
    return replace(report, pictures=Pictures({**shut, **shots}, lines, given_up))


def _failed(report: Report) -> tuple[dict[PageKey, Thumbnail], list[PageKey]]:
    """Give the failed pages to be shown that are better not opened, and those that may be."""
    shut, may_be_opened = {}, []
    for page in pages_to_picture(report.failed):
        if isinstance(page.end, PageFailed) and (why := kept_shut(page.end)):
            shut[page.key] = Thumbnail(None, f"no picture: {why}")
        else:
            may_be_opened.append(page.key)
    return shut, may_be_opened


class _Gallery:
    """Where a run's pictures are, and how they were read."""

    def __init__(self, out: OutFolder, plan: Plan) -> None:
        self._out = out
        self._plan = plan
        self._sources = {page.key: page for page in plan.pages}

    def asked(self, failed: Sequence[PageKey], doubted: Sequence[DoubtfulLine]) -> list[Asked]:
        """Give what is to be cut: the failed pages, then the pages of the lines, the most doubtful first."""
        pages: dict[PageKey, list[LineId]] = {}
        for line in doubted:
            pages.setdefault(line.key, []).append(line.line)
        whole = [self._asked(key, ()) for key in failed if key in self._sources]
        return whole + [self._asked(key, lines) for key, lines in pages.items() if key in self._sources]

    def _asked(self, key: PageKey, lines: Sequence[LineId]) -> Asked:
        source, settings = self._sources[key], self._plan.resolved.settings
        placed = replace(source, path=str(Path(self._plan.folder) / source.path))
        return Asked(placed, settings.dpi, settings.max_megapixels, str(self._out.record(key)), tuple(lines))
