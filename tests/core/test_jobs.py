"""Cores and memory are shared out among page workers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.jobs import ASKING_AT_ONCE, ASKING_BYTES, WORKER_BYTES, Jobs, jobs_asking, jobs_for

MUCH = 1000 * WORKER_BYTES


@pytest.mark.parametrize(
    ("asked", "threads", "cores", "memory", "pages", "jobs"),
    [
        (None, None, 64, MUCH, 1000, Jobs(64, 1)),
        (None, None, 64, 10 * WORKER_BYTES, 1000, Jobs(10, 6)),
        (None, None, 8, MUCH, 3, Jobs(3, 2)),
        (None, 4, 8, MUCH, 1000, Jobs(2, 4)),
        (5, None, 8, MUCH, 1000, Jobs(5, 1)),
        (5, 2, 8, 0, 1000, Jobs(5, 2)),
        (None, None, 2, 100, 1000, Jobs(1, 2)),
        (None, None, 2, MUCH, 0, Jobs(1, 2)),
    ],
)
def test_shares(asked: int | None, threads: int | None, cores: int, memory: int, pages: int, jobs: Jobs) -> None:
    assert jobs_for(asked=asked, threads=threads, cores=cores, memory_bytes=memory, pages=pages) == jobs


@given(st.integers(1, 256), st.integers(0, 10**12), st.integers(0, 10**5))
def test_left_to_the_machine_cores_are_never_given_out_twice(cores: int, memory: int, pages: int) -> None:
    jobs = jobs_for(asked=None, threads=None, cores=cores, memory_bytes=memory, pages=pages)

    assert jobs.workers >= 1
    assert 1 <= jobs.workers * jobs.threads <= cores


def test_workers_that_ask_a_server_need_memory_and_no_cores() -> None:
    assert jobs_asking(asked=None, memory_bytes=MUCH, pages=1000) == Jobs(ASKING_AT_ONCE, 1)
    assert jobs_asking(asked=None, memory_bytes=3 * ASKING_BYTES, pages=1000) == Jobs(3, 1)
    assert jobs_asking(asked=None, memory_bytes=0, pages=1000) == Jobs(1, 1)
    assert jobs_asking(asked=64, memory_bytes=0, pages=1000) == Jobs(64, 1)
    assert jobs_asking(asked=64, memory_bytes=0, pages=2) == Jobs(2, 1)
