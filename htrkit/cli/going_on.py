"""What `resume` and `run --shard` share: a run that is planned goes on, in whole or in part."""

from collections.abc import Callable, Mapping, Sequence
from shlex import quote

from htrkit.cli.confirming import confirm
from htrkit.cli.going import Going
from htrkit.cli.refusing import wants_events
from htrkit.cli.setting_options import Typed
from htrkit.config.choices import Color
from htrkit.core.shown import shown
from htrkit.domain.finding import Finding
from htrkit.domain.shards import ShardOfCut
from htrkit.domain.source import PassedOver
from htrkit.run.again import Again
from htrkit.run.foretelling import Foretelling
from htrkit.run.heard_failures import HeardFailures
from htrkit.run.page_features import features_of_pages
from htrkit.run.resuming import made_ready_again
from htrkit.run.running import Work, carried_out
from htrkit.run.shard_cuts import read_cuts
from htrkit.run.telling import Listener
from htrkit.ui.console import streams


def gone_on(
    again: Again,
    command: str,
    *,
    quiet: bool,
    verbose: bool,
    found: Sequence[Finding] = (),
    passed_over: Sequence[PassedOver] = (),
    heard_by: Sequence[Listener] = (),
) -> int:
    """Take what is left to its end and give the exit code; `found` and `passed_over` are said besides, once each."""
    with made_ready_again(again) as ready:
        work = ready.work
        screen = streams(work.settings.color, again.environment)
        left = Foretelling(lambda: features_of_pages(work.sources, work.settings, work.row))
        going = Going(
            work.settings,
            again.out,
            screen,
            again.environment,
            command,
            quiet=quiet,
            verbose=verbose,
            before=work.before,
            left=left,
            shard=work.out.shard,
            again=_again(again, work),
            failed=HeardFailures(dict(work.left.failed)) if work.whole is not None else None,
        )
        findings = tuple(dict.fromkeys([*found, *ready.findings]))
        if not going.silent:
            _say(findings, (*passed_over, *ready.passed_over) if verbose else (), going)
        confirm(findings, going.screen, said=not going.silent)
        return going.to_its_end(lambda listeners: carried_out(work, (*listeners, *heard_by)))


def waits_said(typed: Typed, environment: Mapping[str, str], *, quiet: bool) -> Callable[[str], None]:
    """Give what is told for whom it is waited, before the settings that decide about screens are known."""
    if quiet or wants_events(typed, environment):
        return lambda _: None
    return streams(Color.NEVER, environment).say


def _again(again: Again, work: Work) -> str:
    """Give the command that goes on with a shard; empty where it is that of the whole run."""
    name, newest = work.out.shard, read_cuts(work.out).newest
    if name is None or newest is None or again.shard is None:
        return ""
    asked = ShardOfCut(name.shard, None if name.cut == newest.number else name.cut)
    return f"htrkit resume {quote(shown(again.out))} --shard {asked}"


def _say(findings: Sequence[Finding], passed_over: Sequence[PassedOver], going: Going) -> None:
    for finding in findings:
        going.screen.find(finding)
    for passed in passed_over:
        going.screen.say(f"passed over: {shown(passed.path)}: {passed.reason}")
