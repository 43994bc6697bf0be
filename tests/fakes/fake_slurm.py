"""Slurm's commands on a PATH of their own: they write down what they were called with, and answer as they are told."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

SCRIPT = """#!/bin/sh
printf '%s\\n' "$0" "$@" >>{calls}
cat {answer}
cat {complaint} >&2
exit {code}
"""


@dataclass(frozen=True, slots=True)
class FakeSlurm:
    """A folder with commands that stand for Slurm's."""

    folder: Path

    @property
    def path(self) -> str:
        """A PATH on which they are found first."""
        return f"{self.folder}{os.pathsep}{os.defpath}"

    def answers(self, answer: str = "", *, complaint: str = "", code: int = 0, command: str = "sbatch") -> None:
        """Let a command answer so from now on."""
        self.folder.mkdir(exist_ok=True)
        told = {name: self.folder / f"{command}.{name}" for name in ("answer", "complaint", "calls")}
        told["answer"].write_bytes(os.fsencode(answer))
        told["complaint"].write_bytes(os.fsencode(complaint))
        place = self.folder / command
        place.write_text(SCRIPT.format(**told, code=code))
        place.chmod(place.stat().st_mode | stat.S_IXUSR)

    def calls(self, command: str = "sbatch") -> list[str]:
        """Give the words of all its calls, one after the other, its own name left out."""
        place = self.folder / f"{command}.calls"
        words = place.read_text().splitlines() if place.exists() else []
        return [word for word in words if word != str(self.folder / command)]
