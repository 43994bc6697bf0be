"""How much of a cluster a shard is asked for: time with a margin, memory, and a warning early enough to end well."""

from math import ceil

from htrkit.core.device_plan import PARENT_BYTES
from htrkit.core.interval import Interval
from htrkit.core.limits import Adaptive, Fixed, Limits, StepLimit

START_UP_SECONDS = 600
"""Imports from a shared disk, the model, and the plan, which one shard makes while the others wait."""
MARGIN = 1.25
"""Shards are never quite equal, nor nodes."""
STEP_SECONDS = 900
"""Time limits are whole quarters of an hour."""
WRITING_SECONDS = 120
"""The tables and the report, over all shards."""
MOST_WARNED_SECONDS = 1800
LEAST_WARNED_SECONDS = 30
GIB = 2**30
JOURNALS_BYTES_A_PAGE = 1600
"""What a shard's own process holds of the plan and all journals, which it reads before its workers start; measured with
100,000 made-up pages (docs/howto/cluster.md, "How large")."""
REPORT_BYTES_A_PAGE = 3500
"""What it holds while it writes the report, when its workers have ended; measured with the same pages."""


def limit_seconds(whole: Interval, shards: int, *, drain_seconds: int) -> int:
    """Give the time limit of one shard; `whole` is how long all pages take on what one shard has."""
    needed = whole.high / shards * MARGIN + START_UP_SECONDS + drain_seconds
    return ceil(needed / STEP_SECONDS) * STEP_SECONDS


def drain_seconds(limits: Limits) -> int:
    """Give how long the pages in hand may take to come to their end, each through all its steps, and the tables."""
    page = sum(_first(limit) for limit in limits.steps.values())
    if limits.page_seconds is not None:
        page = min(page, limits.page_seconds)
    return min(ceil(page) + WRITING_SECONDS, MOST_WARNED_SECONDS)


def warned_seconds(drain: int, limit: int | None) -> int:
    """Give how long before its time limit a shard is warned; of a short limit, a quarter at most."""
    return drain if limit is None else max(min(drain, limit // 4), LEAST_WARNED_SECONDS)


def shard_bytes(ram_bytes: int, pages: int) -> int:
    """Give what a shard of a run of so many pages takes of RAM; `ram_bytes`: what its processes take at work."""
    return max(ram_bytes + pages * JOURNALS_BYTES_A_PAGE, PARENT_BYTES + pages * REPORT_BYTES_A_PAGE)


def memory_words(ram_bytes: int, *, limit_share: float) -> str:
    """Give so much memory that the run's own limit, a share of it, holds these bytes."""
    return f"{max(ceil(ram_bytes / limit_share / GIB), 1)}G"


def _first(limit: StepLimit) -> float:
    match limit:
        case Fixed(seconds):
            return seconds
        case Adaptive(first_seconds):
            return first_seconds
