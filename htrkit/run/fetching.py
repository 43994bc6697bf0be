"""Files that a node does not have are asked of the driver, piece by piece, and put below a folder of the agent's."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.atomic import unwritable
from htrkit.run.agent_messages import Piece, Wants, unpacked
from htrkit.run.input_files import files_of

KEPT = ".htrkit-kept"
"""A file in each folder that was made here: an empty one would pass for a share that is not mounted."""


@dataclass(slots=True)
class Fetching:
    """Brings the files of pages, in the order of the pages, and lets go of them when nobody needs them any more."""

    below: Path
    """Where they are put: under the path that they have at home."""
    ask: Callable[[Wants], None]
    most_ahead: int
    """Pages whose files are here, and which have not ended."""
    _waiting: deque[PageSource] = field(default_factory=deque)
    _needed: Counter[str] = field(default_factory=Counter)
    """By path, the pages that are here or being brought, and need it."""
    _here: dict[PageKey, PageSource] = field(default_factory=dict)
    _present: set[str] = field(default_factory=set)
    _asked: str | None = None

    def add(self, page: PageSource) -> None:
        """Let a page's files be brought when it is their turn."""
        self._waiting.append(page)

    def take(self, piece: Piece) -> None:
        """Take in a piece of the file that was asked for; one of which nothing more was wanted is left.

        Raises OutputUnwritable.
        """
        if piece.path != self._asked:
            return
        content = unpacked(piece.content)
        try:
            place = self.place(piece.path)
            if piece.there:
                with place.open("ab" if piece.offset else "wb") as file:
                    file.write(content)
        except OSError as error:
            raise unwritable(error, Path(self._path(piece.path))) from error
        if piece.there and not piece.last:
            self.ask(Wants(piece.path, piece.offset + len(content)))
            return
        self._asked = None
        self._present.add(piece.path)

    def arrived(self) -> Iterator[PageSource]:
        """Give the pages of which all files are here now, each with the places that they have here."""
        while self._waiting and len(self._here) < self.most_ahead:
            page = self._waiting[0]
            missing = next((path for path in files_of(page) if path not in self._present), None)
            if missing is not None:
                self._want(missing)
                return
            self._waiting.popleft()
            self._needed.update(files_of(page))
            self._here[page.key] = page
            yield self._put_here(page)

    def ended(self, key: PageKey) -> None:
        """Let go of a page's files, but for those that other pages need."""
        page = self._here.pop(key, None)
        if page is None:
            return
        soon = {path for other in self._waiting for path in files_of(other)}
        for path in files_of(page):
            self._needed[path] -= 1
            if self._needed[path] <= 0 and path not in soon:
                self._present.discard(path)
                self.place(path).unlink(missing_ok=True)

    def place(self, path: str) -> Path:
        """Give where a file of the driver's stands here, its folder made."""
        place = Path(self._path(path))
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True)
            (place.parent / KEPT).touch()
        return place

    def _want(self, path: str) -> None:
        if self._asked is None:
            self._asked = path
            self.ask(Wants(path))

    def _put_here(self, page: PageSource) -> PageSource:
        """Give the page with the paths that it has here; relative ones start from this process's folder."""
        return replace(
            page,
            path=self._path(page.path),
            sidecars=tuple(map(self._path, page.sidecars)),
            root=self._path(page.root) if page.root else "",
        )

    def _path(self, path: str) -> str:
        return f"{self.below}{path}" if path.startswith("/") else path
