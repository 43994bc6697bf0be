"""The files that a run promises, held against what stands in OUT already: nothing is written onto an input."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from htrkit.config.choices import Existing, Format
from htrkit.config.settings import Settings
from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.outputs.catalog import renderers
from htrkit.run.out_folder import OutFolder

TABLES = ("lines.csv", "pages.csv")
IMAGES = "images"
"""The folder below OUT for what `--write-images` writes."""
IMAGE_SUFFIX = ".png"


@dataclass(frozen=True, slots=True)
class Standing:
    """A promised file that is there already, and the page it belongs to."""

    key: PageKey
    path: str


def promised_files(page: PageSource, settings: Settings) -> Iterator[str]:
    """Give the places below OUT of all files that a page will have."""
    for renderer in renderers(settings.formats):
        yield f"{renderer.name}/{page.key}{renderer.suffix}"
    if settings.write_images and page.is_part_of_a_file:
        yield f"{IMAGES}/{page.key}{IMAGE_SUFFIX}"


def pages_to_skip(pages: Sequence[PageSource], settings: Settings, out: Path) -> frozenset[PageKey]:
    """Give the pages to leave alone, as `--existing` says; raises PreflightRefused where it says so.

    A promised file that is an input, by whatever path, is refused in any case.
    """
    if not out.is_dir():
        return frozenset()
    standing = tuple(_standing(pages, settings, out))
    _refuse_inputs(pages, standing, out)
    match settings.existing:
        case Existing.OVERWRITE:
            return frozenset()
        case Existing.SKIP:
            return frozenset(one.key for one in standing)
        case Existing.ABORT:
            tables = TABLES if Format.CSV in settings.formats else ()
            there = [one.path for one in standing] + [name for name in tables if (out / name).exists()]
            if there:
                raise PreflightRefused(
                    f"{shown(out)}: {len(there)} of the files to write are there already, {shown(there[0])} for one.",
                    mend="Choose another OUT, or say `--existing skip` (leave those pages) or `--existing overwrite`.",
                )
            return frozenset()


def _standing(pages: Sequence[PageSource], settings: Settings, out: Path) -> Iterator[Standing]:
    for page in pages:
        for path in promised_files(page, settings):
            if os.path.lexists(out / path):
                yield Standing(page.key, path)


def _refuse_inputs(pages: Sequence[PageSource], standing: Sequence[Standing], out: Path) -> None:
    if not standing:
        return
    read = {place for page in pages for path in (page.path, *page.sidecars) if (place := _identity(Path(path)))}
    for one in standing:
        if _identity(out / one.path) in read:
            raise PreflightRefused(
                f"{shown(out / one.path)}: would be written onto an input.",
                mend=f"Choose an OUT outside of the input folders: -o {OutFolder(out).another}",
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """Give what the file is by, whatever its path: device and inode."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
