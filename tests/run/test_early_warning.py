"""A warning that comes while nobody goes through pages ends the shard at once; an ending is put off for a moment."""

import os
import signal
import subprocess
import sys

import pytest

from htrkit.domain.schedule import Halt
from htrkit.run.early_warning import WarnedEarly, endings_put_off, warnings_raised
from htrkit.run.interrupts import Interrupts


def test_a_warning_is_raised_and_the_handler_is_given_back() -> None:
    before = signal.getsignal(signal.SIGUSR1)
    with pytest.raises(WarnedEarly), warnings_raised():
        os.kill(os.getpid(), signal.SIGUSR1)

    assert signal.getsignal(signal.SIGUSR1) is before


def test_errors_handlers_let_it_pass() -> None:
    assert not issubclass(WarnedEarly, Exception)
    assert not issubclass(WarnedEarly, KeyboardInterrupt)


def test_a_run_that_goes_through_its_pages_hears_it_itself() -> None:
    with warnings_raised():
        with Interrupts() as interrupts:
            os.kill(os.getpid(), signal.SIGUSR1)
            assert list(interrupts.heard()) == [Halt.WARNED]
        with pytest.raises(WarnedEarly):
            os.kill(os.getpid(), signal.SIGUSR1)


def test_an_ending_that_is_put_off_reaches_the_commands_that_are_started() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with endings_put_off():
        os.kill(os.getpid(), signal.SIGTERM)
        asks = "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"
        assert subprocess.check_output([sys.executable, "-c", asks], text=True).strip() == "True"

    assert signal.getsignal(signal.SIGTERM) is before
