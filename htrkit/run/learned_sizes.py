"""The batch sizes that proved right, kept from run to run for each engine, model and device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from htrkit.domain.events import BatchResized, BatchShrunk, Record
from htrkit.files.user_cache import read_cached, write_cached
from htrkit.run.bench import Bench
from htrkit.run.workforce import Serving

FILE = "batch-sizes.json"
MOST_KEPT = 1000
"""Engines, models and devices; the oldest are forgotten."""

Sizes = Mapping[str, tuple[int, int]]
"""By step: items, and the bytes that a usual item took."""


@dataclass(slots=True)
class LearnedSizes:
    """Listens to a run, and keeps what its devices came to."""

    path: Path
    bench: Bench
    servers: Sequence[Serving] = ()
    _heard: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def known(self, servers: Sequence[Serving]) -> tuple[Serving, ...]:
        """Give the servers with the sizes that were learned for devices of their name."""
        self.servers = servers
        kept = read_cached(self.path)
        return tuple(replace(one, sizes=_sizes(kept.get(self._name(one)))) for one in servers)

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        match record.event:
            case BatchResized() | BatchShrunk() as event:
                self._heard.setdefault(event.server, {})[str(event.step)] = event.now, event.item_bytes
            case _:
                pass

    def keep(self) -> None:
        """Write down what was learned, beside what others wrote meanwhile."""
        learned = {self._name(one): self._heard[one.name] for one in self.servers if one.name in self._heard}
        if not learned:
            return
        kept = {name: value for name, value in read_cached(self.path).items() if name not in learned}
        everything = {**kept, **learned}
        write_cached(self.path, dict(list(everything.items())[-MOST_KEPT:]))

    def _name(self, serving: Serving) -> str:
        """Name what a size holds for: another model, card or number of beams needs another."""
        bench = self.bench
        model, beams = bench.model.facts.sha256, bench.settings.num_beams
        return f"{bench.row.name} {model} {beams} {serving.title or serving.name}"


def _sizes(kept: object) -> dict[str, tuple[int, int]]:
    """Read what was kept, leaving out what nobody of ours wrote."""
    if not isinstance(kept, dict):
        return {}
    return {
        str(step): (value[0], value[1])
        for step, value in kept.items()
        if isinstance(value, list) and len(value) == 2 and all(type(one) is int and one >= 0 for one in value)
    }
