"""Shares of a run that processes on several machines carry out, each by itself, and what a run was cut into."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from htrkit.domain.errors import UsageProblem

MOST_SHARDS = 100_000
"""Each has a folder and a journal of its own."""
_CUT = re.compile(r"[1-9][0-9]{0,5}")
_WRITTEN = re.compile(r"(?P<number>[1-9][0-9]{0,5})/(?P<of>[1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True)
class Shard:
    """One of the shares of a cut, as people type it: `2/4`."""

    number: int
    """From 1."""
    of: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `2/4`; raises UsageProblem."""
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise UsageProblem(
                f"--shard {text}: is no share of a run.", mend="Write which one of how many, from 1: --shard 2/4"
            )
        shard = cls(int(written["number"]), int(written["of"]))
        if shard.of > MOST_SHARDS:
            raise UsageProblem(f"--shard {text}: too many shards.", mend=f"Take at most {MOST_SHARDS:,}.")
        if shard.number > shard.of:
            raise UsageProblem(
                f"--shard {text}: there are only {shard.of} of them.", mend=f"Take one from 1/{shard.of} on."
            )
        return shard

    def __str__(self) -> str:
        """Give it as it is typed."""
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True)
class ShardOfCut:
    """A shard that a run is to go on with, as people type it: `2/4` of the newest cut, `2/4@3` of the third."""

    shard: Shard
    cut: int | None
    """None for the newest, whichever that is when it is looked for."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `2/4` or `2/4@3`; raises UsageProblem."""
        written, at, cut = text.strip().partition("@")
        if not at:
            return cls(Shard.read(written), None)
        if not _CUT.fullmatch(cut):
            raise UsageProblem(
                f"--shard {text}: names no cut of a run.",
                mend="Write one of how many, and of which cut: --shard 2/4@3",
            )
        return cls(Shard.read(written), int(cut))

    def __str__(self) -> str:
        """Give it as it is typed."""
        return str(self.shard) if self.cut is None else f"{self.shard}@{self.cut}"


@dataclass(frozen=True, slots=True)
class ShardName:
    """A shard of one of the cuts of a run: cuts are numbered from 1, and a later one takes pages from earlier ones."""

    cut: int
    shard: Shard

    @property
    def folder(self) -> str:
        """The folder of its journal, below `.htrkit/shards/`: `1-2of4`."""
        return f"{self.cut}-{self.shard.number}of{self.shard.of}"

    def __str__(self) -> str:
        """Give `2/4`, and for a later cut also which."""
        return str(self.shard) if self.cut == 1 else f"{self.shard} of cut {self.cut}"


@dataclass(frozen=True, slots=True)
class Cut:
    """Which pages of the plan belong to which shard."""

    number: int
    shards: tuple[tuple[int, ...], ...]
    """Each shard's pages, by their place in the plan from 0, in the plan's order."""

    @property
    def of(self) -> int:
        """How many shards there are."""
        return len(self.shards)

    @property
    def names(self) -> Iterator[ShardName]:
        """All its shards, in their order."""
        return (self.name(number) for number in range(1, self.of + 1))

    def name(self, number: int) -> ShardName:
        """Give the name of a shard, by its number from 1."""
        return ShardName(self.number, Shard(number, self.of))

    def pages_of(self, shard: Shard) -> tuple[int, ...]:
        """Give the places of a shard's pages."""
        return self.shards[shard.number - 1]
