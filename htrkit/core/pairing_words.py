"""What people are told of the XML files found: which are not used, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from htrkit.core.image_names import image_name
from htrkit.core.key_parts import stem_of
from htrkit.core.keys import folded
from htrkit.core.pairing import Alone, Pair, Tie
from htrkit.core.shown import listed, shown
from htrkit.domain.found import FoundFile, SeenXml

MOST = 12
"""As many files are named in one sentence; the others are counted."""


def pair_words(pairs: Iterable[Pair], *, pages: int) -> Iterator[str]:
    """Say which XML files of one image file of so many pages were taken for what they do not name, or are not used."""
    for one in pairs:
        path, image = shown(one.xml.file.path), shown(one.image.name)
        names = image_name(one.xml.facts.image).names
        by_stem = one.tie is Tie.STEM and one.page is None
        if by_stem and names and folded(stem_of(names[0])) != folded(stem_of(one.image.name)):
            yield f"{path}: names {shown(names[0])}, which was not found; taken for {image} by its own name."
        if one.rivals:
            yield f"{path}: taken for {image}; it could as well be for {listed([rival.name for rival in one.rivals])}."
        if one.page is None and pages > 1:
            yield f"{path}: taken for the first of the {pages} pages of {image}."
        if one.page is not None and not 0 <= one.page < pages:
            yield f"{path}: not used, since {image} has {pages} pages."


def rank_words(ordered: Iterable[Sequence[Pair]]) -> Iterator[str]:
    """Say which XML files of pages with several are not used; each sequence is of one page, the one taken first."""
    lacking: dict[tuple[str, str], list[str]] = defaultdict(list)
    later: dict[tuple[str, str], list[str]] = defaultdict(list)
    for taken, *others in ordered:
        for other in others:
            without_lines = taken.xml.facts.has_lines and not other.xml.facts.has_lines
            where = _folder(other.xml.file), _folder(taken.xml.file)
            (lacking if without_lines else later)[where].append(_told(other.xml))
    for (folder, better), names in later.items():
        yield f"{folder}: not used: {listed(names, most=MOST)}; the same pages have XML in {better}, which goes first."
    for (folder, better), names in lacking.items():
        yield f"{folder}: not used: {listed(names, most=MOST)}; no lines were seen there, but in the XML in {better}."


def alone_words(alone: Iterable[Alone]) -> Iterator[str]:
    """Say which XML files have no image, and what becomes of them."""
    groups: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for one in alone:
        file = one.xml.file
        if one.rivals:
            several = listed([rival.path for rival in one.rivals])
            yield f"{shown(file.path)}: may belong to each of {several}; it is used for none."
        groups[_folder(file), file.root is None].append(_and_image(one.xml))
    for (folder, by_itself), names in groups.items():
        end = "each counts as a page, and will fail" if by_itself else "not used"
        yield f"{folder}: XML without its image: {listed(names, most=MOST)}; {end}."


def _folder(file: FoundFile) -> str:
    return shown(PurePosixPath(file.path).parent)


def _told(xml: SeenXml) -> str:
    return f"{xml.file.name} ({xml.facts.problem})" if xml.facts.problem else xml.file.name


def _and_image(xml: SeenXml) -> str:
    facts = xml.facts
    if facts.image:
        return f"{xml.file.name} (image {facts.image})"
    return f"{xml.file.name} ({facts.problem or 'names none'})"
