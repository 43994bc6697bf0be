"""A run that has not come to its end is made ready to go on: what is left, with what, and whether it still may."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, chdir, contextmanager
from dataclasses import replace
from pathlib import Path

from htrkit.core.history import History, history_of
from htrkit.core.shown import shown
from htrkit.domain.errors import OutputHeld
from htrkit.journal.replay import replay
from htrkit.run.adding import added
from htrkit.run.again import Again, ReadyAgain
from htrkit.run.going_on import Part, from_here, ready_to_go_on
from htrkit.run.left_behind import alone, mended, swept
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import no_run, read_plan
from htrkit.run.running import held
from htrkit.run.session import utc_now
from htrkit.run.shard_cuts import read_cuts
from htrkit.run.shard_resuming import one_made_ready, rest_made_ready

__all__ = ["Again", "ReadyAgain", "made_ready_again"]

Way = Callable[[Again, OutFolder], AbstractContextManager[ReadyAgain]]


@contextmanager
def made_ready_again(again: Again) -> Iterator[ReadyAgain]:
    """Hold OUT and give what is left; inside, the current folder is the one that the run was started in.

    Of a run in shards, only the shard asked for is held, or all that no living process has. Raises UsageProblem where
    OUT holds no run that can be read, OutputHeld where another process has it, RunChanged, JournalDamaged,
    PreflightRefused where inputs are away as a whole, and whatever `preflight` raises for a model or an INPUT.
    """
    out = OutFolder(again.out)
    if not out.plan.is_file():
        raise no_run(out)
    with _way(again, out)(again, out) as ready:
        yield ready


def _way(again: Again, out: OutFolder) -> Way:
    if again.shard is not None:
        return one_made_ready
    return rest_made_ready if read_cuts(out).all else _whole_made_ready


@contextmanager
def _whole_made_ready(again: Again, out: OutFolder) -> Iterator[ReadyAgain]:
    with held(out, since=utc_now()) as lock:
        if read_cuts(out).all:
            raise OutputHeld(f"{shown(out.path)}: was cut into shards this moment.", mend="Try again.")
        plan = from_here(read_plan(out))
        if plan.folder != str(Path.cwd()):
            out = OutFolder(again.out.absolute())
        left_behind = (*alone(plan.run_id), *mended(out), *swept(out))
        more = None
        if again.add:
            more = added(plan, again.add, out=out, stdin=again.stdin, existing=again.existing)
        with chdir(plan.folder):
            history = history_of(replay(out.journal)) if out.journal.exists() else History()
            part = Part(out, plan if more is None else more.plan, history)
            ready = ready_to_go_on(again, part, left_behind, more)
            yield replace(ready, work=replace(ready.work, lock=lock))
