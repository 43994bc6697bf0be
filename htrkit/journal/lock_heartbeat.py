"""A lock on a shared file system has to show that its holder lives, whatever else the holder is busy with."""

from collections.abc import Callable
from threading import Event, Thread

BEAT_SECONDS = 30.0
_LAST_BEAT_SECONDS = 5.0
"""How long the end waits for a beat that a dead server keeps."""


class Heartbeat:
    """Beats from `start` to `end` in a thread that does nothing else, and starts no process.

    The kernel kills workers when the thread that started them ends (PR_SET_PDEATHSIG); this one has started none.
    `beat` gives False when there is nothing more to hold; then `on_lost` is called, once.
    """

    def __init__(self, beat: Callable[[], bool], on_lost: Callable[[], None], *, seconds: float = BEAT_SECONDS) -> None:
        self._beat = beat
        self._on_lost = on_lost
        self._seconds = seconds
        self._over = Event()
        self._thread = Thread(target=self._live, name="htrkit-lock", daemon=True)

    def start(self) -> None:
        """Begin; the first beat comes after a while."""
        self._thread.start()

    def end(self) -> bool:
        """Stop and say whether it has: a beat that hangs in the kernel is left to itself."""
        self._over.set()
        self._thread.join(_LAST_BEAT_SECONDS)
        return not self._thread.is_alive()

    def _live(self) -> None:
        while not self._over.wait(self._seconds):
            if not self._beat():
                self._on_lost()
                return
