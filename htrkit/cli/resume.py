"""`htrkit resume`: go on with a run that has not come to its end."""

from pathlib import Path
from typing import Annotated

import typer

from htrkit.cli.inputs import RequeueOption
from htrkit.cli.setting_options import Typed, takes_settings
from htrkit.config.anew import GIVEN_ANEW
from htrkit.config.choices import Existing
from htrkit.config.meanings import MEANINGS
from htrkit.domain.failure import FailureClass

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
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="K/N",
        help="Only this share of a run in shards: `2/4`; of the third cut: `2/4@3`.",
        show_default=False,
    ),
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
    shard: ShardOption = None,
    requeue: RequeueOption = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only errors.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Also what was passed over, and how long the first page took.")
    ] = False,
    typed: Typed,
) -> None:
    """Go on with a run that has not come to its end, with the settings that it was started with."""
    import os
    from functools import partial

    from htrkit.cli.going_on import gone_on, waits_said
    from htrkit.cli.inputs import request_of
    from htrkit.cli.refusing import refused_as_event
    from htrkit.cli.requeuing import only_a_shard, taken_to_its_end
    from htrkit.domain.shards import ShardOfCut
    from htrkit.run.again import Again

    _check_additions(more, add, existing)
    inputs = (*(add or ()), *(more or ()))
    request = request_of(list(inputs), out, typed)
    wanted = frozenset(classes or (FailureClass if retry_failed else ()))
    asked = ShardOfCut.read(shard) if shard is not None else None
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
        shard=asked.shard if asked is not None else None,
        cut=asked.cut if asked is not None else None,
        say=waits_said(typed, os.environ, quiet=quiet),
    )
    with refused_as_event(typed, os.environ):
        if requeue and shard is None:
            raise only_a_shard()

        gone = partial(gone_on, again, "htrkit resume", quiet=quiet, verbose=verbose)
        if shard is None:
            raise SystemExit(gone())
        raise SystemExit(taken_to_its_end(again, lambda heard_by: gone(heard_by=heard_by), requeues=requeue))


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
