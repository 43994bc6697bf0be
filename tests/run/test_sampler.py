"""A sample is everything at one moment; a process that has just gone is left out of it."""

import os
import subprocess
import sys

from htrkit.core.pressure import MemorySample
from htrkit.domain.sample import DeviceSample
from htrkit.run.sampler import RUN, Sampler, ram

CARD = DeviceSample("cuda:0", 46, 40)


def test_there_is_some_memory_here_and_not_all_of_it_is_used() -> None:
    sample = ram()
    assert 0 < sample.free_bytes < sample.total_bytes
    assert 0 < sample.used_share < 1


def test_before_the_run_has_said_where_to_look_there_is_the_run_itself() -> None:
    sample = Sampler().now()
    assert (sample.devices, sample.ahead_bytes) == ((), 0)
    assert [(one.process, one.pid, one.proportional_bytes) for one in sample.processes] == [(RUN, os.getpid(), None)]
    assert sample.processes[0].resident_bytes > 1_000_000


def test_a_sample_is_of_everything() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as going:
        sampler = Sampler(lambda: MemorySample(100, 30), lambda: (CARD,), lambda: {"w0": going.pid}, lambda: 5)
        sample = sampler.now()
        going.communicate(b"\n")
    assert (sample.total_bytes, sample.free_bytes, sample.ahead_bytes, sample.devices) == (100, 30, 5, (CARD,))
    assert [(one.process, one.pid) for one in sample.processes] == [(RUN, os.getpid()), ("w0", going.pid)]


def test_a_process_that_has_died_is_left_out_buried_or_not() -> None:
    going = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, going.pid, os.WEXITED | os.WNOWAIT)
    unburied = Sampler(processes=lambda: {"w0": going.pid}).now(thorough=True)
    going.wait()
    buried = Sampler(processes=lambda: {"w0": going.pid}).now(thorough=True)
    assert [[one.process for one in sample.processes] for sample in (unburied, buried)] == [[RUN], [RUN]]


def test_the_shared_part_is_summed_up_only_when_asked_for() -> None:
    (one,) = Sampler().now(thorough=True).processes
    if sys.platform == "linux":
        assert one.proportional_bytes is not None
        assert 0 < one.proportional_bytes <= one.resident_bytes * 1.2
