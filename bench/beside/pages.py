"""The pages that everyone reads: of many folders, copied under short names, with their lines beside them or bare."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

from bench.beside.setting import FEW, ROOT, Lines

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"})
EXAMPLES = ROOT / "examples"
AT_LEAST = 32
"""Pages with lines given: each takes a fraction of a second, and start-up as long as twenty."""


@dataclass(frozen=True, slots=True)
class Source:
    """An image, and the ALTO or PAGE file with its lines and their text."""

    picture: Path
    truth: Path


@dataclass(frozen=True, slots=True)
class Pages:
    """Folders with the same pages: `000.jpg`, `001.png`, …; where lines are given, their XML stands beside them."""

    folder: Path
    names: tuple[str, ...]
    """Stems, in order."""

    @property
    def all(self) -> Path:
        """The folder with every page."""
        return self.folder / "all"

    @property
    def few(self) -> Path:
        """The folder with the first few, whose time is start-up and these."""
        return self.folder / "few"

    @property
    def one(self) -> Path:
        """The folder with the first page alone, that files and caches are warmed up with."""
        return self.folder / "one"

    @property
    def truth(self) -> Path:
        """The folder with the XML of every page."""
        return self.folder / "truth"


def default_folder(*, full: bool) -> Path:
    """Give the development data where they are, else the examples that come with htrkit."""
    shared = Path(os.environ.get("HTRKIT_SHARED") or ROOT.parent / "shared") / "data" / ("bench" if full else "demo")
    return shared if shared.is_dir() else EXAMPLES / "pages"


def sources(folder: Path) -> list[Source]:
    """Give the pages below a folder that have truth, folder by folder in turn, so that a few are of many hands."""
    groups: dict[Path, list[Source]] = {}
    for picture in sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES):
        truth = next((path for path in truth_places(picture) if path.is_file()), None)
        if truth is not None:
            groups.setdefault(picture.parent, []).append(Source(picture, truth))
    return [one for one in chain.from_iterable(zip_longest(*groups.values())) if one is not None]


def truth_places(picture: Path) -> Iterator[Path]:
    """Give where a picture's XML may be: beside it, or in a sister folder, as with the examples."""
    yield picture.with_suffix(".xml")
    for name in ("truth", "page", "alto"):
        yield picture.parent.parent / name / f"{picture.stem}.xml"


def copied(chosen: Sequence[Source], folder: Path, lines: Lines) -> Pages:
    """Copy pages; each XML names its copy."""
    pages = Pages(folder, tuple(f"{number:03d}" for number in range(len(chosen))))
    named = list(zip(pages.names, chosen, strict=True))
    for place, count in ((pages.all, len(chosen)), (pages.few, FEW), (pages.one, 1), (pages.truth, 0)):
        place.mkdir(parents=True)
        for name, source in named[:count]:
            copy = place / f"{name}{source.picture.suffix.lower()}"
            shutil.copy(source.picture, copy)
            if lines is Lines.GIVEN:
                copy.with_suffix(".xml").write_bytes(naming(source, copy.name))
    for name, source in named:
        shutil.copy(source.truth, pages.truth / f"{name}.xml")
    return pages


def enough(chosen: Sequence[Source], lines: Lines) -> list[Source]:
    """Give the pages again and again where lines are given, until they take long enough to be told from start-up."""
    again = -(-AT_LEAST // len(chosen)) if lines is Lines.GIVEN else 1
    return [*chosen] * again


def naming(source: Source, name: str) -> bytes:
    """Give the XML with the copy's name in place of the picture's."""
    return source.truth.read_bytes().replace(source.picture.name.encode(), name.encode())


def pictures(folder: Path) -> list[Path]:
    """Give the images of a folder, in order."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
