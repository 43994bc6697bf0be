"""Makes the example pages and their exact ground truth from `sheets/`: the same sheet gives the same bytes.

    python examples/make_pages.py --fonts DIR [SHEET ...]

DIR holds the faces' files, which `examples/README.md` tells how to fetch.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

import numpy as np
from pagemaker.faces import FaceMissing, face_file
from pagemaker.scan import make_picture, save_scan
from pagemaker.setting import set_sheet
from pagemaker.sheet import Sheet, read_sheet
from pagemaker.truth import make_truth
from pagemaker.warp import make_warp

HERE = Path(__file__).parent


def make_page(sheet: Sheet, fonts: Path, out: Path) -> None:
    """Write `pages/NAME.jpg` or `.png` and `truth/NAME.xml` below `out`; raises FaceMissing."""
    hand, bends, ground = (np.random.default_rng([sheet.seed, stream]) for stream in range(3))
    canvas, blocks = set_sheet(sheet, partial(face_file, fonts), hand)
    warp = make_warp(sheet.size, sheet.turn, bends)
    picture = make_picture(sheet, canvas, warp, ground)
    for folder in ("pages", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    save_scan(picture, sheet, out / "pages" / sheet.image_name)
    (out / "truth" / f"{sheet.name}.xml").write_bytes(make_truth(sheet, blocks, warp))


def main() -> int:
    """Make the pages that the command line names, or all."""
    options = argparse.ArgumentParser(description="Make the example pages and their ground truth.")
    options.add_argument("--fonts", type=Path, required=True, help="folder of the faces' files (see README.md)")
    options.add_argument("--out", type=Path, default=HERE, help="where pages/ and truth/ go; default: beside this file")
    options.add_argument("sheets", nargs="*", type=Path, help="TOML files; default: all in sheets/")
    asked = options.parse_args()
    for path in asked.sheets or sorted((HERE / "sheets").glob("*.toml")):
        sheet = read_sheet(path)
        try:
            make_page(sheet, asked.fonts, asked.out)
        except FaceMissing as missing:
            sys.stderr.write(f"{path.name}: {missing}\n")
            return 2
        sys.stdout.write(f"{sheet.image_name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
