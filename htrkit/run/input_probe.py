"""Asks whether an input can be read again, without ever waiting for a disk or a share that does not answer."""

from dataclasses import dataclass, field
from threading import Thread

from htrkit.core.input_trouble import Sight
from htrkit.files.looking import REAL, SystemCalls, look

PATIENCE_SECONDS = 0.2
"""How long the run waits for an answer; one that comes later is heard the next time."""


@dataclass(slots=True)
class _Look:
    """A look in a thread of its own, which a share that hangs may hold for minutes."""

    thread: Thread
    came_to: list[Sight] = field(default_factory=list)


class InputProbe:
    """Looks at places that could not be read; one look at a place at a time."""

    def __init__(self, calls: SystemCalls = REAL, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._calls = calls
        self._patience_seconds = patience_seconds
        self._looks: dict[str, _Look] = {}

    def __call__(self, path: str) -> bool:
        """Tell whether the file, or something in the folder, can be read; not as long as nothing has answered."""
        going = self._looks.pop(path, None) or self._begun(path)
        going.thread.join(self._patience_seconds)
        if not going.came_to:
            self._looks[path] = going
            return False
        return going.came_to[0] is Sight.READABLE

    def _begun(self, path: str) -> _Look:
        came_to: list[Sight] = []
        thread = Thread(target=lambda: came_to.append(look(path, self._calls).sight), daemon=True)
        thread.start()
        return _Look(thread, came_to)
