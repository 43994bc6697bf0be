"""How fast `htrkit validate` looks at good pages: `python bench/validate_speed.py [PAGES]`.

Small JPEGs and PNGs with PAGE files of 30 lines are made in a temporary folder; files are warm, since they were just
written. Prints pages a second for finding them, for looking here, and for looking in processes, start-up included.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.devices.quotas import usable_cores
from htrkit.domain.source import PageSource
from htrkit.run.page_check import Depth
from htrkit.run.page_looks import Looking, looks
from htrkit.run.selection import select

PAGES = 10_000
SIZE = (600, 800)
FOLDER_PAGES = 500


def made(folder: Path, pages: int) -> None:
    """Write pages, each with its PAGE file."""
    picture = Image.effect_noise(SIZE, 40)
    contents = {}
    for kind in ("jpg", "png"):
        file = BytesIO()
        picture.save(file, "JPEG" if kind == "jpg" else "PNG")
        contents[kind] = file.getvalue()
    for number in range(pages):
        kind = "jpg" if number % 2 else "png"
        place = folder / f"{number // FOLDER_PAGES:03d}" / f"{number:05d}.{kind}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(contents[kind])
        place.with_suffix(".xml").write_text(page_xml(place.name), encoding="utf-8")


def page_xml(image: str) -> str:
    """Give a PAGE document of 30 lines."""
    lines = "".join(
        f'<TextLine id="l{n}"><Coords points="10,{20 * n} 590,{20 * n} 590,{20 * n + 18} 10,{20 * n + 18}"/>'
        f'<Baseline points="10,{20 * n + 14} 590,{20 * n + 14}"/></TextLine>'
        for n in range(30)
    )
    return (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">'
        f'<Page imageFilename="{image}" imageWidth="{SIZE[0]}" imageHeight="{SIZE[1]}"><TextRegion id="r">'
        f'<Coords points="0,0 599,0 599,799 0,799"/>{lines}</TextRegion></Page></PcGts>'
    )


def timed(what: str, pages: int, work: Callable[[], object]) -> None:
    """Print how many pages a second a piece of work does."""
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{what:<44} {pages / seconds:>8.0f} pages/s  ({seconds:.2f} s)\n")


def looked(pages: Sequence[PageSource], looking: Looking) -> None:
    """Look at all pages; every one must be sound."""
    bad = [look.trouble for look in looks(pages, looking) if look.trouble is not None]
    if bad:
        raise SystemExit(f"a good page was not taken for one: {bad[0]}")


def main() -> None:
    """Make the pages and time."""
    number, cores = int(sys.argv[1]) if len(sys.argv) > 1 else PAGES, usable_cores()
    with tempfile.TemporaryDirectory() as place:
        made(Path(place), number)
        found = select([place], settings=Settings(), out=None, stdin=BytesIO()).pages
        timed("found and paired", number, lambda: select([place], settings=Settings(), out=None, stdin=BytesIO()))
        for segmenter, what in ((Segmenter.KRAKEN, "heads"), (Segmenter.AUTO, "heads and XML")):
            for processes in (0, cores):
                looking = Looking(Settings(segmenter=segmenter), Depth.OPENED, processes)
                where = f"{processes} processes" if processes else "here"
                timed(f"{what}, {where}", number, lambda looking=looking: looked(found, looking))  # type: ignore[misc]
        for processes in (0, cores):
            deep = Looking(Settings(), Depth.DECODED, processes)
            where = f"{processes} processes" if processes else "here"
            some = found[:: max(number // 1000, 1)]
            timed(f"--deep, {where}", len(some), lambda deep=deep, some=some: looked(some, deep))  # type: ignore[misc]


if __name__ == "__main__":
    main()
