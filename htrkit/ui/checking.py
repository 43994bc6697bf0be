"""How far the look at many pages has come: a line every few seconds, on any screen, and none for few pages."""

from collections.abc import Callable
from dataclasses import dataclass

from htrkit.ui.words import amount, counted

EVERY_SECONDS = 3.0


@dataclass(slots=True)
class Checking:
    """Is told how many pages were looked at, and says so now and then."""

    say: Callable[[str], None]
    clock: Callable[[], float]
    every_seconds: float = EVERY_SECONDS
    _next: float | None = None

    def __call__(self, seen: int, pages: int) -> None:
        """Say it, if it is time."""
        now = self.clock()
        if self._next is None:
            self._next = now + self.every_seconds
        elif now >= self._next and seen < pages:
            self._next = now + self.every_seconds
            self.say(f"checked {amount(seen)} of {counted(pages, 'page')}")
