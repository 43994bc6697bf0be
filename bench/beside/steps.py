"""Where a page's seconds go: step by step, as timed by hand in one process, and as a run's own journal tells."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from htrkit.journal.journal import read

STEPS_FILE = "steps.json"
BY_HAND = "cpu_seconds"
"""What steps that were timed by hand are called among those of journals."""


class AloneStep(StrEnum):
    """A step that was timed by hand."""

    OPEN = "open"
    """The image is decoded."""
    FIND = "find"
    """Lines are found, or read from XML: all of it, or what stands before and behind the network."""
    FIND_NETWORK = "find network"
    READ = "read"
    """Lines are cut out, read and decoded: all of it, or what stands before and behind the network."""
    READ_NETWORK = "read network"


NETWORKS = (AloneStep.FIND_NETWORK, AloneStep.READ_NETWORK)
INSIDE = {AloneStep.FIND_NETWORK: AloneStep.FIND, AloneStep.READ_NETWORK: AloneStep.READ}
"""The step that a network's time is a part of."""


@dataclass(frozen=True, slots=True)
class PageSteps:
    """Seconds that a page took in each step; a network's are also part of the step that it runs in."""

    page: str
    seconds: Mapping[str, float]

    def document(self) -> dict[str, object]:
        """Give it for JSON."""
        return {"page": self.page, "seconds": dict(self.seconds)}

    @property
    def network_seconds(self) -> float:
        """Of both networks."""
        return sum(self.seconds.get(step, 0.0) for step in NETWORKS)


def steps_in(file: Path) -> list[PageSteps]:
    """Read what a process wrote; none where it wrote nothing."""
    if not file.exists():
        return []
    return pages_in(json.loads(file.read_text(encoding="utf-8")))


def pages_in(told: Sequence[Mapping[str, Any]]) -> list[PageSteps]:
    """Give what JSON tells of pages."""
    return [PageSteps(one["page"], one["seconds"]) for one in told]


def mean_steps(pages: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Give the mean seconds of each step over pages; a page that lacks a step spent nothing in it."""
    names = dict.fromkeys(name for page in pages for name in page)
    return {name: sum(page.get(name, 0.0) for page in pages) / len(pages) for name in names}


def apart(seconds: Mapping[str, float]) -> dict[str, float]:
    """Take networks out of the steps that they run in, so that all steps add up."""
    left = dict(seconds)
    for network, step in INSIDE.items():
        if network in left:
            left[step] = left.get(step, 0.0) - left[network]
    return left


def together(seconds: Mapping[str, float]) -> dict[str, float]:
    """Put networks back into the steps that they run in: what was before `apart`."""
    whole = dict(seconds)
    for network, step in INSIDE.items():
        if network in whole:
            whole[step] = whole.get(step, 0.0) + whole[network]
    return whole


def journal_steps(out: Path) -> dict[str, dict[str, float]]:
    """Give the mean seconds a page of every kind that the journal of a run tells: `step_seconds`, by step."""
    journal = out / ".htrkit" / "journal.jsonl"
    done = [event for event in read(journal) if event["event"] == "PageDone"] if journal.exists() else []
    return {kind: mean_steps([numbers(event[kind]) for event in done]) for kind in kinds_of(done)}


def kinds_of(events: Iterable[Mapping[str, object]]) -> list[str]:
    """Give the names of what events tell by step: mappings whose name says that they hold seconds."""
    found = (name for event in events for name, value in event.items() if isinstance(value, dict))
    return [name for name in dict.fromkeys(found) if name.endswith("seconds")]


def numbers(value: object) -> dict[str, float]:
    """Give a mapping of numbers as one; anything else is none."""
    return {str(name): float(one) for name, one in value.items()} if isinstance(value, dict) else {}
