"""`htrkit validate`: know what will go wrong before an hour is spent."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.inputs import JsonOption, request_of
from htrkit.cli.setting_options import Typed, takes_settings

if TYPE_CHECKING:
    from htrkit.run.page_findings import Closely
    from htrkit.run.preflight import Request
    from htrkit.run.validation import Validation
    from htrkit.ui.console import Streams

TRY_FIRST = "1"


@takes_settings()
def validate(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help="As `htrkit run` takes them.", show_default=False),
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="OUT of the run to come; it is only read.")] = None,
    show_config: Annotated[bool, typer.Option("--show-config", help="Each setting, its value and origin.")] = False,
    page: Annotated[
        str, typer.Option("--try-page", metavar="PAGE", help="The page to transcribe: number from 1, name or path.")
    ] = TRY_FIRST,
    no_try: Annotated[bool, typer.Option("--no-try-page", help="Transcribe no page.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Decode every picture to its end.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings block.")] = False,
    as_json: JsonOption = False,
    typed: Typed,
) -> None:
    """Check settings, engine, model, device, every page, its XML and OUT, then transcribe one page and show its text.

    Nothing is written. Each finding ends with the one command or setting that mends it.
    """
    request = request_of(list(inputs or ()), out, typed)
    if show_config:
        _show_config(request, as_json=as_json)
        return
    report_validation(request, try_page=None if no_try else page, as_json=as_json, deep=deep, strict=strict)


def report_validation(
    request: "Request", *, try_page: str | None, as_json: bool, deep: bool = False, strict: bool = False
) -> None:
    """Validate, say what was found, and end with its exit code."""
    from htrkit.config.choices import Color
    from htrkit.domain.exits import ExitCode
    from htrkit.run.validation import validated
    from htrkit.ui.console import streams

    request = replace(request, say=streams(Color.NEVER, request.environment).say)
    validation = validated(request, _closely(request, deep=deep), strict=strict)
    screen = _screen(request, validation)
    page = validation.page_to_try(try_page) if try_page is not None else None
    if not as_json:
        _say(validation, screen)
    if page is not None:
        screen.say("reading a page for trial")
        validation = validation.with_trial(page, strict=strict)
    _give(validation, screen, as_json=as_json)
    if validation.exit_code is not ExitCode.DONE:
        raise SystemExit(int(validation.exit_code))


def _closely(request: "Request", *, deep: bool) -> "Closely":
    import time

    from htrkit.config.choices import Color
    from htrkit.run.page_check import Depth
    from htrkit.run.page_findings import Closely
    from htrkit.ui.checking import Checking
    from htrkit.ui.console import streams

    # The settings, and with them the wish for colour, may be what is wrong; a line of progress has none.
    say = streams(Color.NEVER, request.environment).say
    return Closely(Depth.DECODED if deep else Depth.OPENED, told=Checking(say, time.monotonic))


def _say(validation: "Validation", screen: "Streams") -> None:
    """Say what was found and what the run would do."""
    from htrkit.domain.finding import Severity
    from htrkit.ui.findings import told_findings
    from htrkit.ui.plan_preview import prospect_words
    from htrkit.ui.words import counted

    findings, pages = validation.findings, _pages(validation)
    for finding in told_findings(findings):
        screen.find(finding)
    counts = [
        counted(sum(one.severity is severity for one in findings), word)
        for severity, word in ((Severity.BLOCKER, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "note"))
    ]
    found = f"{counted(pages, 'page')} found: " if pages is not None else ""
    screen.say(f"{found}{', '.join(counts)}")
    if validation.prospect is not None:
        screen.result(prospect_words(validation.prospect))


def _pages(validation: "Validation") -> int | None:
    """Give how many pages were found; None where nobody could look."""
    return len(validation.selection.pages) if validation.selection is not None else None


def _give(validation: "Validation", screen: "Streams", *, as_json: bool) -> None:
    """Give the document, or what the trial came to; with the document on stdout, the text is for people besides."""
    from htrkit.ui.findings import explained, findings_document
    from htrkit.ui.plan_preview import trial_words

    trial = validation.trial
    if as_json:
        pages, prospect = _pages(validation), validation.prospect
        screen.result(findings_document(validation.findings, pages=pages, prospect=prospect, trial=trial))
    say = screen.say if as_json else screen.result
    if words := trial_words(trial):
        say(words)
    if trial.finding is not None:
        screen.find(explained(trial.finding))


def _screen(request: "Request", validation: "Validation") -> "Streams":
    from htrkit.config.choices import Color
    from htrkit.ui.console import streams

    color = validation.resolved.settings.color if validation.resolved is not None else Color.AUTO
    return streams(color, request.environment)


def _show_config(request: "Request", *, as_json: bool) -> None:
    from htrkit.run.preflight import settings_of
    from htrkit.ui.console import streams
    from htrkit.ui.settings_table import settings_document, settings_table

    resolved = settings_of(request)
    show = settings_document if as_json else settings_table
    streams(resolved.settings.color, request.environment).result(show(resolved))
