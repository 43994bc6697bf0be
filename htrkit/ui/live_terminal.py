"""A terminal at its lowest: how large it is, whether it is ours to draw on now, and bytes that it takes whole."""

import os
import select
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from htrkit.ui.console import can_draw
from htrkit.ui.live_layout import Size

USUAL = Size(80, 24)


def can_be_watched(screen: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Tell whether somebody is likely to watch it: build servers give terminals to programs that nobody sees."""
    return can_draw(screen, environment) and not environment.get("CI")


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal by a descriptor of our own."""

    descriptor: int

    def size(self) -> Size:
        """Give its size; the usual one where it does not tell. Raises OSError for one that has gone."""
        found = os.get_terminal_size(self.descriptor)
        return Size(found.columns, found.lines) if found.columns > 0 and found.lines > 0 else USUAL

    def is_ours(self) -> bool:
        """Tell whether it is this process that the terminal listens to, and not a shell that has put it aside."""
        try:
            return os.tcgetpgrp(self.descriptor) == os.getpgrp()
        except OSError:
            return True  # not the terminal that controls this process: nobody can put us aside there

    def write(self, content: bytes) -> None:
        """Write all of it, however long the terminal holds us up; raises OSError for one that has gone."""
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[os.write(self.descriptor, rest) :]
            except BlockingIOError:
                select.select([], [self.descriptor], [])
