"""When a page worker is started anew between two pages: after so many, or when it has grown too much."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recycling:
    """What a worker may come to before it is started anew; None sets no limit."""

    after_pages: int | None = None
    growth_bytes: int | None = None
    """Memory beyond what it had after its first pages."""
    settled_after_pages: int = 3
    """By then networks, fonts and buffers are there, and growth is a leak."""


LEAST_GROWTH_BYTES = 1_500_000_000
"""Large pages leave so much behind in buffers that are used again."""


def growth_allowed(free_bytes: int, *, workers: int) -> int:
    """Give the growth at which a worker is started anew: half of its share of the memory that was free at the start."""
    return max(free_bytes // (2 * max(workers, 1)), LEAST_GROWTH_BYTES)


@dataclass(slots=True)
class Wear:
    """How much a worker's process has been used since it was started."""

    pages: int = 0
    settled_bytes: int = 0

    def page_done(self, memory_bytes: int, rules: Recycling) -> str | None:
        """Take in a page that is over and the memory after it, 0 where nobody knows; tell in words why it is enough."""
        self.pages += 1
        if self.pages <= rules.settled_after_pages:
            self.settled_bytes = max(self.settled_bytes, memory_bytes)
        if rules.after_pages is not None and self.pages >= rules.after_pages:
            return f"it has read {self.pages} pages"
        grown = memory_bytes - self.settled_bytes
        if rules.growth_bytes is not None and grown > rules.growth_bytes:
            return f"its memory has grown by {grown // 10**6:,} MB in {self.pages} pages"
        return None
