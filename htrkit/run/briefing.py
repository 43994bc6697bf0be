"""What every agent of a leased run is told first."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from htrkit import __version__
from htrkit.config.choices import ExecutorKind, OnError, WorkforceKind
from htrkit.config.settings import Settings
from htrkit.domain.source import PageSource
from htrkit.files.atomic import TEMPORARY, remove, write_stream
from htrkit.run.agent_messages import BeAgent, Probe, Witness
from htrkit.run.agents import Place
from htrkit.run.bench import Bench
from htrkit.run.input_files import stamp_of
from htrkit.run.input_watch import root_of
from htrkit.run.pinning import CPU

PROBE = f".htrkit/{TEMPORARY}{{pid}}-{{content}}-probe"
"""Below OUT: of this process alone, since several may lead shards of one run, and swept where it is killed."""
MOST_WITNESSES = 100


@dataclass(frozen=True, slots=True)
class Briefing:
    """The same for all agents but for their places."""

    bench: Bench
    run_id: str
    probe: Probe
    inputs: tuple[Witness, ...]
    command: tuple[str, ...] = ()
    """What a page worker is started as, behind the interpreter; empty for ours. Drills put others in their place."""

    def of(self, place: Place) -> BeAgent:
        """Give what the agent at a place is told."""
        bench = self.bench
        return BeAgent(
            name=place.name,
            version=__version__,
            run_id=self.run_id,
            settings=settings_there(bench.settings, place).model_dump(mode="json"),
            engine=bench.row.name,
            model=(str(bench.model.path.absolute()), bench.model.facts),
            segmentation=(str(bench.segmentation.path.absolute()), bench.segmentation.facts),
            reading=bench.reading,
            folder=str(Path.cwd()),
            out=str(bench.out.absolute()),
            probe=self.probe,
            inputs=self.inputs,
            share=place.share,
            command=self.command,
        )


@contextmanager
def briefing(
    bench: Bench, run_id: str, pages: Sequence[PageSource], command: tuple[str, ...] = ()
) -> Iterator[Briefing]:
    """Give the briefing; while inside, a file below OUT tells agents whether they see the driver's OUT.

    Raises OutputUnwritable.
    """
    content = uuid4().hex
    place = bench.out.absolute() / PROBE.format(pid=os.getpid(), content=content)
    write_stream([content.encode()], place)
    try:
        yield Briefing(bench, run_id, Probe(str(place), content), tuple(_witnesses(pages)), command)
    finally:
        with suppress(OSError):
            remove(place)


def settings_there(settings: Settings, place: Place) -> Settings:
    """Give the settings for one node: what is decided over the whole run is the driver's alone."""
    device = settings.devices if settings.devices == CPU else "all"
    anew = {
        "executor": ExecutorKind.LOCAL,
        "address": None,
        "workforce": WorkforceKind.PROCESSES,
        "device": CPU if place.gpu is None else device,
        "parallel_gpus": False,
        "on_error": OnError.CONTINUE,
        "max_fail_rate": "off",
        "stop_on_alarm_rate": "off",
    }
    return settings.model_copy(update=anew)


def _witnesses(pages: Sequence[PageSource]) -> Iterator[Witness]:
    """Give one file of each folder that inputs are below, as the driver sees it."""
    firsts: dict[str, str] = {}
    for page in pages:
        firsts.setdefault(root_of(page, page.path), page.path)
    for path in list(firsts.values())[:MOST_WITNESSES]:
        if (stamp := stamp_of(path)) is not None:
            yield Witness(path, stamp.size_bytes, stamp.modified_ns)
