"""`htrkit resume`: go on with a run that has not come to its end."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.setting_options import Typed, takes_settings
from htrkit.config.anew import GIVEN_ANEW
from htrkit.domain.failure import FailureClass

if TYPE_CHECKING:
    from htrkit.cli.going import Going
    from htrkit.run.resuming import Again, ReadyAgain


@takes_settings(only=GIVEN_ANEW, others=False)
def resume(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The OUT of a run.", show_default=False)],
    more: Annotated[list[str] | None, typer.Argument(metavar="[INPUT]...", hidden=True, show_default=False)] = None,
    *,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Also take the failed pages again.")] = False,
    classes: Annotated[
        list[FailureClass] | None,
        typer.Option("--class", help="Take failed pages of this class again, and no others. Several times for more."),
    ] = None,
    add: Annotated[list[str] | None, typer.Option("--add", help="Add the pages of INPUT to the plan.")] = None,
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Go on though the model, inputs or versions have changed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only errors.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Also what was passed over.")] = False,
    typed: Typed,
) -> None:
    """Go on with a run that has not come to its end, with the settings that it was started with."""
    import os

    from htrkit.cli.inputs import request_of
    from htrkit.domain.errors import UsageProblem
    from htrkit.run.resuming import Again

    if more and not add:
        raise UsageProblem(f"{more[0]}: one OUT is enough.", mend="Write --add before INPUTs that are to be added.")
    inputs = (*(add or ()), *(more or ()))
    request = request_of(list(inputs), out, typed)
    wanted = frozenset(classes or (FailureClass if retry_failed else ()))
    again = Again(out, os.environ, request.home, request.typed, wanted, inputs, accept_changes, request.stdin)
    raise SystemExit(_gone_on(again, quiet=quiet, verbose=verbose))


def _gone_on(again: "Again", *, quiet: bool, verbose: bool) -> int:
    from htrkit.cli.going import Going
    from htrkit.run.resuming import made_ready_again
    from htrkit.run.running import carried_out
    from htrkit.ui.console import streams

    with made_ready_again(again) as ready:
        work = ready.work
        screen = streams(work.settings.color, again.environment)
        going = Going(work.settings, again.out, screen, quiet=quiet, before=work.before)
        if not going.silent:
            _say_findings(ready, going, verbose=verbose)
        return going.to_its_end(lambda listeners: carried_out(work, listeners))


def _say_findings(ready: "ReadyAgain", going: "Going", *, verbose: bool) -> None:
    from htrkit.core.shown import shown

    for finding in ready.findings:
        going.screen.find(finding)
    if verbose:
        for passed in ready.passed_over:
            going.screen.say(f"passed over: {shown(passed.path)}: {passed.reason}")
