"""`htrkit report`: what became of a run, from its journal alone."""

import os
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.inputs import JsonOption, OutputFileOption
from htrkit.config.choices import Color

if TYPE_CHECKING:
    from htrkit.core.report import Report


class ReportFormat(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def report(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The OUT of a run.", show_default=False)],
    *,
    form: Annotated[ReportFormat, typer.Option("--format", help="How to write it.")] = ReportFormat.TABLE,
    as_json: JsonOption = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Look at every promised file again: size, hash, XML schema.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Watch the run until it has ended; other formats are printed again.")
    ] = False,
    output: OutputFileOption = None,
) -> None:
    """Re-print the outcome and every failure of a run: ended, cut off, or going on."""
    from htrkit.domain.exits import ExitCode
    from htrkit.run.exporting import as_path
    from htrkit.run.following import followed
    from htrkit.run.report_file import with_pictures
    from htrkit.run.reporting import reported, reported_and_verified

    form = ReportFormat.JSON if as_json else form
    written = _written(form)
    found = None
    if follow and form is ReportFormat.TABLE:
        _follow(out)
    folder = as_path(out)
    if follow and form is not ReportFormat.TABLE:
        for found in followed(folder, sleep=time.sleep):
            _give(written(found), output)
    if verify or found is None or form is ReportFormat.HTML:
        found = (reported_and_verified if verify else reported)(folder)
        # Pictures take seconds, and are worth them once.
        _give(written(with_pictures(found, folder) if form is ReportFormat.HTML else found), output)
    if found.verified is not None and found.verified.damages:
        raise SystemExit(int(ExitCode.FAILED_PAGES))


def _follow(out: Path) -> None:
    from htrkit.cli.following import follow
    from htrkit.run.out_folder import OutFolder
    from htrkit.ui.console import streams

    follow(OutFolder(out), streams(Color.AUTO, os.environ), os.environ)


def _written(form: ReportFormat) -> "Callable[[Report], str]":
    """Give what turns a report into text."""
    from htrkit.ui.report_csv import report_csv
    from htrkit.ui.report_document import report_document
    from htrkit.ui.report_html import report_html
    from htrkit.ui.report_table import report_table

    match form:
        case ReportFormat.TABLE:
            return report_table
        case ReportFormat.JSON:
            return report_document
        case ReportFormat.CSV:
            return report_csv
        case ReportFormat.HTML:
            return report_html


def _give(text: str, output: Path | None) -> None:
    from htrkit.files.atomic import write_stream
    from htrkit.ui.console import streams
    from htrkit.ui.words import shown

    screen = streams(Color.AUTO, os.environ)
    if output is None:
        screen.result(text.removesuffix("\n"))
        return
    write_stream((text.removesuffix("\n").encode(), b"\n"), output)
    screen.say(f"written: {shown(output)}")
