"""What is asked of a run that is there, and what goes on of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from htrkit.config.choices import Existing
from htrkit.config.layers import Layer
from htrkit.core.saying import to_nobody
from htrkit.domain.failure import FailureClass
from htrkit.domain.finding import Finding
from htrkit.domain.shards import Shard
from htrkit.domain.source import PassedOver
from htrkit.run.running import Work


@dataclass(frozen=True, slots=True)
class Again:
    """What the user asked for, of a run that is there."""

    out: Path
    environment: Mapping[str, str]
    home: Path
    typed: tuple[Layer, ...] = ()
    """Devices, jobs, limits and screens for this time."""
    classes: frozenset[FailureClass] = frozenset()
    """The failed pages that are to be taken again."""
    add: tuple[str, ...] = ()
    accept_changes: bool = False
    stdin: bytes = b""
    pages: str | None = None
    """Which of the plan's pages may be taken this time, by number from 1; None for all."""
    can_ask: bool = False
    """Whether somebody sits at a terminal who could be asked something."""
    existing: Existing | None = None
    """What becomes of added pages that have files in OUT already; None for what the run was started with."""
    shard: Shard | None = None
    """The share that goes on; None for all that is left and that no living process has."""
    cut: int | None = None
    """The number of the cut that the shard is of; None for the newest."""
    say: Callable[[str], None] = to_nobody
    """Is told what is waited for."""


@dataclass(frozen=True, slots=True)
class ReadyAgain:
    """What goes on, and what should be said of it."""

    work: Work
    findings: tuple[Finding, ...]
    passed_over: tuple[PassedOver, ...] = ()
    """Files below added INPUTs that are no new pages."""
