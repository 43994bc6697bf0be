"""What a run of some size cost, as a row of a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class Row:
    """One run."""

    series: str
    """What was varied: `pages`, `lines`, `workers and devices`, `real pages`; of `tracing` and `cutting`, the lines."""
    case: str
    pages: int
    workers: int
    devices: int
    """0 where workers run the networks themselves."""
    seconds_a_page: float
    """Wall clock from the first page that was done to the last."""
    cpu_seconds_a_page: float
    """Of all processes, without their start."""
    peak_bytes: int
    """The most that all processes held together, as PSS."""
    early_bytes: int
    """The same up to a quarter of the pages; of real pages, in the run before."""
    full_share: float | None = None
    padding_share: float | None = None
    others_cpu_share: float | None = None
    """Of the machine, by whatever else ran meanwhile; None where nobody looked."""
    lines_a_page: int | None = None
    """None where it does not matter."""

    @property
    def grown_share(self) -> float:
        """How much more was held later than early, as a share."""
        return self.peak_bytes / self.early_bytes - 1 if self.early_bytes else 0.0


def table(rows: Sequence[Row]) -> str:
    """Give the rows as text."""
    head = f"{'series':20} {'case':22} {'pages':>6} {'wall s':>8} {'CPU s':>8} {'PSS MB':>7} {'grown':>6}  batches"
    return "\n".join([head, *(_line(row) for row in rows)])


def document(rows: Sequence[Row], machine: dict[str, Any]) -> dict[str, Any]:
    """Give the rows as JSON."""
    return {"machine": machine, "rows": [asdict(row) for row in rows]}


def _line(row: Row) -> str:
    told = "" if row.full_share is None else f"{row.full_share:.0%} full, {row.padding_share:.0%} padding"
    if row.lines_a_page:
        told += f"{1000 * row.cpu_seconds_a_page / row.lines_a_page:.2f} ms of CPU a line"
    cost = f"{row.seconds_a_page:8.4f} {row.cpu_seconds_a_page:8.4f}"
    held = f"{row.peak_bytes / MEGABYTE:7.0f} {row.grown_share:6.1%}"
    return f"{row.series:20} {row.case:22} {row.pages:6} {cost} {held}  {told}"
