"""Where checks take place: the device, the folder for what they make, and the pages of the project."""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder that htrkit is imported from, and that holds the example pages."""
CPU = "cpu"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a check is told."""

    device: str
    """`cuda:0`, the only one that the check's process sees; or `cpu`, which stands in for it in a rehearsal."""
    folder: Path
    pages: int
    """Of a run."""

    @property
    def on_a_card(self) -> bool:
        """Whether a real GPU is checked."""
        return self.device != CPU


def module(name: str) -> list[str]:
    """Give the command that runs a module of these checks; it must be started in ROOT."""
    return [sys.executable, "-m", f"bench.gpu.{name}"]
