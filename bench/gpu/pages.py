"""The project's own example pages, with the lines that were drawn on them."""

import shutil
from pathlib import Path

from bench.gpu.setting import ROOT
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.domain.stages import OpenPage
from htrkit.files.pictures import open_picture
from htrkit.run.given_layout import sidecar_layout

EXAMPLES = ROOT / "examples"


def pictures() -> list[Path]:
    """Give the example pictures, in order."""
    return sorted(path for path in (EXAMPLES / "pages").iterdir() if path.suffix in {".jpg", ".png"})


def truth_of(picture: Path) -> Path:
    """Give the PAGE file with a picture's lines."""
    return EXAMPLES / "truth" / f"{picture.stem}.xml"


def open_pages(count: int, *, lines: bool) -> list[OpenPage]:
    """Open so many example pages, with their lines or bare."""
    return [open_page(picture, lines=lines) for picture in pictures()[:count]]


def open_page(picture: Path, *, lines: bool) -> OpenPage:
    """Open an example page."""
    key = PageKey(picture.stem)
    source = PageSource(key, str(picture), sidecars=(str(truth_of(picture)),))
    page = OpenPage(key, open_picture(source, dpi=300, max_megapixels=200).image)
    return OpenPage(key, page.picture, sidecar_layout(source, page.size)) if lines else page


def copy_pages(folder: Path, count: int) -> Path:
    """Fill a folder with so many copies of the example pages, each with its lines beside it."""
    folder.mkdir(parents=True)
    found = pictures()
    for number in range(count):
        picture = found[number % len(found)]
        name = f"{number:04d}{picture.suffix}"
        shutil.copy(picture, folder / name)
        lines = truth_of(picture).read_bytes().replace(picture.name.encode(), name.encode())
        (folder / f"{number:04d}.xml").write_bytes(lines)
    return folder
