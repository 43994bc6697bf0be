"""From files found to the pictures that pages are made of, each with its XML; the disk is asked for what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.file_kinds import NO_PAGE, kind_of
from htrkit.core.image_names import image_name
from htrkit.core.key_parts import stem_of
from htrkit.core.keys import folded
from htrkit.core.pairing import Alone, PagesOf, Pair, Tie, may_be_named_for, pair
from htrkit.domain.found import FileKind, FoundFile, SeenXml, XmlKind
from htrkit.domain.source import PassedOver
from htrkit.files.nearby import Nearby
from htrkit.layouts.probe import probe

_PASSED_OVER = {XmlKind.METS: "METS, which lists pages and holds none", XmlKind.OTHER: NO_PAGE}


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture that pages are made of."""

    picture: FoundFile
    """For an XML given by itself whose image is nowhere: the image as it is named, beside the XML."""
    pairs: tuple[Pair, ...] = ()
    lent: bool = False
    """Whether it was found only since an XML names it."""
    missing: bool = False

    @property
    def named_by(self) -> FoundFile:
        """The file that its outputs are named by."""
        return self.pairs[0].xml.file if self.missing else self.picture


@dataclass(frozen=True, slots=True)
class PicturesFound:
    """All pictures, in the order of what was given, and the XML files without one."""

    subjects: tuple[Subject, ...]
    alone: tuple[Alone, ...]
    passed_over: tuple[PassedOver, ...]


def pictures_found(files: Sequence[FoundFile], *, pages_of: PagesOf, search: bool) -> PicturesFound:
    """Pair pictures and XML; `search` also looks on disk for XML files of pictures that were given by themselves."""
    pictures = _pictures(files)
    seen = [SeenXml(file, probe(file.path)) for file in files if file.kind is FileKind.XML]
    given = pair(pictures, [xml for xml in seen if xml.facts.kind not in _PASSED_OVER], pages_of=pages_of)
    nearby = Nearby()
    around = pair(_pool(pictures, _images_around(given.alone, nearby)), _xmls(given.alone), pages_of=pages_of)
    pairs = [*given.pairs, *around.pairs]
    if search:
        paired = {one.image for one in pairs}
        bare = [picture for picture in pictures if picture.root is None and picture not in paired]
        pairs += _sidecars_around(bare, files, nearby, pages_of)
    passed = (PassedOver(xml.file.path, _PASSED_OVER[xml.facts.kind]) for xml in seen if xml.facts.kind in _PASSED_OVER)
    return PicturesFound(tuple(_subjects(files, pairs, around.alone)), around.alone, tuple(passed))


def _subjects(files: Sequence[FoundFile], pairs: Sequence[Pair], alone: Sequence[Alone]) -> Iterator[Subject]:
    """Give each picture once: at its own place, or at that of the first XML that brought it."""
    of_picture: dict[FoundFile, list[Pair]] = defaultdict(list)
    for one in pairs:
        of_picture[one.image].append(one)
    image_of = {one.xml.file: one.image for one in pairs}
    nowhere = {one.xml.file: one.xml for one in alone if one.xml.file.root is None}
    given = set(_pictures(files))
    for file in files:
        if file in given:
            yield Subject(file, tuple(of_picture.get(file, ())))
        elif file in nowhere:
            image = _as_named(nowhere[file])
            yield Subject(image, (Pair(nowhere[file], image, Tie.NAME),), missing=True)
        elif file in image_of and image_of[file] not in given:
            given.add(image_of[file])
            yield Subject(image_of[file], tuple(of_picture[image_of[file]]), lent=True)


def _sidecars_around(
    bare: Sequence[FoundFile], files: Sequence[FoundFile], nearby: Nearby, pages_of: PagesOf
) -> list[Pair]:
    """Pair pictures with XML files on disk, first with those whose names fit, so that most others need no look."""
    if not bare:
        return []
    folders = list({picture.folder: picture for picture in bare}.values())
    around = [xml for folder in folders for xml in nearby.sidecars(folder)]
    pool = _pool(_pictures(files), (image for folder in folders for image in nearby.beside(folder)))
    wanted = set(bare)
    names = {folded(name) for picture in bare for name in (picture.name, stem_of(picture.name))}
    fitting = {xml: None for xml in around if not names.isdisjoint(map(folded, may_be_named_for(xml)))}
    pairs: list[Pair] = []
    for xmls in (tuple(fitting), tuple(xml for xml in around if xml not in fitting)):
        if wanted:
            found = [one for one in pair(pool, _probed(xmls), pages_of=pages_of).pairs if one.image in wanted]
            pairs += found
            wanted -= {one.image for one in found}
    return pairs


def _images_around(alone: Iterable[Alone], nearby: Nearby) -> Iterator[FoundFile]:
    """Give the images around XML files that have none among those given; one look serves a folder."""
    for xml in {one.xml.file.folder: one.xml.file for one in alone}.values():
        yield from nearby.pictures(xml)


def _pool(pictures: Sequence[FoundFile], more: Iterable[FoundFile]) -> tuple[FoundFile, ...]:
    """Give all images, each once and as it was given, where it was."""
    pool = {(picture.folder, picture.name): picture for picture in pictures}
    for image in more:
        pool.setdefault((image.folder, image.name), image)
    return tuple(pool.values())


def _probed(files: Iterable[FoundFile]) -> list[SeenXml]:
    seen = (SeenXml(file, probe(file.path)) for file in files)
    return [xml for xml in seen if xml.facts.kind not in _PASSED_OVER]


def _pictures(files: Iterable[FoundFile]) -> tuple[FoundFile, ...]:
    return tuple(file for file in files if file.kind is not FileKind.XML)


def _xmls(alone: Iterable[Alone]) -> list[SeenXml]:
    return [one.xml for one in alone]


def _as_named(xml: SeenXml) -> FoundFile:
    """Give the image that is not there, so that its page fails by name; the XML itself where it names none."""
    names = image_name(xml.facts.image).names
    if not names:
        return FoundFile(xml.file.path, FileKind.IMAGE, xml.file.folder)
    path = Path(xml.file.path).parent / names[0]
    return FoundFile(str(path), kind_of(names[0]) or FileKind.IMAGE, xml.file.folder)
