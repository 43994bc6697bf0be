"""The locks of all shards of a run: those that are free are held, and who holds the others is told."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import OutputHeld
from htrkit.domain.shards import ShardName
from htrkit.journal.lock import Lock
from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_look import holder_of
from htrkit.journal.lock_silence import Patience, silent_among
from htrkit.run.open_files import allow_open_files
from htrkit.run.out_folder import OutFolder
from htrkit.run.running import held

TRIES, GLANCE_SECONDS = 6, 0.1
"""Whoever looks whether a lock is held keeps others from it for that instant."""
PASSING = "for a while"
"""Ends the words of whoever holds the locks of shards without being one: who cuts anew, or makes files again."""
PASSING_SECONDS = 2.0
"""Between two looks whether it has ended."""
Owner = ShardName | None
"""A shard; None for the run before any cut."""


@dataclass(slots=True)
class Free:
    """The owners of pages whose locks we hold, and the living ones."""

    living: dict[Owner, str] = field(default_factory=dict)
    """By whom each is held, in words."""
    held: dict[Owner, ExitStack] = field(default_factory=dict)

    def release(self, owner: Owner) -> None:
        """Give one lock back, if we hold it."""
        if (stack := self.held.pop(owner, None)) is not None:
            stack.close()


def silent_elsewhere(
    out: OutFolder, owners: Iterable[Owner], *, say: Callable[[str], None], patience: Patience | None = None
) -> Mapping[Path, bytes]:
    """Give the locks whose holders on other hosts have shown no life for ten minutes; see `silent_among`.

    To be asked before `planning` is held: others would wait for as long.
    """
    locks = [OutFolder(out.path, owner).lock for owner in owners]
    claimed = [words for lock in locks if claim_of(lock).exists() and (words := holder_of(lock)) is not None]
    if claimed:
        say(f"looking for signs of life, ten minutes at most: {shown(claimed[0])}, {len(claimed)} in all")
    return silent_among(locks, patience)


@contextmanager
def free_among(
    out: OutFolder,
    owners: Iterable[Owner],
    *,
    since: str,
    silent: Mapping[Path, bytes],
    patience: Patience | None = None,
) -> Iterator[Free]:
    """Hold the locks of all whose processes are gone, or never were."""
    free, tried = Free(), list(owners)
    allow_open_files(len(tried))
    with ExitStack() as stack:
        for number in range(TRIES):
            if number and tried:
                (patience or Patience()).sleep(GLANCE_SECONDS)
            tried = [owner for owner in tried if not _is_held(out, owner, free, stack, since, silent)]
        yield free


def _is_held(  # noqa: PLR0913, PLR0917 - one try of `free_among`
    out: OutFolder, owner: Owner, free: Free, stack: ExitStack, since: str, silent: Mapping[Path, bytes]
) -> bool:
    part, one = OutFolder(out.path, owner), ExitStack()
    lock = Lock(part.lock, owner=_words(since), named=part.named, silent=silent.get(part.lock))
    try:
        one.enter_context(lock)
    except OutputHeld as error:
        free.living[owner] = holder_of(part.lock) or error.what
        return False
    free.living.pop(owner, None)
    free.held[owner] = stack.enter_context(one)
    return True


@contextmanager
def held_in_turn(
    out: OutFolder, *, since: str, say: Callable[[str], None], patience: Patience | None = None
) -> Iterator[Lock]:
    """Hold a shard's lock, which is waited for while somebody has it who is no shard.

    Where another host has it, its holder is watched for a sign of life. Raises OutputHeld.
    """
    patience, told = patience or Patience(), False
    with ExitStack() as stack:
        while (lock := _tried(out, stack, since, say, patience)) is None:
            if not told:
                say(f"waiting: {out.named} is held by {shown(holder_of(out.lock) or 'another process')}")
                told = True
            patience.sleep(PASSING_SECONDS)
        yield lock


def _tried(out: OutFolder, stack: ExitStack, since: str, say: Callable[[str], None], patience: Patience) -> Lock | None:
    """Give the lock; None where somebody has it who will give it back. Raises OutputHeld."""
    for _ in range(TRIES - 1):
        try:
            return stack.enter_context(held(out, since=since))
        except OutputHeld:
            patience.sleep(GLANCE_SECONDS)
    silent = silent_elsewhere(out, [out.shard], say=say, patience=patience)
    try:
        return stack.enter_context(held(out, since=since, silent=silent.get(out.lock)))
    except OutputHeld as error:
        if PASSING in error.what:
            return None
        raise


def _words(since: str) -> str:
    return f"process {os.getpid()} since {since}, {PASSING}"
