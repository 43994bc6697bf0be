"""The limit: the networks' forward passes alone, called as htrkit calls them, with every core busy."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from bench.beside.contenders import Setting
from bench.beside.measuring import TAIL, Broken
from bench.beside.pages import pictures
from bench.beside.setting import CPU, ROOT, Setup, module
from bench.beside.steps import AloneStep, PageSteps, mean_steps, pages_in

DONE = b"done\n"
GO = b"go\n"
ENDING_SECONDS = 60.0
"""A pass that goes on untimed may last so long."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is told that times forward passes."""

    model: str
    lines: str
    device: str
    settings: tuple[Setting, ...]
    place: str
    """The file that it writes."""
    pages: tuple[str, ...]
    """Its share."""
    warming: tuple[str, ...]
    """What it reads before anything is timed."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What each page took, step by step, in processes that did nothing else, one a core."""

    wall: tuple[PageSteps, ...]
    cpu: tuple[PageSteps, ...]

    @property
    def network_wall_seconds(self) -> float:
        """A page's, of both networks, the mean."""
        return sum(page.network_seconds for page in self.wall) / len(self.wall)

    @property
    def network_cpu_seconds(self) -> float:
        """The same, of CPU."""
        return sum(page.network_seconds for page in self.cpu) / len(self.cpu)

    @property
    def open_cpu_seconds(self) -> float:
        """A page's, to decode the image."""
        return mean_steps([page.seconds for page in self.cpu]).get(AloneStep.OPEN, 0.0)

    def network_cpu_of(self, page: str) -> float:
        """Give the CPU seconds of a page's networks; the mean for a page that was not timed."""
        return next((one.network_seconds for one in self.cpu if one.page == page), self.network_cpu_seconds)


@dataclass(frozen=True, slots=True)
class Calling:
    """How the networks are called."""

    settings: tuple[Setting, ...]
    device: str
    processes: int
    """On the CPU, one thread each; a card has one."""
    environment: Mapping[str, str]


def alone(setup: Setup, pages: Path, work: Path, calling: Calling) -> Alone:
    """Time every page's networks, the pages shared among processes; raises Broken.

    All begin at once when the last is ready, and who is done first goes on untimed until the others are, so that no
    pass has the machine to itself.
    """
    work.mkdir(parents=True)
    found = pictures(pages)
    count = min(calling.processes if calling.device == CPU else 1, len(found))
    places = [work / f"{number}.json" for number in range(count)]
    going: list[Passes] = []
    try:
        for number, place in enumerate(places):
            wanted = paths(found[number::count]), paths(found[:1])
            order = Order(str(setup.model), setup.lines, calling.device, calling.settings, str(place), *wanted)
            going.append(Passes.begun(order, calling.environment))
        for one in going:
            one.hear()
        for one in going:
            one.tell()
        for one in going:
            one.hear()
    finally:
        for one in going:
            one.end()
    return merged(places)


def paths(files: Sequence[Path]) -> tuple[str, ...]:
    """Give paths as words."""
    return tuple(str(path) for path in files)


def merged(places: Sequence[Path]) -> Alone:
    """Read what the processes wrote."""
    told = [json.loads(place.read_text(encoding="utf-8")) for place in places]
    wall, cpu = ([steps for one in told for steps in pages_in(one[kind])] for kind in ("wall", "cpu"))
    return Alone(tuple(wall), tuple(cpu))


@dataclass(frozen=True, slots=True)
class Passes:
    """A process that times forward passes."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @classmethod
    def begun(cls, order: Order, environment: Mapping[str, str]) -> Self:
        """Start it; it loads its networks, says so, and waits."""
        log = Path(order.place).with_suffix(".log")
        command = [*module("networks_alone"), json.dumps(asdict(order))]
        own = {**environment, "OMP_NUM_THREADS": "1"} if order.device == CPU else dict(environment)
        pipe = subprocess.PIPE
        with log.open("wb") as said:
            return cls(subprocess.Popen(command, cwd=ROOT, env=own, stdin=pipe, stdout=pipe, stderr=said), log)

    def hear(self) -> None:
        """Wait until it has done what it was told last; raises Broken where it ended instead."""
        assert self.process.stdout is not None  # noqa: S101 - a pipe was asked for
        if self.process.stdout.readline() != DONE:
            said = " ".join(self.log.read_text(encoding="utf-8", errors="replace")[-TAIL:].split())
            raise Broken(f"the networks alone: {said}")

    def tell(self) -> None:
        """Let it begin."""
        assert self.process.stdin is not None  # noqa: S101 - as above
        self.process.stdin.write(GO)
        self.process.stdin.flush()

    def end(self) -> None:
        """Let it end, or end it."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self.process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
