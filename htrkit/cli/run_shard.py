"""`htrkit run --shard`: a share of a run that other processes, on other machines perhaps, carry out with us."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from htrkit.cli.going_on import gone_on, waits_said
from htrkit.cli.requeuing import only_a_shard, taken_to_its_end
from htrkit.cli.setting_options import Typed
from htrkit.domain.errors import SetUpRefused
from htrkit.domain.shards import Shard
from htrkit.run.again import Again
from htrkit.run.preflight import Request, settings_of
from htrkit.run.shard_planning import given_anew, shard_planned
from htrkit.run.telling import Listener


@dataclass(frozen=True, slots=True)
class ShardAsked:
    """What was typed of a shard."""

    written: str | None
    """`2/4`; None where only --requeue was typed."""
    requeue: bool


def shard_carried_out(request: Request, asked: ShardAsked, typed: Typed, *, quiet: bool, verbose: bool) -> NoReturn:
    """Plan the run where nobody has yet, and take the shard to its end; always ends with an exit code."""
    if asked.written is None:
        raise only_a_shard()
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

    def carry_out(heard_by: Sequence[Listener]) -> int:
        try:
            planned = shard_planned(request, shard, again=again)
        except SetUpRefused as refused:
            raise (refused.quietly() if quiet else refused) from refused
        found, passed = planned.findings, planned.passed_over
        gone = partial(gone_on, again, "htrkit run", quiet=quiet, verbose=verbose)
        return gone(found=found, passed_over=passed, heard_by=heard_by)

    raise SystemExit(taken_to_its_end(again, carry_out, requeues=asked.requeue))
