"""What becomes of device servers and of the pages that wait for them: homes, trials, deaths and their blame."""

from collections.abc import Iterator

from htrkit.core.crew import Condition, Worker, first_due, overrun
from htrkit.core.run_state import RunState
from htrkit.core.servers import Batch, Server, Suspect
from htrkit.core.verdicts import after_death
from htrkit.core.work_clock import Timer
from htrkit.domain.schedule import Halt
from htrkit.domain.serving import (
    BatchBegun,
    BatchEnded,
    Drop,
    GiveUpServer,
    KillServer,
    Link,
    OfServer,
    ServeOnly,
    ServerDied,
    ServerReady,
    StartServer,
)


def take_of_server(run: RunState, event: OfServer) -> None:
    """Take in what is heard of a server; what cannot be (of a dead one) changes nothing."""
    server = run.servers.get(event.server)
    if server is None or not server.alive:
        return
    reading = run.course.clock.reading(event.at)
    match event:
        case ServerReady():
            if server.condition is Condition.STARTING:
                server.become_ready(_resting(run, reading))
        case BatchBegun():
            if server.works:
                server.begin(_batch_of(run, server, event, reading))
        case BatchEnded():
            if server.batch is not None:
                run.batch_limits.learn(server.batch.step, server.batch.timer.used(reading))
                server.come_through(_resting(run, reading))
        case ServerDied():
            _bury(run, server, event)


def note_wait(run: RunState, worker: Worker, reading: float) -> None:
    """Let the patience with the worker's server begin anew: it has just been asked for something."""
    server = run.servers.get(run.homes.get(worker.name, ""))
    if server is not None:
        server.have_patience(_resting(run, reading))


def look_at_servers(run: RunState, at: float) -> None:
    """Kill the servers that have overrun a limit."""
    if run.course.paused:
        return
    reading = run.course.clock.reading(at)
    for server in run.servers.values():
        reason = overrun(server.limits(awaited=is_awaited(run, server)), reading)
        if reason is not None:
            server.killed_for = reason
            run.orders.append(KillServer(server.name, reason))


def server_deadlines(run: RunState) -> Iterator[float | None]:
    """Give the moments at which servers overrun a limit."""
    for server in run.servers.values():
        due = first_due(server.limits(awaited=is_awaited(run, server)))
        yield None if due is None else run.course.clock.when(due)


def settle_servers(run: RunState, at: float) -> None:
    """Start servers where pages are left, and go on with trials."""
    if run.course.ended:
        return
    if run.servers and all(server.condition is Condition.GIVEN_UP for server in run.servers.values()):
        run.end(Halt.NO_DEVICE, run.last_error)
        return
    reading = run.course.clock.reading(at)
    wanted = run.course.gives or any(worker.hand is not None for worker in run.crew.values())
    for server in run.servers.values():
        started = wanted and server.condition is Condition.DOWN
        if started:
            server.start(Timer(run.rules.start_limit_seconds, reading))
            run.orders.append(StartServer(server.name))
        # Before the links: else it might take up everybody's items before it hears whom to answer.
        _go_on_with_trials(run, server, reading)
        if started:
            run.orders.extend(Link(name, server.name) for name, worker in _at_home(run, server) if worker.alive)


def link_of(run: RunState, worker: str) -> Iterator[Link]:
    """Give the order that connects a worker's new process with its server, where that has one."""
    server = run.servers.get(run.homes.get(worker, ""))
    if server is not None and server.alive:
        yield Link(worker, server.name)


def stop_servers(run: RunState) -> None:
    """Kill every server."""
    for server in run.servers.values():
        if server.alive and not server.killed_for:
            run.orders.append(KillServer(server.name, "the run was stopped at once"))


def is_awaited(run: RunState, server: Server) -> bool:
    """Tell whether a page waits for the server."""
    return any(worker.hand is not None and worker.hand.waits for _, worker in _at_home(run, server))


def _bury(run: RunState, server: Server, event: ServerDied) -> None:
    killed_for, batch = server.killed_for, server.batch
    server.die()
    pages = () if batch is None else tuple(page for page in batch.pages if _still_waits(run, page))
    if batch is None or not pages:
        _count_failed_start(run, server, killed_for or event.cause, run.course.clock.reading(event.at))
    elif batch.shared:
        server.suspect(pages)
    else:
        _blame(run, pages[0], event, killed_for=killed_for)


def _count_failed_start(run: RunState, server: Server, cause: str, reading: float) -> None:
    """Count a death for which no page can answer; after too many in a row the server is given up."""
    server.failed_starts += 1
    if server.failed_starts < run.rules.failed_starts:
        return
    run.last_error = cause
    server.condition = Condition.GIVEN_UP
    run.orders.append(GiveUpServer(server.name, cause))
    _move_out(run, server, reading)


def _blame(run: RunState, page: Suspect, event: ServerDied, *, killed_for: str) -> None:
    """Count the death against the one page that the server had; its worker lives, and puts it down."""
    worker = run.crew[page.worker]
    hand = worker.hand
    if hand is None:
        return
    worker.hand, worker.dropping = None, Timer(run.limits.given_seconds, run.course.clock.reading(event.at))
    run.orders.append(Drop(worker.name))
    run.pronounce(after_death(hand, event, run.pages, run.rules, killed_for=killed_for), event.at)


def _move_out(run: RunState, server: Server, reading: float) -> None:
    """Give the server's workers, and the trials that stand out, to the servers that are left."""
    left = [one for one in run.servers.values() if one.condition is not Condition.GIVEN_UP]
    if not left:
        return
    leaving = list(_at_home(run, server))
    for name, _ in leaving:
        home = min(left, key=lambda one: sum(1 for _ in _at_home(run, one)))
        run.homes[name] = home.name
        home.suspect([suspect for suspect in server.suspects if suspect.worker == name])
    server.suspects.clear()
    for home in left:
        _go_on_with_trials(run, home, reading)
    for name, worker in leaving:
        if worker.alive:
            run.orders.extend(link_of(run, name))
        if worker.hand is not None and worker.hand.waits:
            note_wait(run, worker, reading)


def _go_on_with_trials(run: RunState, server: Server, reading: float) -> None:
    """Let the server answer the first suspect alone; where there is none any more, everybody."""
    # Whoever waits no longer was answered, or is beyond being asked: its trial is over, or was not needed.
    server.suspects = [suspect for suspect in server.suspects if _still_waits(run, suspect)]
    alone = server.suspects[0].worker if server.suspects else ""
    if server.alive and server.answers != alone:
        server.answers = alone
        server.have_patience(_resting(run, reading))
        run.orders.append(ServeOnly(server.name, alone))


def _batch_of(run: RunState, server: Server, event: BatchBegun, reading: float) -> Batch:
    workers = frozenset(name for name in event.workers if name in run.crew)
    pages = tuple(
        Suspect(name, worker.hand.key)
        for name, worker in _at_home(run, server)
        if name in workers and worker.hand is not None
    )
    return Batch(event.step, pages, workers, Timer(run.batch_limits.of(event.step), reading))


def _still_waits(run: RunState, page: Suspect) -> bool:
    hand = run.crew[page.worker].hand
    return hand is not None and hand.key == page.key and hand.waits


def _at_home(run: RunState, server: Server) -> Iterator[tuple[str, Worker]]:
    return ((name, worker) for name, worker in run.crew.items() if run.homes.get(name) == server.name)


def _resting(run: RunState, reading: float) -> Timer:
    return Timer(run.rules.server_rest_seconds, reading)
