"""A run from its plan to its last table: the lock, the journal, and what is written at the end."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit.config.choices import WorkforceKind
from htrkit.config.settings import Settings
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.history import History
from htrkit.core.resume import Left, left_of, tally_before
from htrkit.core.tally import Tally
from htrkit.domain.device import Device
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import OutputHeld
from htrkit.domain.events import PageDone, Record, RunResumed, RunStarted, WorkerLost
from htrkit.domain.exits import ExitCode
from htrkit.domain.source import PageSource
from htrkit.files.sweeping import sweep
from htrkit.files.user_cache import cache_folder
from htrkit.journal.ballast import BallastedJournal, ballast_in
from htrkit.journal.journal import Journal
from htrkit.journal.lock import Lock
from htrkit.run.bench import Bench
from htrkit.run.crew import workforce_for
from htrkit.run.heard_costs import HeardCosts
from htrkit.run.heard_failures import HeardFailures
from htrkit.run.input_files import stamps_of
from htrkit.run.leading import AgentsOf, agents_for, led
from htrkit.run.learned_sizes import FILE, LearnedSizes
from htrkit.run.order_of_work import in_order_of_work
from htrkit.run.orphans import held_by_left_over, left_over
from htrkit.run.out_folder import OutFolder
from htrkit.run.pinning import pinned_here
from htrkit.run.plan import Plan, versions
from htrkit.run.plan_pages import run_id_of
from htrkit.run.preflight import Ready
from htrkit.run.report_file import write_report
from htrkit.run.report_pictures import cut_here, cut_in_process
from htrkit.run.session import Ended, Session, Worker, utc_now
from htrkit.run.shard_tables import Ending, write_whole
from htrkit.run.supervised import Supervised
from htrkit.run.tables import write_outcome
from htrkit.run.telling import Listener
from htrkit.run.to_its_end import ToItsEnd
from htrkit.run.workforce import Workforce


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to carry out: a plan, and what is left of it."""

    plan: Plan
    settings: Settings
    """The plan's, but for what may be given anew when a run goes on: devices, jobs, limits, screens."""
    row: EngineRow
    out: OutFolder
    left: Left
    opening: RunStarted | RunResumed
    """What the journal is told first."""
    lock: Lock | None = None
    """OUT's, for the workers to hold as well: OUT is free only when the last of them has ended."""
    devices: tuple[Device, ...] = ()
    """Those that were chosen, and that the guardrails looked at; none is the CPU."""
    whole: Plan | None = None
    """The plan that `plan` is a share of, where the run is in shards."""

    @property
    def before(self) -> Tally:
        """What the run has come to so far."""
        return tally_before(self.left)

    @property
    def confidence(self) -> ConfidenceWatch:
        """What has heard all pages that are done."""
        done = sorted(self.left.done.values(), key=lambda end: end.at)
        return ConfidenceWatch.after(end.page for end in done)

    @property
    def sources(self) -> tuple[PageSource, ...]:
        """The pages left, and those to be told as skipped, in the plan's order."""
        wanted = {*self.left.pages, *self.left.unsaid}
        return tuple(page for page in self.plan.pages if page.key in wanted)

    @property
    def bench(self) -> Bench:
        """What a page worker is set up with."""
        plan = self.plan
        return Bench(self.settings, self.row, plan.model, plan.segmentation, plan.reading, self.out.path)


WorkerOf = Callable[[Bench], Worker]
Crewed = Callable[[Workforce], Workforce]
"""Changes the processes that the settings lead to; drills put others in their place."""


def planned(ready: Ready, *, inputs: Sequence[str], started: str) -> Plan:
    """Freeze what the run is made of."""
    return Plan(
        run_id=uuid.uuid4().hex,
        started=started,
        resolved=ready.resolved,
        pages=ready.selection.pages,
        model=ready.model,
        segmentation=ready.segmentation,
        inputs=tuple(inputs),
        folder=str(Path.cwd()),
        versions=versions(),
        files=stamps_of(ready.selection.pages),
        skipped=ready.skipped,
    )


@contextmanager
def held(out: OutFolder, *, since: str, silent: bytes | None = None) -> Iterator[Lock]:
    """Hold the lock of OUT until the last table is written; raises OutputHeld where another process has it.

    A lock that another run takes over meanwhile stops this one as Ctrl-C would. For `silent` see `Lock`.
    """
    with ExitStack() as stack:
        owner = f"process {os.getpid()} since {since}"
        lock = Lock(out.lock, owner=owner, named=out.named, on_lost=_interrupt, silent=silent)
        try:
            stack.enter_context(lock)
        except OutputHeld as error:
            if found := left_over(run_id_of(out) or ""):
                raise held_by_left_over(out.named, found) from error
            raise
        yield lock


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def first_work(plan: Plan, ready: Ready, out: OutFolder) -> Work:
    """Give the whole plan as work."""
    keys = [page.key for page in plan.pages]
    left = left_of(keys, History(), standing={}, alone=plan.skipped)
    opening = RunStarted(plan.run_id, len(plan.pages), plan.fingerprint)
    return Work(plan, ready.resolved.settings, ready.row, out, left, opening, devices=ready.devices)


def begun(
    plan: Plan, ready: Ready, out: OutFolder, listeners: Sequence[Listener], *, now: Callable[[], str] = utc_now
) -> Ended:
    """Run the plan into OUT; raises OutputHeld where another run is there, PreflightRefused for a model that fails."""
    with held(out, since=plan.started) as lock:
        out.refuse_held()
        return carried_out(replace(first_work(plan, ready, out), lock=lock), listeners, now=now)


def carried_out(  # noqa: PLR0913 - what is carried out, who listens, and who works
    work: Work,
    listeners: Sequence[Listener],
    *,
    now: Callable[[], str] = utc_now,
    worker_of: WorkerOf | None = None,
    crewed: Crewed = lambda workforce: workforce,
    agents_of: AgentsOf = agents_for,
) -> Ended:
    """Take what is left to its end and write the tables over the whole plan; the caller holds OUT's (a shard's) lock.

    With `worker_of`, or where the settings say so, pages are read in this process. Raises PreflightRefused for a model
    that cannot be loaded here, or a cluster that cannot be reached; then nothing was written.
    """
    inline = worker_of is not None or work.settings.workforce is WorkforceKind.INLINE
    worker = _here(work, worker_of) if inline else None
    agents = agents_of(work.settings) if worker is None and work.left.pages else None
    if work.whole is None:
        work.plan.write(work.out.plan)
    failures, losses = HeardFailures(dict(work.left.failed)), _Losses()
    learned, costs = LearnedSizes(cache_folder(os.environ, Path.home()) / FILE, work.bench), HeardCosts(work.bench)
    sources = work.sources if worker is not None else in_order_of_work(work.sources, work.settings, work.row)
    with Journal(work.out.journal) as journal, ballast_in(work.out.ballast) as ballast:
        told: tuple[Listener, ...] = (BallastedJournal(journal, ballast), failures, losses, learned, costs, *listeners)
        session: Session | ToItsEnd
        if worker is not None:
            session = _in_this_process(work, worker, told, now)
        elif agents is not None:
            of_it = agents, work.bench, work.left, work.plan.run_id
            session = led(*of_it, told, confidence=work.confidence, now=now)
        else:
            session = _supervised(work, told, now, lambda force: crewed(_with_sizes(force, learned)))
        ended = session.run(sources, work.opening, skipped=work.left.unsaid, before=work.before)
    learned.keep()
    if agents is None:
        # What pages cost on other machines says nothing of this one.
        costs.keep(sources, work.plan.run_id, os.environ, Path.home())
    ending = Ending(ExitCode(ended.counts.exit_code), now(), cut_here if inline else cut_in_process)
    if losses.any and work.whole is None:
        # Nobody of ours lives any more, and whoever died while writing has left files aside.
        sweep(work.out.path)
    _write_end(work, failures, ending)
    return ended


def _write_end(work: Work, failures: HeardFailures, ending: Ending) -> None:
    """Write the tables and the report; those of a share are the whole run's."""
    if work.whole is not None:
        write_whole(work.out, work.whole, ending)
        return
    write_outcome(work.out, work.plan, failures.pages)
    write_report(work.out, work.plan, exit_code=ending.code, at=ending.at, cuts=ending.cuts)


def _here(work: Work, given: WorkerOf | None) -> Worker:
    """Give what reads pages in this process."""
    if not work.left.pages:
        return _Nobody()
    if given is not None:
        return given(work.bench)
    # The networks' libraries take seconds, and a run with processes leaves them to those.
    from htrkit.run.workshop import worker_of  # noqa: PLC0415

    settings = pinned_here(work.settings, work.devices, os.environ)
    return worker_of(replace(work.bench, settings=settings))


def _in_this_process(work: Work, worker: Worker, listeners: Sequence[Listener], now: Callable[[], str]) -> Session:
    wishes = work.settings
    return Session(
        worker, listeners, on_error=wishes.on_error, fail_on=wishes.fail_on, confidence=work.confidence, now=now
    )


def _supervised(work: Work, listeners: Sequence[Listener], now: Callable[[], str], crewed: Crewed) -> Supervised:
    """Give the run over processes."""
    logs, run_id = work.out.logs, work.plan.run_id
    workforce = workforce_for(work.bench, work.left, logs=logs, run_id=run_id, devices=work.devices)
    inherited = (work.lock.fileno(),) if work.lock is not None else ()
    force = crewed(replace(workforce, inherited=inherited))
    return Supervised(force, listeners, fail_on=work.settings.fail_on, confidence=work.confidence, now=now)


def _with_sizes(force: Workforce, learned: LearnedSizes) -> Workforce:
    return replace(force, servers=learned.known(force.servers))


class _Losses:
    """Knows whether any process was lost."""

    any = False

    def __call__(self, record: Record) -> None:
        self.any = self.any or isinstance(record.event, WorkerLost)


class _Nobody:
    """Stands for the worker where no page is left, so that no network is loaded."""

    def work(self, source: PageSource) -> PageDone:
        raise AssertionError(source.key)
