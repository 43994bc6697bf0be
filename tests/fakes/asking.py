"""Questions to a server in a time that passes only when somebody sleeps."""

from dataclasses import dataclass, field

from htrkit.core.pace import Pace
from htrkit.engines.asking import Asking, Times
from htrkit.engines.chat import Wording
from htrkit.engines.endpoint import Endpoint
from htrkit.engines.server_access import Key
from tests.fakes.inference_server import MODEL

PICTURE = b"\xff\xd8 a picture \xff\xd9"
WORDING = Wording(MODEL, "Read it.", "You read.", most_tokens=99)


@dataclass(slots=True)
class Slept:
    """Time that passes only when somebody sleeps."""

    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    @property
    def times(self) -> Times:
        return Times(lambda: sum(self.waits), self.sleep, lambda: 0.5)


def asking(address: str, slept: Slept, *, most: int = 4, seconds: float = 5.0, key: Key | None = None) -> Asking:
    return Asking(Endpoint(address, key, seconds=seconds), WORDING, Pace(most), slept.times)
