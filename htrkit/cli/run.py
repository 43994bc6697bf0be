"""`htrkit run`: from a folder of scans to text."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.inputs import InputsArgument, OutOption, request_of
from htrkit.cli.setting_options import Typed, takes_settings
from htrkit.config.choices import Progress

if TYPE_CHECKING:
    from htrkit.run.preflight import Ready, Request
    from htrkit.run.session import Listener
    from htrkit.ui.console import Streams


@takes_settings()
def run(
    inputs: InputsArgument,
    *,
    out: OutOption,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Only validate, with the same arguments.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only errors.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Also what was passed over.")] = False,
    typed: Typed,
) -> None:
    """Turn scans into text: every page of INPUT is read, and its files are written below OUT."""
    request = request_of(inputs, out, typed)
    if dry_run:
        from htrkit.cli.validate import report_validation

        report_validation(request, try_page=None, as_json=False)
        return
    _carry_out(request, quiet=quiet, verbose=verbose)


def _carry_out(request: "Request", *, quiet: bool, verbose: bool) -> None:
    from htrkit.run.preflight import made_ready
    from htrkit.ui.console import streams

    ready = made_ready(request)
    settings = ready.resolved.settings
    screen = streams(settings.color, request.environment)
    silent = quiet or settings.progress is Progress.JSON
    if not silent:
        _say_findings(ready, screen, verbose=verbose)
    assert request.out is not None, "run takes OUT"  # noqa: S101 - a required option
    raise SystemExit(_run(ready, request, request.out, screen, quiet=quiet))


def _run(ready: "Ready", request: "Request", out: Path, screen: "Streams", *, quiet: bool) -> int:
    from htrkit.cli.edge import tell
    from htrkit.core.tally import Tally, told
    from htrkit.domain.events import Record
    from htrkit.run.out_folder import OutFolder
    from htrkit.run.running import carried_out, planned
    from htrkit.run.session import utc_now
    from htrkit.ui.summary import summary

    settings = ready.resolved.settings
    tally = Tally()

    def count(record: Record) -> None:
        nonlocal tally
        tally = told(tally, record.event)

    start = time.monotonic()
    plan = planned(ready, inputs=request.inputs, started=utc_now())
    ended = carried_out(plan, ready, OutFolder(out), (count, *_screens(settings.progress, screen, quiet=quiet)))
    if ended.error is not None:
        tell(ended.error)
    if not quiet and settings.progress is not Progress.JSON:
        formats = ("json", *(format_.value for format_ in settings.formats))
        for line in summary(tally, out=out, formats=formats, seconds=time.monotonic() - start):
            screen.say(line)
    return ended.counts.exit_code


def _screens(progress: Progress, screen: "Streams", *, quiet: bool) -> "tuple[Listener, ...]":
    """Give the listeners that the progress setting asks for."""
    from htrkit.ui.event_lines import EventLines
    from htrkit.ui.plain import PlainLines

    if quiet and progress is not Progress.JSON:
        return ()
    match progress:
        case Progress.JSON:
            return (EventLines(screen.say),)
        case Progress.NONE:
            return ()
        case Progress.AUTO | Progress.PLAIN:
            return (PlainLines(screen.say, clock=time.monotonic),)


def _say_findings(ready: "Ready", screen: "Streams", *, verbose: bool) -> None:
    from htrkit.core.shown import shown

    for finding in ready.findings:
        screen.find(finding)
    if verbose:
        for passed in ready.selection.passed_over:
            screen.say(f"passed over: {shown(passed.path)}: {passed.reason}")
