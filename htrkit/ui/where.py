"""Where what is said at a run's end can be looked up, and how it is gone on with."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from htrkit.ui.words import shown


@dataclass(frozen=True, slots=True)
class Where:
    """OUT, and what of it people are pointed to; what is empty is what a run in no shards has."""

    out: Path
    again_typed: str = ""
    failures_told: str = ""
    log_shown: str = ""

    @property
    def again(self) -> str:
        """The command that goes on."""
        return self.again_typed or f"htrkit resume {quote(shown(self.out))}"

    @property
    def failures(self) -> str:
        """What tells of each failed page: a table, or a command."""
        return self.failures_told or shown(self.out / "failures.csv")

    @property
    def log(self) -> str:
        """The log of every event in words."""
        return self.log_shown or shown(self.out / ".htrkit" / "run.log")
