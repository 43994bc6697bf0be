"""What a simulated device costs, and the pages that it is given: lines as wide as those of 114 real pages."""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

WIDTHS = Path(__file__).with_name("line_widths.json")
"""The widths of 4,800 lines at 48 pixels of height, page by page, in pixels: cut out of letters and manuscripts."""
HEIGHT = 48
SEED = 8


@dataclass(frozen=True, slots=True)
class Law:
    """How long things take; handed to workers and servers with their set-up."""

    page_seconds: float = 1.0
    """Of a page of the usual number and width of lines, on the device, at full batches without padding."""
    room: int = 32
    """Lines of a full batch."""
    worker_seconds: float = 0.0
    """Of its worker's processor, for a page."""
    lines: int = 0
    """Of every page; 0: as the real pages have them."""

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Self:
        """Read what `told` wrote."""
        return cls(**settings["law"])

    def told(self) -> dict[str, Any]:
        """Give the settings of processes that work by this law."""
        return {"device": "all", "law": asdict(self)}

    def widths(self, page: int) -> Sequence[int]:
        """Give the widths of a page's lines."""
        real = real_widths()
        if not self.lines:
            return real[page % len(real)]
        chosen = random.Random(page)  # noqa: S311 - no secret
        return chosen.choices([width for one in real for width in one], k=self.lines)

    def batch_seconds(self, widths: Sequence[float]) -> float:
        """Give the seconds of a batch: as many as a full one of its widest line takes, however many lines it holds."""
        pages = real_widths()
        columns = sum(map(sum, pages)) / len(pages)
        return self.page_seconds / columns * self.room * max(widths)


@cache
def real_widths() -> Sequence[Sequence[int]]:
    """Give the widths of the lines of real pages, in an order that mixes books: the worst for batches."""
    pages: list[list[int]] = json.loads(WIDTHS.read_text())
    random.Random(SEED).shuffle(pages)  # noqa: S311 - as above
    return pages
