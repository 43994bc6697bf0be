"""Signals wait to be read, and nothing else happens."""

import os
import select
import signal

import pytest

from htrkit.domain.schedule import Halt
from htrkit.run.interrupts import Interrupts


@pytest.mark.parametrize(
    ("number", "halt"),
    [(signal.SIGINT, Halt.INTERRUPTED), (signal.SIGTERM, Halt.TERMINATED), (signal.SIGUSR1, Halt.WARNED)],
)
def test_a_signal_is_heard_once(number: signal.Signals, halt: Halt) -> None:
    with Interrupts() as interrupts:
        os.kill(os.getpid(), number)
        select.select([interrupts], [], [], 5)

        assert list(interrupts.heard()) == [halt]
        assert list(interrupts.heard()) == []


def test_two_signals_are_heard_in_their_order() -> None:
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        select.select([interrupts], [], [], 5)

        assert sorted(interrupts.heard()) == [Halt.INTERRUPTED, Halt.TERMINATED]


def test_a_terminal_that_goes_away_asks_for_nothing() -> None:
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGHUP)
        select.select([interrupts], [], [], 5)

        assert list(interrupts.heard()) == []


def test_handlers_are_as_they_were_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)]
    with Interrupts():
        assert signal.getsignal(signal.SIGTERM) is not before[1]

    after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)]
    assert after == before
