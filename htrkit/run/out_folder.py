"""OUT on disk: where everything of a run stands below it."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shlex import quote

from htrkit.core.shown import shown
from htrkit.domain.errors import OutputHeld, UsageProblem
from htrkit.domain.names import PageKey


@dataclass(frozen=True, slots=True)
class OutFolder:
    """The places below OUT."""

    path: Path

    @property
    def own(self) -> Path:
        """The folder of what is not for readers."""
        return self.path / ".htrkit"

    @property
    def plan(self) -> Path:
        """The frozen plan and settings."""
        return self.own / "run.json"

    @property
    def journal(self) -> Path:
        """The run's memory."""
        return self.own / "journal.jsonl"

    @property
    def ballast(self) -> Path:
        """Room held back for the journal's last lines while a run goes on."""
        return self.own / "ballast"

    @property
    def lock(self) -> Path:
        """Held while a run goes on."""
        return self.own / "lock"

    @property
    def log(self) -> Path:
        """Every event in words."""
        return self.own / "run.log"

    @property
    def failures(self) -> Path:
        """The table of pages that failed; absent when none did."""
        return self.path / "failures.csv"

    @property
    def report(self) -> Path:
        """The run's report to keep or send, written anew at each end."""
        return self.path / "report.html"

    @property
    def another(self) -> str:
        """Give a name beside OUT that nothing has yet, as a shell takes it."""
        names = (self.path.with_name(f"{self.path.name}-{number}") for number in count(2))
        return quote(shown(next(name for name in names if not name.exists())))

    def record(self, key: PageKey) -> Path:
        """A page's record."""
        return self.path / "json" / f"{key}.json"

    def refuse_held(self) -> None:
        """Raise OutputHeld where OUT holds a run already, UsageProblem where it is no folder."""
        if self.path.exists() and not self.path.is_dir():
            raise UsageProblem(f"{shown(self.path)}: OUT is a file.", mend=f"Give a folder: -o {self.another}")
        if self.plan.exists():
            raise OutputHeld(
                f"{shown(self.path)}: holds a run already.",
                mend=f"Go on with it: htrkit resume {quote(shown(self.path))}; or begin a new one: -o {self.another}",
            )
