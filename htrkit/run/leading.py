"""A run that is led from here and read on the nodes of a cluster: which cluster, and what its agents are to do."""

from collections.abc import Callable, Sequence

from htrkit.config.choices import ExecutorKind
from htrkit.config.settings import Settings
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.resume import Left
from htrkit.run.agents import Agents
from htrkit.run.bench import Bench
from htrkit.run.crew import rules_of
from htrkit.run.pinning import CPU
from htrkit.run.telling import Listener
from htrkit.run.to_its_end import ToItsEnd

AgentsOf = Callable[[Settings], Agents | None]
"""Gives the cluster that the settings ask for, connected with; None where pages are read on this machine."""


def agents_for(settings: Settings) -> Agents | None:
    """Connect with the cluster that the settings ask for; raises PreflightRefused where that cannot be."""
    match settings.executor:
        case ExecutorKind.LOCAL:
            return None
        case ExecutorKind.RAY:
            # A run on this machine has no use for it.
            from htrkit.run.ray_cluster import connected  # noqa: PLC0415

            return connected(settings.address, on_cpu=settings.devices == CPU or settings.server is not None)


def led(  # noqa: PLR0913 - what is read, by whom, and who listens
    agents: Agents,
    bench: Bench,
    left: Left,
    run_id: str,
    listeners: Sequence[Listener],
    *,
    confidence: ConfidenceWatch,
    now: Callable[[], str],
) -> ToItsEnd:
    """Give the run over the agents of a cluster."""
    # Nor has it of what leads agents.
    from htrkit.run.leased import Errand, Leased  # noqa: PLC0415

    errand = Errand(agents, bench, run_id, rules_of(bench.settings), left.strikes, left.attempts)
    return Leased(errand, listeners, fail_on=bench.settings.fail_on, confidence=confidence, now=now)
