"""No order of events makes the leases lose a page, or end one twice; and the books notice leases that do."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from htrkit.core.lease_book import Agent
from htrkit.core.leases import Leases
from htrkit.domain.leases import AgentEnded
from htrkit.domain.names import PageKey
from tests.fakes.leases_machine import LeasesMachine

TestLeases = LeasesMachine.TestCase
TestLeases.settings = settings(max_examples=200, stateful_step_count=50)


class Believing(Leases):
    """Believes the dead."""

    def has(self, agent: str, key: PageKey) -> bool:
        return super().has(agent, key) or bool(agent not in self._agents and self._agents)


class Losing(Leases):
    """Forgets what only waited."""

    def _bury(self, agent: Agent, cause: str) -> None:
        super()._bury(Agent(agent.name, pages={key: True for key, held in agent.pages.items() if held}), cause)


class Greedy(Leases):
    """Gives pages back that were ended, and goes on giving."""

    def _part_with(self, event: AgentEnded) -> None:
        super()._part_with(event)
        self._halt = None


class Blaming(Leases):
    """Strikes pages in a drain as well."""

    def _bury(self, agent: Agent, cause: str) -> None:
        halt, self._halt = self._halt, None
        super()._bury(agent, cause)
        self._halt = halt


class Patient(Leases):
    """Waits in a drain for agents that are not ready."""

    def _let_go(self, agent: Agent) -> None:
        agent.workers = agent.workers or 1
        super()._let_go(agent)


@pytest.mark.parametrize("kind", [Believing, Losing, Greedy, Blaming, Patient])
def test_leases_that_are_wrong_are_found_out(kind: type[Leases]) -> None:
    machine = type("Machine", (LeasesMachine,), {"kind": kind})
    # What is found need not be made small, and one finding is enough.
    quick = settings(
        max_examples=300,
        stateful_step_count=50,
        database=None,
        print_blob=False,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises((AssertionError, KeyError)):
        run_state_machine_as_test(machine, settings=quick)
