"""`htrkit run --shard`: a share of a run that other processes, on other machines perhaps, carry out with us."""

from dataclasses import dataclass
from shlex import quote
from typing import NoReturn

from htrkit.cli.edge import tell
from htrkit.cli.going_on import gone_on, waits_said
from htrkit.cli.setting_options import Typed
from htrkit.core.shown import shown
from htrkit.domain.errors import SetUpRefused, UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.domain.shards import Shard
from htrkit.run.again import Again
from htrkit.run.preflight import Request, settings_of
from htrkit.run.requeue import NotRequeued, requeue
from htrkit.run.shard_planning import given_anew, shard_planned


@dataclass(frozen=True, slots=True)
class ShardAsked:
    """What was typed of a shard."""

    written: str | None
    """`2/4`; None where only --requeue was typed."""
    requeue: bool


def shard_carried_out(request: Request, asked: ShardAsked, typed: Typed, *, quiet: bool, verbose: bool) -> NoReturn:
    """Plan the run where nobody has yet, and take the shard to its end; always ends with an exit code."""
    if asked.written is None:
        raise UsageProblem("--requeue: only a shard can go on by itself.", mend="Add --shard K/N, or leave it out.")
    shard = Shard.read(asked.written)
    assert request.out is not None, "run takes OUT"  # noqa: S101 - a required option
    again = Again(
        request.out,
        request.environment,
        request.home,
        typed=(given_anew(settings_of(request)),),
        can_ask=request.can_ask,
        shard=shard,
        cut=1,
        say=waits_said(typed, request.environment, quiet=quiet),
    )
    try:
        planned = shard_planned(request, shard, again=again)
    except SetUpRefused as refused:
        raise (refused.quietly() if quiet else refused) from refused
    found, passed = planned.findings, planned.passed_over
    code = gone_on(again, "htrkit run", quiet=quiet, verbose=verbose, found=found, passed_over=passed)
    if asked.requeue and code == ExitCode.WARNED:
        _requeue(request, shard, again)
    raise SystemExit(code)


def _requeue(request: Request, shard: Shard, again: Again) -> None:
    """Put the job into the queue again; all is written, so that it may be ended at any moment."""
    try:
        job = requeue(request.environment, again=f"htrkit resume {quote(shown(again.out))} --shard {shard}")
        again.say(f"job {job} is in the queue again")
    except NotRequeued as refused:
        tell(refused)
