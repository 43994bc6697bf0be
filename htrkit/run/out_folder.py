"""OUT on disk: where everything of a run stands below it."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shlex import quote

from htrkit.core.shown import shown
from htrkit.core.slurm_script import SCRIPT
from htrkit.domain.errors import OutputHeld, UsageProblem
from htrkit.domain.names import PageKey
from htrkit.domain.shards import ShardName


@dataclass(frozen=True, slots=True)
class OutFolder:
    """The places below OUT; with a shard, what a run writes for itself is that shard's, and all else is OUT's."""

    path: Path
    shard: ShardName | None = None

    @property
    def own(self) -> Path:
        """The folder of what is not for readers."""
        return self.path / ".htrkit"

    @property
    def plan(self) -> Path:
        """The frozen plan and settings."""
        return self.own / "run.json"

    @property
    def shards(self) -> Path:
        """The folder of what a run was cut into; only a run in shards has it."""
        return self.own / "shards"

    @property
    def slurm(self) -> Path:
        """The folder of what Slurm is given and of the logs that it writes; only a run on a cluster has it."""
        return self.own / "slurm"

    @property
    def script(self) -> Path:
        """The batch script, where no other place was named for it."""
        return self.slurm / SCRIPT

    @property
    def plan_lock(self) -> Path:
        """Held for the moment in which the plan is made or cut."""
        return self.shards / "lock"

    @property
    def tables_lock(self) -> Path:
        """Held for the moment in which what all shards came to is written."""
        return self.shards / "tables-lock"

    @property
    def part(self) -> Path:
        """The folder of what one process at a time writes: the run's, or its shard's."""
        return self.own if self.shard is None else self.shards / self.shard.folder

    @property
    def journal(self) -> Path:
        """The memory of the run, or of its shard."""
        return self.part / "journal.jsonl"

    @property
    def ballast(self) -> Path:
        """Room held back for the journal's last lines while a run goes on."""
        return self.part / "ballast"

    @property
    def lock(self) -> Path:
        """Held while a run goes on."""
        return self.part / "lock"

    @property
    def log(self) -> Path:
        """Every event in words."""
        return self.part / "run.log"

    @property
    def logs(self) -> Path:
        """The folder of what processes say for themselves."""
        return self.part / "logs"

    @property
    def named(self) -> str:
        """OUT in words, and which shard of it."""
        return shown(self.path) if self.shard is None else f"{shown(self.path)}, shard {self.shard}"

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

    def cut(self, number: int) -> Path:
        """The file that says which page belongs to which shard of a cut, by its number from 1."""
        return self.shards / f"cut-{number}.json"

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
