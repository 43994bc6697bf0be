"""How many page workers there are, and how many cores each may use."""

from dataclasses import dataclass

WORKER_BYTES = 2_500_000_000
"""What a page worker takes at most in practice: Kraken's imports and models 1 GB, a large page the rest."""

ASKING_BYTES = 700_000_000
"""What a page worker takes that asks an inference server: no library of networks, and a page."""
ASKING_AT_ONCE = 16
"""Page workers that ask an inference server, unless asked otherwise: they mostly wait."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """Page workers, and the threads of each."""

    workers: int
    threads: int


def jobs_for(*, asked: int | None, threads: int | None, cores: int, memory_bytes: int, pages: int) -> Jobs:
    """Share cores and memory out; `None` leaves it to the machine. No more workers than pages, and one at least."""
    fitting = max(memory_bytes // WORKER_BYTES, 1)
    workers = asked if asked is not None else min(cores // (threads or 1), fitting)
    workers = max(min(workers, pages), 1)
    return Jobs(workers, threads if threads is not None else max(cores // workers, 1))


def jobs_asking(*, asked: int | None, memory_bytes: int, pages: int) -> Jobs:
    """Give the workers that ask an inference server: each waits for one page, so that cores do not count."""
    fitting = max(memory_bytes // ASKING_BYTES, 1)
    workers = asked if asked is not None else min(ASKING_AT_ONCE, fitting)
    return Jobs(max(min(workers, pages), 1), 1)
