"""A walk through INPUT folders and files: every file once, in natural order, and no loop is followed twice."""

# Paths stay the strings that they are on disk; pathlib would cost as much as the walk itself.
# ruff: noqa: PTH112, PTH116, PTH118, PTH119, PTH120

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from natsort import natsort_keygen, ns

from htrkit.core.file_kinds import NO_PAGE, kind_of, litter
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.found import Found, FoundFile
from htrkit.domain.source import PassedOver

RUN_FOLDER = ".htrkit"
"""A folder that holds one is the OUT of a run."""
Identity = tuple[int, int]
"""Device and inode: what a folder is, whatever its path."""

_natural = natsort_keygen(alg=ns.IGNORECASE)


def natural(name: str) -> tuple[object, str]:
    """Give what names are sorted by: 2 before 10, whatever the case; the name itself where that is not enough."""
    return _natural(name), name


def real_folder(path: str) -> str:
    """Give the folder that a file stands in, absolute and without symlinks."""
    return os.path.realpath(os.path.dirname(path) or os.curdir)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder on the way, below its INPUT folder."""

    path: str
    root: str
    tree: tuple[str, ...] = ()


@dataclass(slots=True)
class Walk:
    """Gathers what is found; `out` is the OUT of this run, which is never an input."""

    out: Path | None = None
    files: list[FoundFile] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    roots: int = 0
    _folders: dict[Identity, str] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)
    """Where each file taken really is, and the path by which it was taken."""

    @property
    def found(self) -> Found:
        """What there is so far."""
        return Found(tuple(self.files), tuple(self.passed_over), tuple(self.warnings), self.roots)

    def add(self, path: str) -> None:
        """Take an INPUT that exists; raises UsageProblem for a folder that is OUT, or cannot be listed."""
        if os.path.isdir(path):
            self._add_root(path.rstrip("/") or "/")
        else:
            self._take(path, real_folder(path))

    def _add_root(self, path: str) -> None:
        if self._is_out(path):
            raise UsageProblem(f"{shown(path)}: is INPUT and OUT at once.", mend="Choose an OUT of its own after -o.")
        try:
            with os.scandir(path):
                pass
        except OSError as error:
            raise UsageProblem(
                f"{shown(path)}: cannot be listed ({error.strerror}).",
                mend="Mend the folder's rights, or leave it out.",
            ) from error
        if self._enters(path):
            self.roots += 1
            self._walk(_Folder(path, path))

    def _walk(self, root: _Folder) -> None:
        """Go through all below, depth first; not recursively, since folders may be nested deeper than Python calls."""
        ways = [self._entries(root)]
        while ways:
            below = next(ways[-1], None)
            if below is None:
                ways.pop()
            elif self._enters(below.path):
                ways.append(self._entries(below))

    def _entries(self, folder: _Folder) -> Iterator[_Folder]:
        """Take the files of a folder and give the folders in it, each in its turn."""
        entries = self._listed(folder.path)
        if any(entry.name == RUN_FOLDER for entry in entries):
            self.passed_over.append(PassedOver(folder.path, "the outputs of another run"))
            self.warnings.append(
                f"{shown(folder.path)}: passed over with all below it: it holds the outputs of a run ({RUN_FOLDER})."
            )
            return
        real = os.path.realpath(folder.path)
        for entry in sorted(entries, key=lambda entry: natural(entry.name)):
            if reason := litter(entry.name):
                self.passed_over.append(PassedOver(entry.path, reason))
            elif _is_folder(entry):
                yield _Folder(entry.path, folder.root, (*folder.tree, entry.name))
            else:
                self._take(entry.path, real, below=folder, link=entry.is_symlink())

    def _listed(self, path: str) -> list["os.DirEntry[str]"]:
        try:
            with os.scandir(path) as entries:
                return list(entries)
        except OSError as error:
            self.warnings.append(f"{shown(path)}: cannot be listed ({error.strerror}), and nothing in it is read.")
            return []

    def _enters(self, path: str) -> bool:
        """Say whether the folder is walked: not OUT, and not one that was walked already."""
        identity = identity_of(path)
        if identity is None:
            return True  # listing it will say what is wrong
        if self._is_out(path):
            self.passed_over.append(PassedOver(path, "OUT itself"))
            return False
        if identity in self._folders:
            self.passed_over.append(PassedOver(path, f"the same folder as {shown(self._folders[identity])}"))
            return False
        self._folders[identity] = path
        return True

    def _take(self, path: str, folder: str, *, below: _Folder | None = None, link: bool = True) -> None:
        """Take a file by its suffix, and never open it: a pipe named x.jpg counts as a page, and fails in its turn."""
        kind = kind_of(path)
        if kind is None:
            self.passed_over.append(PassedOver(path, NO_PAGE))
            return
        place = os.path.realpath(path) if link else os.path.join(folder, os.path.basename(path))
        if place in self._places:
            self.passed_over.append(PassedOver(path, f"the same file as {shown(self._places[place])}"))
            return
        self._places[place] = path
        if below is None:
            self.files.append(FoundFile(path, kind, folder))
        else:
            self.files.append(FoundFile(path, kind, folder, below.root, below.tree))

    def _is_out(self, path: str) -> bool:
        return self.out is not None and identity_of(path) == identity_of(str(self.out)) is not None


def identity_of(path: str) -> Identity | None:
    """Give what stands at a path, whatever leads there; None where nothing does."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def folders_in(path: str) -> list[str]:
    """Give the names of the folders in a folder, in natural order, without hidden ones and litter."""
    try:
        with os.scandir(path) as entries:
            names = [entry.name for entry in entries if not litter(entry.name) and _is_folder(entry)]
    except OSError:
        return []
    return sorted(names, key=natural)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symlink to itself
        return False
