"""From the INPUT arguments to the pages of the plan: found, paired with their XML, named, chosen."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import BinaryIO

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.core.choose import chosen
from htrkit.core.keys import Place, page_keys
from htrkit.core.pairing_words import alone_words, pair_words, rank_words
from htrkit.core.shown import listed
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.found import FileKind, FoundFile
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource, PassedOver, Selection, SourceKind
from htrkit.files.frames import Frames, frames_of
from htrkit.files.inputs import find_inputs
from htrkit.run.pictures_found import PicturesFound, pictures_found
from htrkit.run.sheets import Sheet, sheet_of

FramesOf = Callable[[str, FileKind], Frames]
"""Counts the pages of a file, which may be broken or no file at all; raises nothing."""


IN_THE_PLAN = "in the plan already"


@dataclass(frozen=True, slots=True)
class Planned:
    """The pages of a plan that others are added to: what is taken."""

    keys: frozenset[PageKey] = frozenset()
    files: frozenset[str] = frozenset()
    """Where each picture really is, by `real_place`."""
    roots: int = 0
    """The INPUT folders besides those that are added."""


NOTHING_PLANNED = Planned()


def real_place(path: str) -> str:
    """Give where a file stands, whatever symlinks lead to its folder."""
    folder, slash, name = path.rpartition("/")
    return f"{_real_folder(Path.cwd() / (folder or slash))}/{name}"


@lru_cache(maxsize=64)
def _real_folder(folder: Path) -> str:
    return os.path.realpath(folder)


def select(  # noqa: PLR0913 - what is asked, and four things that tests and plans hand in
    inputs: Sequence[str],
    *,
    settings: Settings,
    out: Path | None,
    stdin: BinaryIO,
    frames: FramesOf = frames_of,
    planned: Planned = NOTHING_PLANNED,
) -> Selection:
    """Give the pages that the INPUTs come to, in their order and in natural order in each; there may be none.

    A file that cannot be opened is a page too: it fails in its turn, by name. Raises UsageProblem for an INPUT that is
    nothing, and for `--pages` that are not there. Pictures that are `planned` are passed over.
    """
    found = find_inputs(inputs, out=out, stdin=stdin)
    with_xml = settings.segmenter in {Segmenter.AUTO, Segmenter.SIDECAR}

    @cache
    def indices(picture: FoundFile) -> tuple[int, ...]:
        return frames(picture.path, picture.kind).indices

    pictures = pictures_found(found.files, pages_of=lambda picture: len(indices(picture)), search=with_xml)
    known = {one.picture.path for one in pictures.subjects if real_place(one.picture.path) in planned.files}
    fresh = (subject for subject in pictures.subjects if subject.picture.path not in known)
    sheets = tuple(sheet_of(subject, indices(subject.picture)) for subject in fresh)
    keyed = page_keys([_place(sheet) for sheet in sheets], roots=found.roots + planned.roots, taken=planned.keys)
    pages = tuple(
        page
        for sheet, keys in zip(sheets, keyed.keys, strict=True)
        for page in _pages(sheet, keys, settings, with_xml=with_xml)
    )
    return Selection(
        pages=chosen(pages, pages=settings.pages, sample=settings.sample) if pages else (),
        passed_over=(
            *found.passed_over,
            *pictures.passed_over,
            *(PassedOver(path, IN_THE_PLAN) for path in sorted(known)),
        ),
        warnings=tuple(_xml_warnings(pictures, sheets, with_xml=with_xml)),
        folders=found.warnings,
        collisions=keyed.warnings,
        notes=() if with_xml else tuple(_unused(sheets, settings.segmenter)),
        inputs=tuple(inputs),
    )


def require_pages(selection: Selection) -> Selection:
    """Give the selection back; raises PreflightRefused, naming what was looked at, where it has no page."""
    if selection.pages:
        return selection
    reasons = dict.fromkeys(one.reason for one in selection.passed_over)
    counts = ((sum(one.reason == reason for one in selection.passed_over), reason) for reason in reasons)
    passed = listed([f"{number} {reason}" for number, reason in counts])
    raise PreflightRefused(
        f"No page was found in {listed(selection.inputs)}{f' (passed over: {passed})' if passed else ''}.",
        mend="Give images, PDFs, PAGE or ALTO files, or folders of them; `-v` lists what was passed over.",
    )


def _place(sheet: Sheet) -> Place:
    file = sheet.subject.named_by
    root = Path(file.path).parent if file.root is None else file.root
    outer = Path(os.path.abspath(root)).parts[1:]  # noqa: PTH100 - `box/..` is named for where it leads
    return Place(outer, file.tree, file.name, by_itself=file.root is None, pages=len(sheet.frames))


def _pages(sheet: Sheet, keys: Sequence[PageKey], settings: Settings, *, with_xml: bool) -> Iterator[PageSource]:
    """Give the pages of a picture; one that was found by its XML alone has only the pages which that is for."""
    picture = sheet.subject.picture
    single = sheet.frames == (0,)
    for number in sheet.wanted:
        key = keys[number]
        page = PageSource(
            key=key,
            path=picture.path,
            kind=SourceKind.PDF if picture.kind is FileKind.PDF else SourceKind.IMAGE,
            frame=None if single else sheet.frames[number],
            sidecars=tuple(one.xml.file.path for one in sheet.sidecars.get(number, ())) if with_xml else (),
            image_name=picture.name,
            root=picture.root or "",
        )
        written = settings.write_images and page.is_part_of_a_file
        yield replace(page, image_name=f"{key.rpartition('/')[2]}.png") if written else page


def _xml_warnings(pictures: PicturesFound, sheets: Iterable[Sheet], *, with_xml: bool) -> Iterator[str]:
    """Say which XML files are not used; where none is wanted, only those that count as pages."""
    if with_xml:
        yield from alone_words(pictures.alone)
        paired = [sheet for sheet in sheets if not sheet.subject.missing]
        for sheet in paired:
            yield from pair_words(sheet.subject.pairs, pages=len(sheet.frames))
        yield from rank_words(one for sheet in paired for one in sheet.sidecars.values())
    else:
        yield from alone_words(one for one in pictures.alone if one.xml.file.root is None)


def _unused(sheets: Iterable[Sheet], segmenter: Segmenter) -> Iterator[str]:
    number = sum(bool(sheet.subject.pairs) for sheet in sheets)
    if number:
        yield f"PAGE or ALTO files of {number} of the images are not used, as `-s {segmenter}` asks."
