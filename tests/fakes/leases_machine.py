"""Chance plays agents that work, die, join, lie dead and speak again; the books say what must hold all the same."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from htrkit.core.leases import Leases
from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.leases import (
    AgentEnded,
    AgentGone,
    AgentLeaves,
    AgentReady,
    EndAsked,
    EndedThere,
    EndRun,
    FailPage,
    HeardOfAgents,
    KillAgent,
    Lease,
    NobodyLeft,
    PutBack,
    StopAgent,
    StrikePage,
    TakenInHand,
)
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Halt

RULES = Rules(limits=cpu_limits(page_seconds=1.0), max_fail_rate=None)
CHOSEN = st.integers(0, 1000)
MOST_AGENTS = 4

goes_on = precondition(lambda self: not self.leases.ended)
somebody_lives = precondition(lambda self: self.living and not self.leases.ended)


class LeasesMachine(RuleBasedStateMachine):
    """Keeps its own books of who has which page."""

    kind: type[Leases] = Leases

    @initialize(pages=st.integers(0, 40), struck=st.integers(0, 3))
    def plan(self, pages: int, struck: int) -> None:
        self.pages = [PageKey(f"p{number}") for number in range(pages)]
        strikes = dict.fromkeys(self.pages[:struck], 1)
        self.leases = self.kind(self.pages, RULES, strikes=strikes)
        self.ends: Counter[PageKey] = Counter()
        self.deaths: Counter[PageKey] = Counter(strikes)
        self.living: dict[str, dict[PageKey, bool]] = {}
        self.dead: dict[str, list[PageKey]] = {}
        """Of agents that are believed dead, the pages that they may still speak of."""
        self.ready: set[str] = set()
        self.stopped: set[str] = set()
        self.number = 0
        self.halted = False

    @precondition(lambda self: self.leases.ended or not self.pages)
    @rule(pages=st.integers(1, 40), struck=st.integers(0, 3))
    def another_run(self, pages: int, struck: int) -> None:
        self.plan(pages, struck)

    def tell(self, event: HeardOfAgents) -> None:
        for order in self.leases.hear(event):
            match order:
                case Lease():
                    assert order.agent in self.ready
                    assert order.agent not in self.stopped
                    assert not self.halted
                    for page in order.pages:
                        assert not self.ends[page.key], "a page that has ended is given out"
                        assert not any(page.key in pages for pages in self.living.values()), "a page is in two places"
                        assert page.strikes == self.deaths[page.key]
                        self.living[order.agent][page.key] = False
                case StrikePage():
                    assert not self.halted, "a page is struck in a drain"
                    self.deaths[order.key] += 1
                    assert order.strikes == self.deaths[order.key] < RULES.deaths
                case FailPage():
                    self.deaths[order.key] += 1
                    assert self.deaths[order.key] == RULES.deaths
                    self.ends[order.key] += 1
                case StopAgent():
                    assert order.agent in self.ready, "an agent that may not listen is waited for"
                    self.stopped.add(order.agent)
                case KillAgent():
                    self.living.pop(order.agent)
                case EndRun():
                    assert not self.living, "the run ends while an agent lives"
                    assert (order.halt is None) == (sum(self.ends.values()) == len(self.pages))
                case _:
                    self.halted = True

    def agent(self, chosen: int) -> str:
        names = sorted(self.living)
        return names[chosen % len(names)]

    def page(self, agent: str, chosen: int, *, in_hand: bool) -> PageKey | None:
        keys = [key for key, held in self.living[agent].items() if held is in_hand]
        return keys[chosen % len(keys)] if keys else None

    @goes_on
    @precondition(lambda self: len(self.living) < MOST_AGENTS and self.leases.wants_agents)
    @rule(workers=st.integers(1, 5))
    def joins(self, workers: int) -> None:
        self.be_ready(self.place(), workers)

    @goes_on
    @precondition(lambda self: len(self.living) < MOST_AGENTS and self.leases.wants_agents)
    @rule()
    def is_placed(self) -> None:
        self.place()

    @somebody_lives
    @rule(agent=CHOSEN, workers=st.integers(1, 5))
    def becomes_ready(self, agent: int, workers: int) -> None:
        name = self.agent(agent)
        if name not in self.ready:
            self.be_ready(name, workers)

    def place(self) -> str:
        name = f"n{self.number}"
        self.number += 1
        self.living[name] = {}
        self.leases.placed(name)
        return name

    def be_ready(self, name: str, workers: int) -> None:
        self.ready.add(name)
        self.tell(AgentReady(name, workers))

    @somebody_lives
    @rule(agent=CHOSEN, page=CHOSEN)
    def takes(self, agent: int, page: int) -> None:
        name = self.agent(agent)
        if (key := self.page(name, page, in_hand=False)) is not None:
            self.living[name][key] = True
            self.tell(TakenInHand(name, key, 1))

    @somebody_lives
    @rule(agent=CHOSEN, page=CHOSEN, failed=st.sampled_from([False, False, False, True]))
    def ends_a_page(self, agent: int, page: int, failed: bool) -> None:
        name = self.agent(agent)
        if (key := self.page(name, page, in_hand=True)) is not None:
            assert self.leases.has(name, key)
            del self.living[name][key]
            self.ends[key] += 1
            self.tell(EndedThere(name, key, failed=failed))

    @somebody_lives
    @rule(agent=CHOSEN, page=CHOSEN)
    def worker_dies(self, agent: int, page: int) -> None:
        name = self.agent(agent)
        key = self.page(name, page, in_hand=True)
        if key is None:
            return
        self.deaths[key] += 1
        if self.deaths[key] < RULES.deaths:
            self.living[name][key] = False
            self.tell(PutBack(name, key, self.deaths[key]))
        else:
            del self.living[name][key]
            self.ends[key] += 1
            self.tell(EndedThere(name, key, failed=True))

    @somebody_lives
    @rule(agent=CHOSEN)
    def is_lost(self, agent: int) -> None:
        name = self.agent(agent)
        self.dead[name] = list(self.living.pop(name))
        self.tell(AgentGone(name, "its node is gone"))

    @somebody_lives
    @rule(agent=CHOSEN, settling=CHOSEN)
    def leaves(self, agent: int, settling: int) -> None:
        name = self.agent(agent)
        held = [key for key, in_hand in self.living[name].items() if in_hand]
        kept = frozenset(held[: settling % (len(held) + 1)])
        self.living[name] = dict.fromkeys(kept, True)
        self.stopped.add(name)
        self.tell(AgentLeaves(name, kept))

    @somebody_lives
    @rule(agent=CHOSEN)
    def ends_in_order(self, agent: int) -> None:
        name = self.agent(agent)
        if name in self.stopped:
            self.living.pop(name)
            self.tell(AgentEnded(name))

    @precondition(lambda self: any(self.dead.values()))
    @rule(chosen=CHOSEN)
    def speaks_from_the_dead(self, chosen: int) -> None:
        """A late word changes nothing, and `has` says beforehand that it will not."""
        name = min(name for name, pages in self.dead.items() if pages)
        key = self.dead[name][chosen % len(self.dead[name])]
        left = self.leases.left
        assert not self.leases.has(name, key)
        self.tell(EndedThere(name, key))
        self.tell(TakenInHand(name, key, 2))
        assert self.leases.left == left

    @precondition(lambda self: self.number > 3 and not self.leases.ended)
    @rule()
    def asked(self) -> None:
        self.tell(EndAsked(Halt.INTERRUPTED))

    @goes_on
    @precondition(lambda self: not self.living and self.number > 2)
    @rule()
    def nobody_is_left(self) -> None:
        self.tell(NobodyLeft("all nodes are gone"))
        assert self.leases.ended

    def teardown(self) -> None:
        if hasattr(self, "leases"):
            self.wind_down()

    def wind_down(self) -> None:
        """Let everybody behave until the end, which must come, and look at the books."""
        for _ in range(4 * len(self.pages) + 20):
            if self.leases.ended:
                break
            if self.leases.wants_agents and not self.living:
                self.place()
            for name in sorted(self.living):
                if name not in self.ready:
                    self.be_ready(name, 2)
                for key in list(self.living.get(name, ())):
                    del self.living[name][key]
                    self.ends[key] += 1
                    self.tell(EndedThere(name, key))
                if name in self.stopped and name in self.living:
                    del self.living[name]
                    self.tell(AgentEnded(name))
        if not self.pages and not self.leases.ended:
            return  # a run without pages is never led
        assert self.leases.ended, "everybody behaved, and the run does not end"
        assert all(count == 1 for count in self.ends.values()), "a page ended twice"
        if not self.halted:
            assert len(self.ends) == len(self.pages), "a page is lost"
