"""Files of the driver's are lent to agents that do not have them, piece by piece."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from htrkit.core.input_trouble import Seen, trouble_words
from htrkit.core.shown import shown
from htrkit.domain.source import PageSource
from htrkit.files.looking import look
from htrkit.run.absent import AWAY
from htrkit.run.agent_messages import PIECE_BYTES, Piece, Wants, packed
from htrkit.run.input_files import files_of
from htrkit.run.input_watch import root_of

ALWAYS_THERE = ""
"""Stands for the root of what is no input."""


@dataclass(slots=True)
class Lending:
    """Lends what the run reads, and nothing else.

    A share that is away is nobody's fault: what is wanted from it is owed until it is there again.
    """

    roots: Mapping[str, str]
    """Of every file that may be lent, the folder that all of its kind are below."""
    look: Callable[[str], Seen] = look
    owed: list[tuple[str, Wants]] = field(default_factory=list)
    """By agent, what could not be lent yet."""

    @classmethod
    def of(cls, pages: Iterable[PageSource], *models: str) -> "Lending":
        """Lend the files of the pages, and the models."""
        roots = {path: root_of(page, path) for page in pages for path in files_of(page)}
        return cls({**dict.fromkeys(models, ALWAYS_THERE), **roots})

    def piece(self, agent: str, wants: Wants) -> Piece | None:
        """Give the piece that is wanted; of a file that cannot be read, that it is not there.

        None where it is owed, since the folder that all inputs are below is away.
        """
        root = self.roots.get(wants.path)
        if root is None:
            return _nothing(wants)
        try:
            return _read(wants)
        except OSError:
            if root != ALWAYS_THERE and self.look(root).sight in AWAY:
                self.owed.append((agent, wants))
                return None
            return _nothing(wants)

    def trouble(self) -> str:
        """Say in words what is away."""
        place = self.look(self.roots[self.owed[0][1].path])
        return f"{shown(place.path)}: {trouble_words(place)}"

    def paid(self) -> list[tuple[str, Piece]]:
        """Give what was owed and can be lent now."""
        owed, self.owed = self.owed, []
        tried = ((agent, self.piece(agent, wants)) for agent, wants in owed)
        return [(agent, piece) for agent, piece in tried if piece is not None]

    def forget(self, agent: str) -> None:
        """Owe nothing to an agent that is gone."""
        self.owed = [one for one in self.owed if one[0] != agent]


def _read(wants: Wants) -> Piece:
    with Path(wants.path).open("rb") as file:
        file.seek(wants.offset)
        content = file.read(PIECE_BYTES)
        return Piece(wants.path, wants.offset, packed(content), last=not file.peek(1))


def _nothing(wants: Wants) -> Piece:
    return Piece(wants.path, wants.offset, "", last=True, there=False)
