"""A host as its kernel describes it, in a folder: boots, processes and the marks that they carry."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from htrkit.journal.lock_host import Host


@dataclass(frozen=True, slots=True)
class FakeProc:
    """Stands for /proc; this very process is in it, in session 1, a child of process 2."""

    place: Path

    @classmethod
    def made(cls, place: Path, *, boot: str = "boot-1") -> "FakeProc":
        proc = cls(place)
        (place / "sys/kernel/random").mkdir(parents=True)
        (place / "self/ns").mkdir(parents=True)
        (place / "self/ns/pid").symlink_to("pid:[1]")
        proc.boots(boot)
        proc.add(2, session=1, parent=0)
        proc.add(os.getpid(), session=1, parent=2)
        return proc

    @property
    def host(self) -> Host:
        return Host(self.place)

    def boots(self, name: str) -> None:
        (self.place / "sys/kernel/random/boot_id").write_text(f"{name}\n")

    def add(
        self,
        pid: int,
        *,
        session: int,
        parent: int = 1,
        start: int = 77,
        state: str = "S",
        environment: Mapping[str, str] | None = None,
        namespace: str = "pid:[1]",
    ) -> None:
        folder = self.place / str(pid)
        (folder / "ns").mkdir(parents=True)
        (folder / "ns/pid").symlink_to(namespace)
        between = " ".join(["0"] * 15)
        (folder / "stat").write_text(f"{pid} (a (b) c) {state} {parent} {pid} {session} {between} {start} 0 0\n")
        words = [f"{name}={value}" for name, value in (environment or {}).items()]
        (folder / "environ").write_bytes("".join(f"{word}\0" for word in words).encode())
