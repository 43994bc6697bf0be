"""What stands around a file that was given: the image of an XML, the XML files of an image."""

# Paths stay the strings that they are on disk; pathlib would cost as much as the walk itself.
# ruff: noqa: PTH112, PTH118, PTH119, PTH120, PTH208

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from htrkit.core.file_kinds import kind_of, litter
from htrkit.core.pairing import SIDECAR_FOLDERS
from htrkit.domain.found import FileKind, FoundFile
from htrkit.files.walk import RUN_FOLDER, folders_in, natural, real_folder

MOST_SISTERS = 200
"""A folder with more folders in it than that is a shelf, and those are no sisters of one volume."""


@dataclass(slots=True)
class Nearby:
    """Lists each folder once, and opens nothing."""

    _known: dict[str, tuple[FoundFile, ...]] = field(default_factory=dict)

    def pictures(self, xml: FoundFile) -> Iterator[FoundFile]:
        """Give the images beside an XML, in the parent folder and, where none are beside it, in sister folders."""
        folder = os.path.dirname(xml.path)
        beside = self._pictures_in(folder)
        above = _above(folder, xml.folder)
        yield from beside
        yield from self._pictures_in(above)
        if not beside:
            for name in folders_in(above or os.curdir)[:MOST_SISTERS]:
                if name != os.path.basename(xml.folder):
                    yield from self._pictures_in(os.path.join(above, name))

    def beside(self, image: FoundFile) -> tuple[FoundFile, ...]:
        """Give the images beside an image, that one too."""
        return self._pictures_in(os.path.dirname(image.path))

    def sidecars(self, image: FoundFile) -> Iterator[FoundFile]:
        """Give the XML files beside an image, in page/ and in alto/, but not those that a run of ours wrote there."""
        folder = os.path.dirname(image.path)
        yield from self._xml_in(folder)
        if os.path.lexists(os.path.join(folder, RUN_FOLDER)):
            return
        for name in folders_in(folder or os.curdir):
            if name.lower() in SIDECAR_FOLDERS:
                yield from self._xml_in(os.path.join(folder, name))

    def _pictures_in(self, folder: str) -> tuple[FoundFile, ...]:
        return tuple(file for file in self._files_in(folder) if file.kind is not FileKind.XML)

    def _xml_in(self, folder: str) -> tuple[FoundFile, ...]:
        return tuple(file for file in self._files_in(folder) if file.kind is FileKind.XML)

    def _files_in(self, folder: str) -> tuple[FoundFile, ...]:
        if folder not in self._known:
            self._known[folder] = tuple(_files(folder))
        return self._known[folder]


def _files(folder: str) -> Iterator[FoundFile]:
    """Give the files that pages are made of; none where the folder cannot be listed."""
    try:
        names = sorted(os.listdir(folder or os.curdir), key=natural)
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        kind = None if litter(name) else kind_of(name)
        if kind is not None and not os.path.isdir(path):
            yield FoundFile(path, kind, real_folder(path))


def _above(folder: str, real: str) -> str:
    """Give the parent folder, by the path as typed where that leads there."""
    parent = os.path.dirname(real)
    for typed in (os.path.dirname(folder), os.path.join(folder, os.pardir)):
        if folder != typed and os.path.realpath(typed or os.curdir) == parent:
            return typed
    return parent
