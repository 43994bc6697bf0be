"""`htrkit run`: from a folder of scans to text."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.inputs import InputsArgument, OutOption, RequeueOption, request_of
from htrkit.cli.setting_options import Typed, takes_settings

if TYPE_CHECKING:
    from htrkit.run.preflight import Ready, Request
    from htrkit.ui.console import Streams


@takes_settings()
def run(
    inputs: InputsArgument,
    *,
    out: OutOption,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard",
            metavar="K/N",
            help="Only this share of the pages, from 1: `2/4`; others take the rest.",
        ),
    ] = None,
    requeue: RequeueOption = False,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Only validate, with the same arguments.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only errors.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Also what was passed over, and how long the first page took.")
    ] = False,
    typed: Typed,
) -> None:
    """Turn scans into text: every page of INPUT is read, and its files are written below OUT."""
    import os

    from htrkit.cli.refusing import refused_as_event

    if dry_run:
        from htrkit.cli.validate import TRY_FIRST, report_validation

        report_validation(request_of(inputs, out, typed), try_page=TRY_FIRST, as_json=False)
        return
    with refused_as_event(typed, os.environ):
        from htrkit.cli.going_on import waits_said

        request = replace(request_of(inputs, out, typed), say=waits_said(typed, os.environ, quiet=quiet))
        if shard is not None or requeue:
            from htrkit.cli.run_shard import ShardAsked, shard_carried_out

            asked = ShardAsked(shard, requeue=requeue)
            shard_carried_out(request, asked, typed, quiet=quiet, verbose=verbose)
        _carry_out(request, quiet=quiet, verbose=verbose)


def _carry_out(request: "Request", *, quiet: bool, verbose: bool) -> None:
    from htrkit.cli.confirming import confirm
    from htrkit.cli.going import Going
    from htrkit.domain.errors import SetUpRefused
    from htrkit.run.foretelling import Foretelling
    from htrkit.run.out_folder import OutFolder
    from htrkit.run.page_features import features_of_pages
    from htrkit.run.preflight import made_ready
    from htrkit.run.running import begun, planned
    from htrkit.run.session import utc_now
    from htrkit.ui.console import streams

    try:
        ready = made_ready(request)
    except SetUpRefused as refused:
        raise (refused.quietly() if quiet else refused) from refused
    settings = ready.resolved.settings
    assert request.out is not None, "run takes OUT"  # noqa: S101 - a required option
    screen = streams(settings.color, request.environment)
    left = Foretelling(lambda: features_of_pages(ready.selection.pages, settings, ready.row))
    going = Going(
        settings, request.out, screen, request.environment, "htrkit run", quiet=quiet, verbose=verbose, left=left
    )
    if not going.silent:
        _say_findings(ready, going.screen, verbose=verbose)
    confirm(ready.findings, going.screen, said=not going.silent)
    plan = planned(ready, inputs=request.inputs, started=utc_now())
    out = OutFolder(request.out)
    raise SystemExit(going.to_its_end(lambda listeners: begun(plan, ready, out, listeners)))


def _say_findings(ready: "Ready", screen: "Streams", *, verbose: bool) -> None:
    from htrkit.core.shown import shown

    for finding in ready.findings:
        screen.find(finding)
    if verbose:
        for passed in ready.selection.passed_over:
            screen.say(f"passed over: {shown(passed.path)}: {passed.reason}")
