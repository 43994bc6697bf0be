"""`htrkit resume`: go on with a run that has not come to its end."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.setting_options import Typed, takes_settings
from htrkit.config.anew import GIVEN_ANEW
from htrkit.config.choices import Existing
from htrkit.config.meanings import MEANINGS
from htrkit.domain.failure import FailureClass

if TYPE_CHECKING:
    from htrkit.cli.going import Going
    from htrkit.run.resuming import Again, ReadyAgain


OutArgument = Annotated[Path, typer.Argument(metavar="OUT", help="The OUT of a run.", show_default=False)]
MoreArgument = Annotated[list[str] | None, typer.Argument(metavar="[INPUT]...", hidden=True, show_default=False)]
RetryOption = Annotated[bool, typer.Option("--retry-failed", help="Also take the failed pages again.")]
ClassOption = Annotated[
    list[FailureClass] | None,
    typer.Option("--class", help="Take failed pages of this class again, and no others. Several times for more."),
]
PagesOption = Annotated[
    str | None,
    typer.Option("--pages", help="Take only these pages of the plan this time, by number from 1: `1-10,20`."),
]
AddOption = Annotated[list[str] | None, typer.Option("--add", help="Add the pages of INPUT to the plan.")]
ExistingOption = Annotated[
    Existing | None, typer.Option("--existing", help=f"For the pages that --add brings. {MEANINGS['existing']}")
]
AcceptOption = Annotated[
    bool, typer.Option("--accept-changes", help="Go on though the model, inputs or versions have changed.")
]


@takes_settings(only=GIVEN_ANEW, others=False)
def resume(
    out: OutArgument,
    more: MoreArgument = None,
    *,
    retry_failed: RetryOption = False,
    classes: ClassOption = None,
    pages: PagesOption = None,
    add: AddOption = None,
    existing: ExistingOption = None,
    accept_changes: AcceptOption = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only errors.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Also what was passed over, and how long the first page took.")
    ] = False,
    typed: Typed,
) -> None:
    """Go on with a run that has not come to its end, with the settings that it was started with."""
    import os

    from htrkit.cli.inputs import request_of
    from htrkit.cli.refusing import refused_as_event
    from htrkit.run.resuming import Again

    _check_additions(more, add, existing)
    inputs = (*(add or ()), *(more or ()))
    request = request_of(list(inputs), out, typed)
    wanted = frozenset(classes or (FailureClass if retry_failed else ()))
    again = Again(
        out,
        os.environ,
        request.home,
        typed=request.typed,
        classes=wanted,
        add=inputs,
        accept_changes=accept_changes,
        stdin=request.stdin,
        pages=pages,
        existing=existing,
        can_ask=request.can_ask,
    )
    with refused_as_event(typed, os.environ):
        raise SystemExit(_gone_on(again, quiet=quiet, verbose=verbose))


def _check_additions(more: list[str] | None, add: list[str] | None, existing: Existing | None) -> None:
    """Refuse what only makes sense with --add; raises UsageProblem."""
    from htrkit.domain.errors import UsageProblem

    if more and not add:
        raise UsageProblem(f"{more[0]}: one OUT is enough.", mend="Write --add before INPUTs that are to be added.")
    if existing is not None and not add:
        raise UsageProblem(
            "--existing is for pages that are added; those of the plan have what the run was started with.",
            mend="Leave it out, or give INPUTs with --add.",
        )


def _gone_on(again: "Again", *, quiet: bool, verbose: bool) -> int:
    from htrkit.cli.confirming import confirm
    from htrkit.cli.going import Going
    from htrkit.run.foretelling import Foretelling
    from htrkit.run.page_features import features_of_pages
    from htrkit.run.resuming import made_ready_again
    from htrkit.run.running import carried_out
    from htrkit.ui.console import streams

    with made_ready_again(again) as ready:
        work = ready.work
        screen = streams(work.settings.color, again.environment)
        left = Foretelling(lambda: features_of_pages(work.sources, work.settings, work.row))
        going = Going(
            work.settings,
            again.out,
            screen,
            again.environment,
            "htrkit resume",
            quiet=quiet,
            verbose=verbose,
            before=work.before,
            left=left,
        )
        if not going.silent:
            _say_findings(ready, going, verbose=verbose)
        confirm(ready.findings, going.screen, said=not going.silent)
        return going.to_its_end(lambda listeners: carried_out(work, listeners))


def _say_findings(ready: "ReadyAgain", going: "Going", *, verbose: bool) -> None:
    from htrkit.core.shown import shown

    for finding in ready.findings:
        going.screen.find(finding)
    if verbose:
        for passed in ready.passed_over:
            going.screen.say(f"passed over: {shown(passed.path)}: {passed.reason}")
