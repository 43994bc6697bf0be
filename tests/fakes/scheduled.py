"""Words for the examples of what a supervised run does next."""

from collections.abc import Mapping

from htrkit.core.limits import Fixed, Limits
from htrkit.core.rules import Rules
from htrkit.core.schedule import Schedule
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Died,
    Ready,
    Refused,
    Start,
    Waiting,
)
from htrkit.domain.serving import BatchBegun, ServerDied, ServerReady

A, B, C, D = map(PageKey, "abcd")
W0, W1, W2, W3 = "w0", "w1", "w2", "w3"
S0, S1, S2 = "s0", "s1", "s2"
LIMITS = Limits(dict.fromkeys(Step, Fixed(30)), given_seconds=10)
RULES = Rules(LIMITS, max_fail_rate=None, start_limit_seconds=60, trouble_limit_seconds=600)


def begun(pages: str, workers: int = 1, rules: Rules = RULES, **known: Mapping[PageKey, int]) -> Schedule:
    """A run whose workers are ready, the pages given, at 0 s."""
    schedule = Schedule([PageKey(key) for key in pages], [W0, W1][:workers], rules, **known)
    for order in schedule.begin(0):
        assert isinstance(order, Start)
        schedule.hear(Ready(order.worker, 0))
    return schedule


def served(
    pages: str, workers: int = 2, servers: int = 1, rules: Rules = RULES, **known: Mapping[PageKey, int]
) -> Schedule:
    """A run with device servers in which everybody is ready and every page in hand waits, at 0 s."""
    names, devices = [W0, W1, W2, W3][:workers], [S0, S1, S2][:servers]
    schedule = Schedule([PageKey(key) for key in pages], names, rules, servers=devices, **known)
    schedule.begin(0)
    for event in [*(Ready(name, 0) for name in names), *(ServerReady(name, 0) for name in devices)]:
        schedule.hear(event)
    for one in schedule.in_hand():
        schedule.hear(Waiting(one.worker, 0))
    return schedule


def batch(server: str, *workers: str, at: float = 1) -> BatchBegun:
    return BatchBegun(server, Step.RECOGNISE, workers, at)


def crashed(server: str, at: float = 1) -> ServerDied:
    return ServerDied(server, "SIGSEGV", at, stack="in launch()")


def broken(worker: str, at: float = 1) -> Refused:
    return Refused(worker, FailureClass.BROKEN, Step.OPEN, "ends early", at, stack="…")


def hiccup(worker: str, at: float = 1) -> Refused:
    return Refused(worker, FailureClass.RECOGNITION, Step.RECOGNISE, "device busy", at, passing=True)


def died(worker: str, at: float = 1) -> Died:
    return Died(worker, "SIGSEGV", at, stack="in cut()")
