"""What a run that was killed over and over has come to, held against what it should have."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.report_damage import Damage
from htrkit.domain.events import PageDone, PageFailed, PageStarted, Record, RunResumed, RunStarted
from htrkit.journal.replay import replay
from htrkit.run.plan_pages import page_order
from htrkit.run.verifying import verified
from tests.fakes.chaos import Chaos, unfinished
from tests.fakes.chaos_parent import WORKERS
from tests.fakes.chaos_worker import EXECUTIONS


@dataclass(frozen=True, slots=True)
class Figures:
    """A row of the drill's table; everything but the first rows should be 0."""

    pages: int
    parents_killed: int
    workers_killed: int
    servers_killed: int
    seconds: float
    lost: int
    """Pages without an end."""
    doubled: int
    """Pages with more than one PageDone, or with one and a failure after it."""
    failed: int
    differing: int
    """Files for readers that are not, byte for byte, those of the undisturbed run, on either side."""
    damaged: int
    """Promised files that `report --verify` would name."""
    orphans: int
    slowest_seconds: float
    repeated: int
    """Tries beyond the first, as the workers themselves noted them."""
    most_in_hand: int
    """Pages in hand when a parent died, at most."""
    swept: int
    left_aside: int
    """Unfinished files at the very end."""

    @property
    def kills(self) -> int:
        return self.parents_killed + self.workers_killed + self.servers_killed

    @property
    def may_repeat(self) -> int:
        """One page a worker for each kill."""
        return self.parents_killed * WORKERS + self.workers_killed + self.servers_killed * WORKERS

    def table(self, title: str) -> str:
        """Give the row as a table that can be read."""
        rows = [
            ("pages", self.pages),
            ("kills of the parent", self.parents_killed),
            ("kills of page workers", self.workers_killed),
            ("kills of device servers", self.servers_killed),
            ("seconds", round(self.seconds, 1)),
            ("pages lost", self.lost),
            ("pages done twice in the journal", self.doubled),
            ("pages failed", self.failed),
            ("files that differ", self.differing),
            ("files that --verify names", self.damaged),
            ("processes alive 1 s after their parent", self.orphans),
            ("slowest to be gone, seconds", round(self.slowest_seconds, 3)),
            ("executions repeated", self.repeated),
            ("executions repeated, a kill", round(self.repeated / max(self.kills, 1), 2)),
            ("most pages in hand at a death", self.most_in_hand),
            ("unfinished files swept", self.swept),
            ("unfinished files left", self.left_aside),
        ]
        return "\n".join([f"\n{title}", *(f"  {name:<40}{value:>10}" for name, value in rows)]) + "\n"


def figures_of(chaos: Chaos, *, seconds: float, undisturbed: dict[str, bytes]) -> Figures:
    """Look at everything that the run has left."""
    history = events(chaos)
    keys = page_order(chaos.out)
    done = Counter(event.key for event in history if isinstance(event, PageDone))
    failed = {event.key for event in history if isinstance(event, PageFailed)}
    return Figures(
        pages=len(keys),
        parents_killed=chaos.kills.parents,
        workers_killed=chaos.kills.workers,
        servers_killed=chaos.kills.servers,
        seconds=seconds,
        lost=len(set(keys) - done.keys() - failed),
        doubled=sum(count > 1 for count in done.values()) + len(done.keys() & failed),
        failed=len(failed),
        differing=differing(outputs(chaos.out.path), undisturbed),
        damaged=len(damages(chaos)),
        orphans=chaos.kills.orphans,
        slowest_seconds=chaos.kills.slowest_seconds,
        repeated=sum(executions(chaos).values()) - len(executions(chaos)),
        most_in_hand=most_in_hand(history),
        swept=chaos.kills.swept,
        left_aside=len(unfinished(chaos.out.path)),
    )


def events(chaos: Chaos) -> list[object]:
    """Give the whole journal's events."""
    return [record.event for record in records(chaos)]


def records(chaos: Chaos) -> list[Record]:
    return list(replay(chaos.out.journal))


def damages(chaos: Chaos) -> tuple[Damage, ...]:
    """Give what `report --verify` would name."""
    return verified(chaos.out.path, [event for event in events(chaos) if isinstance(event, PageDone)]).damages


def outputs(out: Path) -> dict[str, bytes]:
    """Give every file that is for readers, but for the report, which tells of the run's course as well."""
    files = (path for path in out.rglob("*") if path.is_file() and ".htrkit" not in path.parts)
    return {str(path.relative_to(out)): path.read_bytes() for path in files if path.name != "report.html"}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> int:
    return sum(one.get(name) != other.get(name) for name in one.keys() | other.keys())


def executions(chaos: Chaos) -> Counter[str]:
    """Give how often each page was tried, as the workers noted it."""
    return Counter((chaos.out.path.parent / EXECUTIONS).read_text().splitlines())


def most_in_hand(history: list[object]) -> int:
    """Give how many pages a parent's death has cut short, at most."""
    in_hand: set[str] = set()
    most = 0
    for event in history:
        match event:
            case RunStarted() | RunResumed():
                most = max(most, len(in_hand))
                in_hand.clear()
            case PageStarted():
                in_hand.add(event.key)
            case _:
                in_hand.discard(getattr(event, "key", None) or "")
    return most
