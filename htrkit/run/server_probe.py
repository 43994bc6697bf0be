"""Asks whether an inference server answers again, without ever letting the run wait for it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread

from htrkit.domain.errors import HtrkitError
from htrkit.engines.endpoint import LOOK_SECONDS, Endpoint, NotAnswered
from htrkit.engines.server_access import key_in

PATIENCE_SECONDS = 0.2
"""How long the run waits for an answer; one that comes later is heard the next time."""


def is_address(place: str) -> bool:
    """Tell the address of a server from the path of an input."""
    return place.startswith(("http://", "https://"))


def answers(address: str) -> bool:
    """Tell whether the server answers at all; what it says of the run, the run hears by itself."""
    endpoint = Endpoint(address, key_in(os.environ), seconds=LOOK_SECONDS)
    try:
        endpoint.models()
    except NotAnswered:
        return False
    except HtrkitError:
        return True
    finally:
        endpoint.close()
    return True


@dataclass(slots=True)
class _Look:
    """A look in a thread of its own, which a network may hold for seconds."""

    thread: Thread
    came_to: list[bool] = field(default_factory=list)


class ServerProbe:
    """Looks at servers that did not answer; one look at each at a time."""

    def __init__(self, look: Callable[[str], bool] = answers, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._look = look
        self._patience_seconds = patience_seconds
        self._looks: dict[str, _Look] = {}

    def __call__(self, address: str) -> bool:
        """Tell whether the server answers again; not as long as nothing has come of the look."""
        going = self._looks.pop(address, None) or self._begun(address)
        going.thread.join(self._patience_seconds)
        if going.thread.is_alive():
            self._looks[address] = going
            return False
        return any(going.came_to)

    def _begun(self, address: str) -> _Look:
        came_to: list[bool] = []
        thread = Thread(target=lambda: came_to.append(self._look(address)), daemon=True)
        thread.start()
        return _Look(thread, came_to)
