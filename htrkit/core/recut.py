"""What came of cutting the rest of a run anew."""

from dataclasses import dataclass

from htrkit.domain.finding import Finding
from htrkit.domain.shards import Cut


@dataclass(frozen=True, slots=True)
class Recut:
    """The new cut, and whose its pages were."""

    out: str
    """OUT as it was typed, safe to show."""
    cut: Cut | None
    """None where nothing was left to be cut."""
    pages: int
    from_whom: str
    """In words: `2/4 (30 pages), 4/4 (27 pages)`."""
    living: int
    """Shards that are at work, and keep what they have."""
    findings: tuple[Finding, ...] = ()
