"""A lock that is held for moments is waited for, and not refused."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from htrkit.core.saying import to_nobody
from htrkit.domain.errors import OutputHeld
from htrkit.journal.lock import Ground, Lock
from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_silence import SILENT_SECONDS, Patience

FIRST_SECONDS, LONGEST_SECONDS = 0.05, 2.0
"""Between two tries; each is twice as long as the one before."""


@contextmanager
def waited_for(  # noqa: PLR0913 - which lock, by whom, for how long, and how it is waited
    path: Path,
    *,
    owner: str,
    named: str,
    most_seconds: float | None = None,
    say: Callable[[str], None] = to_nobody,
    patience: Patience | None = None,
    ground: Ground | None = None,
) -> Iterator[Lock]:
    """Hold a lock as soon as it is free; `say` is told once for whom it is waited.

    Whoever holds it on another host and shows no life for ten minutes has it no longer. Raises OutputHeld where that
    takes longer than `most_seconds`, and OutputUnwritable.
    """
    with ExitStack() as stack:
        lock = _entered(stack, _Tries(path, owner, named, ground), say, patience or Patience(), most_seconds)
        yield lock


class _Tries:
    """Tries for one lock, and what has been seen of its holder meanwhile."""

    def __init__(self, path: Path, owner: str, named: str, ground: Ground | None) -> None:
        self._path, self._owner, self._named, self._ground = path, owner, named, ground
        self._seen: bytes | None = None
        self._since = 0.0

    def lock(self, at: float) -> Lock:
        """Give the lock to be entered, taken from a holder who has been silent for long enough."""
        content = _content(claim_of(self._path))
        if content != self._seen:
            self._seen, self._since = content, at
        silent = content if content is not None and at - self._since >= SILENT_SECONDS else None
        return Lock(self._path, owner=self._owner, named=self._named, ground=self._ground, silent=silent)


def _entered(
    stack: ExitStack, tries: _Tries, say: Callable[[str], None], patience: Patience, most_seconds: float | None
) -> Lock:
    began, pause, told = patience.clock(), FIRST_SECONDS, False
    while True:
        at = patience.clock()
        try:
            return stack.enter_context(tries.lock(at))
        except OutputHeld as held:
            if most_seconds is not None and at - began >= most_seconds:
                raise
            if not told:
                say(f"waiting: {held.what}")
                told = True
        patience.sleep(pause)
        pause = min(2 * pause, LONGEST_SECONDS)


def _content(claim: Path) -> bytes | None:
    try:
        return claim.read_bytes()
    except OSError:
        return None
