"""The processes that a run is given, and what each of them is started as."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from htrkit.core.rules import Rules
from htrkit.domain.names import PageKey
from htrkit.run.memory_watch import MemoryWatch
from htrkit.run.messages import SetUp
from htrkit.run.orphans import marks
from htrkit.run.processes import DEVICE_SERVER, PAGE_WORKER, Post, module_command, pools_of
from htrkit.run.sampler import Sampler
from htrkit.run.switchboard import Staff

MEMORY_LIMIT_SHARE = 0.9
"""Of the memory: beyond it, fewer pages are in hand at once."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A device with a server of its own."""

    name: str
    """What the user calls it: `cuda:1`, `cpu`."""
    inside: str
    """What it is called in the server's process, which sees no other."""
    threads: int
    environment: Mapping[str, str] = field(default_factory=dict)
    """What makes the process see that device alone; in force before it is started."""
    title: str = ""
    """What the device is called by its maker: `NVIDIA L40S`."""
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By step, the batch size that proved right earlier, and the bytes that a usual item took."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """How many processes, what they are made of, and by which rules they work."""

    workers: int
    set_up: SetUp
    logs: Path
    run_id: str
    rules: Rules
    strikes: Mapping[PageKey, int] = field(default_factory=dict)
    """Of pages that were in the hand of a worker that died, in an earlier part of the run."""
    attempts: Mapping[PageKey, int] = field(default_factory=dict)
    inherited: tuple[int, ...] = ()
    """Open files that every process inherits: OUT's lock."""
    servers: tuple[Serving, ...] = ()
    """Without any, workers run the networks themselves."""
    ahead_bytes: int = 0
    """So much of the next pages' files is read before workers ask for them; 0 turns that off."""
    memory: MemoryWatch = field(default_factory=lambda: MemoryWatch(MEMORY_LIMIT_SHARE))
    sampler: Sampler = field(default_factory=Sampler)
    """Is told where to look when the run begins; a screen that has the same one may ask it as well."""
    command: Sequence[str] = module_command(PAGE_WORKER)
    server_command: Sequence[str] = module_command(DEVICE_SERVER)
    has_room: Callable[[Path], bool] | None = None
    """Tells whether OUT can be written again; without one, the disk is asked."""


def staff_of(force: Workforce) -> Staff:
    """Give what each process is started as."""
    own = {**os.environ, **marks(force.run_id)}
    set_up = replace(force.set_up, served=bool(force.servers))
    # A worker that is served computes nothing: it must not take a context, and memory, on any card.
    hidden = {"CUDA_VISIBLE_DEVICES": ""} if force.servers else {}
    worker = Post(set_up, {**own, **pools_of(set_up.threads), **hidden}, force.command)
    servers = {one.name: _server(force, one, own) for one in force.servers}
    return Staff(worker, force.logs, servers, force.inherited)


def _server(force: Workforce, serving: Serving, own: Mapping[str, str]) -> Post:
    settings = {**force.set_up.settings, "device": serving.inside}
    set_up = replace(force.set_up, settings=settings, threads=serving.threads, sizes=dict(serving.sizes))
    environment = {**own, **pools_of(serving.threads), **serving.environment}
    return Post(set_up, environment, force.server_command, serves=True)
