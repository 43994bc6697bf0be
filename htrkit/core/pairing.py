"""Which image each PAGE or ALTO file belongs to."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from htrkit.core.image_names import ImageName, image_name
from htrkit.core.key_parts import stem_of
from htrkit.core.keys import folded
from htrkit.domain.found import FoundFile, SeenXml

SIDECAR_FOLDERS = ("page", "alto")
"""Folders of XML below the folder of the images, the first goes first."""
_NUMBERED = re.compile(r"(?P<file>.+)\.p(?P<number>[0-9]{4,})")
"""`STEM.p0002`: our own name for page 2 of a file of several."""

PagesOf = Callable[[FoundFile], int]
"""How many pages an image file holds; asked only where an XML's name has a page number."""


class Tie(IntEnum):
    """What binds an XML to its image, the strongest first."""

    NAME = 0
    STEM = 1


@dataclass(frozen=True, slots=True)
class Pair:
    """An XML and the image that it belongs to."""

    xml: SeenXml
    image: FoundFile
    tie: Tie
    page: int | None = None
    """From 0: the page of a file of several that the XML's own name tells."""
    rivals: tuple[FoundFile, ...] = ()
    """Other images that it could as well belong to."""


@dataclass(frozen=True, slots=True)
class Alone:
    """An XML whose image is not among those given."""

    xml: SeenXml
    rivals: tuple[FoundFile, ...] = ()
    """Images in several folders that it could belong to, so that it is given to none."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """What became of each XML, in the order given."""

    pairs: tuple[Pair, ...]
    alone: tuple[Alone, ...]


def pair(images: Sequence[FoundFile], xmls: Sequence[SeenXml], *, pages_of: PagesOf) -> Pairing:
    """Pair each XML with the image that it names, else with one of the same stem.

    Looked for beside the XML, then in the parent folder, then in sister folders; in the latter two only where the XML's
    folder holds no images itself (the parent of `page/` and `alto/` always), since elsewhere such a name is chance.
    """
    pictures = _Pictures(images, pages_of)
    found = [_paired(xml, pictures) for xml in xmls]
    return Pairing(
        tuple(one for one in found if isinstance(one, Pair)), tuple(one for one in found if isinstance(one, Alone))
    )


def may_be_named_for(xml: FoundFile) -> tuple[str, ...]:
    """Give the names and stems of images that an XML of this name fits."""
    stem = stem_of(xml.name)
    numbered = _NUMBERED.fullmatch(stem)
    return (stem, numbered["file"]) if numbered else (stem,)


def _page_of(xml: FoundFile, image: FoundFile) -> int | None:
    """Give the page, from 0, of a file of several that an XML named `STEM.p0002.xml` is for."""
    numbered = _NUMBERED.fullmatch(stem_of(xml.name))
    if numbered is None or folded(numbered["file"]) not in {folded(image.name), folded(stem_of(image.name))}:
        return None
    return int(numbered["number"]) - 1


class _Pictures:
    """The images by folder and name, and by folder and stem."""

    def __init__(self, images: Sequence[FoundFile], pages_of: PagesOf) -> None:
        self.pages_of = pages_of
        self._named: dict[tuple[str, str], list[FoundFile]] = defaultdict(list)
        self._stemmed: dict[tuple[str, str], list[FoundFile]] = defaultdict(list)
        self._folders: dict[str, None] = {}
        for image in images:
            self._named[image.folder, folded(image.name)].append(image)
            self._stemmed[image.folder, folded(stem_of(image.name))].append(image)
            self._folders[image.folder] = None
        self._sisters: dict[str, list[str]] = defaultdict(list)
        for folder in self._folders:
            self._sisters[_parent(folder)].append(folder)

    def places(self, folder: str) -> Iterator[tuple[str, ...]]:
        """Give the folders where images of XML files in `folder` may stand, the nearest first."""
        yield (folder,)
        if folder not in self._folders or _last(folder).lower() in SIDECAR_FOLDERS:
            yield (_parent(folder),)
        if folder not in self._folders:
            yield tuple(self._sisters.get(_parent(folder), ()))

    def named(self, folders: Iterable[str], name: str) -> list[FoundFile]:
        """Give the images of that name, in any case and Unicode form; only those of just that name where there are."""
        return _exact(name, [image for folder in folders for image in self._named.get((folder, folded(name)), ())])

    def stemmed(self, folders: Iterable[str], stem: str) -> list[FoundFile]:
        """Give the images of that stem, likewise."""
        found = [image for folder in folders for image in self._stemmed.get((folder, folded(stem)), ())]
        return [image for image in found if stem_of(image.name) == stem] or found

    def numbered(self, folders: Sequence[str], stem: str) -> list[FoundFile]:
        """Give the images of several pages whose page `STEM.p0002` may be."""
        numbered = _NUMBERED.fullmatch(stem)
        if numbered is None:
            return []
        found = self.named(folders, numbered["file"]) or self.stemmed(folders, numbered["file"])
        return [image for image in found if self.pages_of(image) > 1]


def _paired(xml: SeenXml, pictures: _Pictures) -> Pair | Alone:
    """Give the first image found; of several in one folder the first, of several in different folders none."""
    written = image_name(xml.facts.image)
    for tie, hits in _hits(xml, written, pictures):
        hinted = [image for image in hits if _last(image.folder) == written.folder] or hits
        if len({image.folder for image in hinted}) > 1:
            return Alone(xml, tuple(hinted))
        image, *rivals = hinted
        page = _page_of(xml.file, image)
        if page is not None and pictures.pages_of(image) == 1:
            page = None
        return Pair(xml, image, tie, page, tuple(rivals))
    return Alone(xml)


def _hits(xml: SeenXml, written: ImageName, pictures: _Pictures) -> Iterator[tuple[Tie, list[FoundFile]]]:
    """Give the images that an XML may belong to, the likeliest first; never none."""
    places = tuple(pictures.places(xml.file.folder))
    for folders in places:
        for name in written.names:
            if hits := pictures.named(folders, name):
                yield Tie.NAME, hits
    stem = stem_of(xml.file.name)
    for folders in places:
        for look in (pictures.named, pictures.stemmed, pictures.numbered):
            if hits := look(folders, stem):
                yield Tie.STEM, hits


def _exact(name: str, images: list[FoundFile]) -> list[FoundFile]:
    return [image for image in images if image.name == name] or images


def _parent(folder: str) -> str:
    return folder.rpartition("/")[0] or "/"


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]
