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
            limit = Timer(run.batch_limits.of(event.step), reading)
            server.begin(Batch(event.step, tuple(_pages_of(run, event.workers)), limit))
        case BatchEnded():
            if server.batch is not None:
                run.batch_limits.learn(server.batch.step, server.batch.timer.used(reading))
                server.come_through(_resting(run, reading))
        case ServerDied():
            _bury(run, server, event)


def note_wait(run: RunState, worker: Worker, reading: float) -> None:
    """Let the patience with the worker's server begin anew: it has just been asked for something."""
    server = run.servers.get(run.homes.get(worker.name, ""))
    if server is not None and server.resting is not None:
        server.resting = _resting(run, reading)


def look_at_servers(run: RunState, at: float) -> None:
    """Kill the servers that have overrun a limit."""
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
    wanted = run.course.gives or any(worker.hand is not None for worker in run.crew.values())
    for server in run.servers.values():
        started = wanted and server.condition is Condition.DOWN
        if started:
            server.start(Timer(run.rules.start_limit_seconds, run.course.clock.reading(at)))
            run.orders.append(StartServer(server.name))
        _go_on_with_trials(run, server, anew=started)
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
    killed_for = server.killed_for
    blamed = [page for page in server.die() if _still_waits(run, page)]
    if len(blamed) == 1:
        _blame(run, blamed[0], event, killed_for=killed_for)
    else:
        server.suspects.extend(blamed)
    if server.failed_starts >= run.rules.failed_starts:
        run.last_error = killed_for or event.cause
        server.condition = Condition.GIVEN_UP
        run.orders.append(GiveUpServer(server.name, run.last_error))
        _move_out(run, server)


def _blame(run: RunState, page: Suspect, event: ServerDied, *, killed_for: str) -> None:
    """Count the death against the one page that the server had; its worker lives, and puts it down."""
    worker = run.crew[page.worker]
    hand = worker.hand
    if hand is None:
        return
    reading = run.course.clock.reading(event.at)
    worker.hand, worker.dropping = None, Timer(run.limits.given_seconds, reading)
    run.orders.append(Drop(worker.name))
    run.pronounce(after_death(hand, event, run.pages, run.rules, killed_for=killed_for), event.at)


def _move_out(run: RunState, server: Server) -> None:
    """Give the server's workers, and the trials that stand out, to the servers that are left."""
    left = [one for one in run.servers.values() if one.condition is not Condition.GIVEN_UP]
    if not left:
        return
    leaving = [name for name, _ in _at_home(run, server)]
    for number, name in enumerate(leaving):
        home = left[number % len(left)]
        run.homes[name] = home.name
        home.suspects.extend(suspect for suspect in server.suspects if suspect.worker == name)
        if home.alive and run.crew[name].alive:
            run.orders.append(Link(name, home.name))
    server.suspects.clear()


def _go_on_with_trials(run: RunState, server: Server, *, anew: bool) -> None:
    """Let the server answer the next suspect alone; when all have been tried, everybody again."""
    if not server.alive:
        return
    if server.on_trial is not None:
        if _still_waits(run, server.on_trial):
            return
        server.on_trial, on_trial = None, True
    else:
        on_trial = False
    while server.suspects:
        suspect = server.suspects.popleft()
        if _still_waits(run, suspect):
            server.on_trial = suspect
            run.orders.append(ServeOnly(server.name, suspect.worker))
            return
    if on_trial and not anew:
        run.orders.append(ServeOnly(server.name))


def _still_waits(run: RunState, page: Suspect) -> bool:
    hand = run.crew[page.worker].hand
    return hand is not None and hand.key == page.key and hand.waits


def _pages_of(run: RunState, workers: tuple[str, ...]) -> Iterator[Suspect]:
    for name in workers:
        worker = run.crew.get(name)
        if worker is not None and worker.hand is not None:
            yield Suspect(name, worker.hand.key)


def _at_home(run: RunState, server: Server) -> Iterator[tuple[str, Worker]]:
    return ((name, worker) for name, worker in run.crew.items() if run.homes.get(name) == server.name)


def _resting(run: RunState, reading: float) -> Timer:
    return Timer(run.rules.server_rest_seconds, reading)
