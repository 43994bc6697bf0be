import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from examples.pagemaker.faces import FACES, FaceMissing, face_file
from examples.pagemaker.paper import make_ground
from examples.pagemaker.sheet import Paper, read_sheet
from examples.pagemaker.warp import Warp, make_warp
from examples.pagemaker.writing import FINE

EXAMPLES = Path(__file__).parents[2] / "examples"
SHEETS = sorted((EXAMPLES / "sheets").glob("*.toml"))
SIZE = (300, 200)


def ground(seed: int) -> bytes:
    paper = Paper(tone=(230, 220, 200), stains=2, folds=(0.5,))
    return make_ground(SIZE, paper, np.random.default_rng(seed)).tobytes()


def centre_of_ink(warp: Warp, x: int, y: int) -> tuple[float, float]:
    """Where a dot of 6 x 6 pixels around a point of the flat page lands."""
    canvas = np.zeros((SIZE[1] * FINE, SIZE[0] * FINE), np.uint8)
    canvas[(y - 3) * FINE : (y + 4) * FINE, (x - 3) * FINE : (x + 4) * FINE] = 255
    ink = warp.ink(canvas)
    ys, xs = np.indices(ink.shape)
    return float((xs * ink).sum() / ink.sum()), float((ys * ink).sum() / ink.sum())


def test_the_same_seed_gives_the_same_paper() -> None:
    assert ground(1) == ground(1)
    assert ground(1) != ground(2)


@pytest.mark.parametrize("turn", [0.0, 2.5, -4.0])
@pytest.mark.parametrize(("x", "y"), [(40, 40), (150, 100), (250, 160)])
def test_points_go_where_the_ink_goes(turn: float, x: int, y: int) -> None:
    warp = make_warp(SIZE, turn, np.random.default_rng(3))
    found = warp.points(np.array([[x, y]], np.float64))[0]
    assert found == pytest.approx(centre_of_ink(warp, x, y), abs=0.35)


def test_a_turn_is_clockwise() -> None:
    still = Warp(10.0, np.zeros((2, SIZE[1], SIZE[0]), np.float32))
    left, right = still.points(np.array([[50.0, 100.0], [250.0, 100.0]]))
    assert right[1] > left[1]


def test_a_missing_face_names_the_package_that_has_it(tmp_path: Path) -> None:
    with pytest.raises(FaceMissing, match=r"take package/files/caveat-.* from the npm package @fontsource/caveat@"):
        face_file(tmp_path, "caveat")


def test_another_version_of_a_face_is_refused(tmp_path: Path) -> None:
    (tmp_path / FACES["caveat"].member.name).write_bytes(b"another")
    with pytest.raises(FaceMissing, match="another version of Caveat"):
        face_file(tmp_path, "caveat")


def test_every_sheet_has_its_page_and_every_page_its_sheet() -> None:
    made = sorted(path.name for path in (EXAMPLES / "pages").iterdir())
    assert sorted(read_sheet(path).image_name for path in SHEETS) == made


def test_every_face_is_used_and_every_sheet_names_one_that_is_known() -> None:
    assert {block.hand.face for path in SHEETS for block in read_sheet(path).blocks} == set(FACES)


def test_the_command_says_where_to_get_a_face_that_is_not_there(tmp_path: Path) -> None:
    ended = make_pages(tmp_path, tmp_path / "out")
    assert ended.returncode == 2
    assert "take usr/share/fonts/truetype/ecolier-court/Ecolier-court.ttf from the Debian package" in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_pages_are_made_again_with_the_same_truth(tmp_path: Path) -> None:
    if "EXAMPLE_FONTS" not in os.environ:
        pytest.skip("EXAMPLE_FONTS names no folder with the faces' files (examples/README.md)")
    assert make_pages(Path(os.environ["EXAMPLE_FONTS"]), tmp_path).returncode == 0
    for kept in sorted((EXAMPLES / "truth").iterdir()):
        assert (tmp_path / "truth" / kept.name).read_bytes() == kept.read_bytes()


def make_pages(fonts: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, EXAMPLES / "make_pages.py", "--fonts", fonts, "--out", out]
    return subprocess.run(command, capture_output=True, text=True, check=False)
