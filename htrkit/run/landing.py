"""The end of an agent's page is believed when its files are there: brought and written here, or seen in OUT."""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import PageDone
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.files.atomic import Aside, write_unit
from htrkit.run.agent_messages import Brings, unpacked


class NotAsPromised(HtrkitError):
    """An agent brought other bytes than it says that it wrote."""

    exit_code = ExitCode.BUG


@dataclass(slots=True)
class Landing:
    """Takes outputs in below OUT."""

    out: Path
    _brought: dict[tuple[str, PageKey], dict[str, bytearray]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(bytearray))
    )
    """By agent and page."""

    def take(self, agent: str, piece: Brings) -> None:
        """Take in a piece of an output."""
        self._brought[agent, piece.key][piece.path] += unpacked(piece.content)

    def forget(self, agent: str) -> None:
        """Let go of what an agent brought that is gone."""
        for key in [key for key in self._brought if key[0] == agent]:
            del self._brought[key]

    def land(self, agent: str, page: PageDone) -> None:
        """Write what was brought of a page, all of it or nothing; raises NotAsPromised, OutputUnwritable.

        It may be called again after OutputUnwritable.
        """
        brought = self._brought[agent, page.key]
        files = [Aside(file.path, bytes(brought[file.path])) for file in page.files]
        written = _facts(files)
        if written != {file.path: (file.size, file.sha256) for file in page.files}:
            raise NotAsPromised(
                f"{page.key}: {agent} brought other files than it promised.", mend="Please report this."
            )
        write_unit(files, out=self.out)
        del self._brought[agent, page.key]

    def is_there(self, page: PageDone) -> bool:
        """Tell whether the files that an agent has written into OUT are seen from here, whole."""
        return all(_size(self.out / file.path) == file.size for file in page.files)


def _facts(files: list[Aside]) -> dict[str, tuple[int, str]]:
    return {file.path: (len(file.content), sha256(file.content).hexdigest()) for file in files}


def _size(path: Path) -> int | None:
    try:
        # Opening asks the server of a network share, which a look at the name may not do for a minute.
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size
    except OSError:
        return None
