"""What a comparison is made of: pages, models, who finds the lines, and the device."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder that htrkit is imported from."""
STARTERS = ROOT / "htrkit" / "models" / "starters"
MEDIEVAL = STARTERS / "latin-medieval.safetensors"
MODERN = STARTERS / "latin-modern.safetensors"
CPU = "cpu"
FEW = 2
"""The pages of the run that is subtracted from the long one: what both have is start-up."""


class Lines(StrEnum):
    """Where the lines come from."""

    FOUND = "found"
    """Each contender segments the page itself."""
    GIVEN = "given"
    """By the ALTO or PAGE file beside the image."""


@dataclass(frozen=True, slots=True)
class Setup:
    """One comparison: the same pages and the same model for everyone."""

    model: Path
    lines: Lines

    @property
    def name(self) -> str:
        """`latin-medieval, lines found`."""
        return f"{self.model.stem}, lines {self.lines}"


QUICK = (Setup(MEDIEVAL, Lines.FOUND), Setup(MEDIEVAL, Lines.GIVEN), Setup(MODERN, Lines.GIVEN))
"""What the bars need."""
FULL = (*QUICK, Setup(MODERN, Lines.FOUND))


def module(name: str) -> list[str]:
    """Give the command that runs a module of this folder; it must be started in ROOT."""
    return [sys.executable, "-m", f"bench.beside.{name}"]
