"""A shelf of pages in a folder, read in shards on a real Slurm, and by one process for comparison."""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from htrkit.run.out_folder import OutFolder
from tests.slurm import drill_engine

SETTINGS = ("-e", "drill", "-s", "none", "-j", "1", "--page-timeout", "5", "-f", "txt,page,csv")
POISON = {"raise-13": "bug", "die-77": "died", "hang-101": "timeout"}
"""By name, the class that each fails with."""
STUCK_SECONDS = 600.0
POLL_SECONDS = 0.05
OUTPUTS = ("txt", "page", "json")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Scans in a folder, with the engine that reads them."""

    folder: Path
    out: str

    @classmethod
    def laid_out(cls, folder: Path, names: list[str], *, out: str) -> "Shelf":
        """Make a picture for each name, and put the engine where Python finds it as an installed package's."""
        (folder / "scans").mkdir()
        picture = Image.new("L", (24, 12), 200)
        for name in names:
            picture.save(folder / "scans" / f"{name}.png")
        told = folder / "site" / "drill_engine-1.dist-info"
        told.mkdir(parents=True)
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: drill-engine\nVersion: 1\n")
        (told / "entry_points.txt").write_text("[htrkit.engines]\ndrill = drill_engine:ROW\n")
        (folder / "site" / "drill_engine.py").write_bytes(Path(drill_engine.__file__).read_bytes())
        return cls(folder, out)

    @property
    def log(self) -> Path:
        """What the engine writes its tries into."""
        return self.folder / f"tries of {self.out}"

    @property
    def tries(self) -> list[tuple[str, str, str]]:
        """Every try of a page: its name, the devices that were visible, the task of the array."""
        lines = self.log.read_text().splitlines()
        return [(name, visible, task) for name, visible, task in map(str.split, lines)]

    def environment(self, **more: str) -> dict[str, str]:
        """Give the environment of those who read the shelf."""
        own = {"PYTHONPATH": str(self.folder / "site"), drill_engine.LOG: str(self.log)}
        return {**os.environ, "OMP_NUM_THREADS": "1", **own, **more}

    def call(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Call a command in the shelf's folder."""
        return subprocess.run(
            words, cwd=self.folder, env=self.environment(**more), capture_output=True, text=True, check=False
        )

    def htrkit(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Call htrkit in the shelf's folder."""
        return self.call(sys.executable, "-m", "htrkit", *words, **more)

    def submitted(self, *words: str, shards: int = 4, **more: str) -> str:
        """Submit an array over the shelf, a GPU to a shard; gives the job's id."""
        room = ("--shards", str(shards), "--cpus-per-shard", "1", "--time", "30", "--mem", "200M", "--submit")
        done = self.htrkit("cluster", "slurm", "scans", "-o", self.out, *SETTINGS, *room, *words, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def again(self, **more: str) -> str:
        """Submit the same script once more; gives the job's id."""
        done = self.call("sbatch", "--parsable", str(self.place / ".htrkit" / "slurm" / "array.sh"), **more)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def place(self) -> Path:
        """OUT."""
        return self.folder / self.out

    def events(self, shard: int | None = None) -> Iterator[dict[str, object]]:
        """Give the events of all journals, or of one shard's in all cuts."""
        pattern = "*" if shard is None else f"*-{shard}of*"
        for journal in sorted(OutFolder(self.place).shards.glob(f"{pattern}/journal.jsonl")):
            yield from whole_lines(journal)

    def ended(self, event: str, shard: int | None = None) -> Counter[str]:
        """Give how often each page has come to such an end."""
        return Counter(str(one["key"]) for one in self.events(shard) if one["event"] == event)

    def outputs(self) -> dict[str, bytes]:
        """Give all files of OUT that pages have, by their place; the moment of the run's start is the same in all."""
        place = self.place
        started = json.loads((place / ".htrkit" / "run.json").read_bytes())["started"].encode()
        files = (file for name in OUTPUTS for file in (place / name).rglob("*") if file.is_file())
        return {str(file.relative_to(place)): file.read_bytes().replace(started, b"STARTED") for file in files}

    def wait(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + STUCK_SECONDS
        while not true():
            assert time.monotonic() < deadline, f"not {what} within {STUCK_SECONDS} s\n{self.logs()}"
            time.sleep(POLL_SECONDS)

    def is_over(self, job: str) -> bool:
        """Tell whether no task of an array waits or runs any more."""
        return not self.call("squeue", "-h", "-j", job).stdout.strip()

    def logs(self) -> str:
        """Give the end of what the tasks wrote."""
        logs = sorted((self.place / ".htrkit" / "slurm").glob("*.log"))
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in logs)


def whole_lines(journal: Path) -> Iterator[dict[str, object]]:
    """Give the events of a journal that may be written to this moment, or that was cut off in a line."""
    for line in journal.read_bytes().split(b"\n")[:-1]:
        yield json.loads(line)


def without_colour(text: str) -> str:
    """Give text as it reads in one line."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())
