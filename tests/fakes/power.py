"""A disk in memory that keeps account of every operation, so that its power can be cut after any of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from htrkit.domain.names import PageKey

Node = int
"""A file or a folder, whatever names it has."""
ROOT = Path("/power")
ROOT_NODE: Node = 0


@dataclass(frozen=True, slots=True)
class Named:
    """Names of one folder were given or taken away (None), together or not at all."""

    folder: Node
    names: tuple[tuple[str, Node | None], ...]


@dataclass(frozen=True, slots=True)
class Grown:
    """Bytes were added to the end of a file."""

    node: Node
    content: bytes


@dataclass(frozen=True, slots=True)
class Shortened:
    """A file was cut, or emptied to be written anew."""

    node: Node
    size: int


@dataclass(frozen=True, slots=True)
class FileSynced:
    """A file's content is on the device."""

    node: Node


@dataclass(frozen=True, slots=True)
class FolderSynced:
    """A folder's names are on the device."""

    node: Node


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody was told that a page is done: no operation, but what must hold from here on."""

    key: PageKey


Operation = Named | Grown | Shortened | FileSynced | FolderSynced | Acknowledged


class Killed(BaseException):
    """The process was killed; the disk has kept its power, and what it was told."""


class Power:
    """The disk; the first `began` operations lie so far back that all of them have reached the device."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.began = 0
        self.dies_at: int | None = None
        self.folders: dict[Node, dict[str, Node]] = {ROOT_NODE: {}}
        self.contents: dict[Node, bytes] = {}

    def time_passes(self) -> None:
        self.began = len(self.operations)

    def acknowledge(self, key: PageKey) -> None:
        self.note(Acknowledged(key))

    def note(self, operation: Operation) -> None:
        """Take an operation down; the process may die of it."""
        self.operations.append(operation)
        if len(self.operations) == self.dies_at:
            raise Killed

    def is_folder(self, place: Path) -> bool:
        return self.node(place) in self.folders

    def make_folder(self, place: Path) -> None:
        if not self.is_folder(place):
            self.make_folder(place.parent)
            node = self._next()
            self.folders[node] = {}
            self.name(place.parent, (place.name, node))

    def create(self, place: Path) -> "PowerFile":
        file = self.append_to(place)
        if file.size():
            file.cut(0)
        return file

    def append_to(self, place: Path) -> "PowerFile":
        node = self.node(place)
        if node is None:
            node = self._next()
            self.contents[node] = b""
            self.name(place.parent, (place.name, node))
        return PowerFile(self, node, place)

    def rename(self, place: Path, to: Path) -> None:
        assert place.parent == to.parent, "a rename between folders is two operations"
        node = self.node(place)
        assert node is not None
        self.name(to.parent, (place.name, None), (to.name, node))

    def remove(self, place: Path) -> None:
        if self.node(place) is None:
            raise FileNotFoundError(place)
        self.name(place.parent, (place.name, None))

    def sync_folder(self, folder: Path) -> None:
        node = self.node(folder) if folder.is_relative_to(ROOT) else None
        if node is not None:  # what stands above the disk's root was there before
            self.note(FolderSynced(node))

    def sync_file(self, node: Node, place: Path) -> None:
        self.note(FileSynced(node))

    def node(self, place: Path) -> Node | None:
        node: Node | None = ROOT_NODE
        for name in place.relative_to(ROOT).parts:
            node = None if node is None else self.folders[node].get(name)
        return node

    def name(self, folder: Path, *names: tuple[str, Node | None]) -> None:
        node = self.node(folder)
        assert node is not None
        change(self.folders[node], names)
        self.note(Named(node, names))

    def _next(self) -> Node:
        return len(self.folders) + len(self.contents)


def change(folder: dict[str, Node], names: tuple[tuple[str, Node | None], ...]) -> None:
    """Give names and take them away."""
    for name, node in names:
        if node is None:
            folder.pop(name, None)
        else:
            folder[name] = node


class PowerFile:
    """An open file of that disk."""

    def __init__(self, disk: Power, node: Node, place: Path) -> None:
        self._disk = disk
        self._node = node
        self._place = place

    def size(self) -> int:
        return len(self._disk.contents[self._node])

    def write(self, content: bytes) -> int:
        self._disk.contents[self._node] += content
        self._disk.note(Grown(self._node, content))
        return len(content)

    def cut(self, size: int) -> None:
        self._disk.contents[self._node] = self._disk.contents[self._node][:size]
        self._disk.note(Shortened(self._node, size))

    def sync(self) -> None:
        self._disk.sync_file(self._node, self._place)

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
