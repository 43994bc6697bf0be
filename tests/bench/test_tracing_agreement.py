"""Our tracing beside Kraken's on pictures made by chance, and the script that measures it on real pages."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely.geometry import Polygon

from bench.tracing_agreement import Agreement, matched, one_to_one, shared_part, summary
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.traced_baselines import baselines
from htrkit.layouts.traced_baselines_thinning import thinned
from htrkit.layouts.traced_boundaries import boundaries
from htrkit.layouts.traced_order import reading_order
from htrkit.layouts.traced_regions import areas, homes

CLASSES = MapClasses(start=0, end=1, baselines={"default": 2}, regions={"text": 3}, topline=False)


def clouds(rows: int, columns: int, *, width: float, seed: int) -> NDArray[np.float32]:
    """Give smooth noise from 0 to 1."""
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - a second that only slow tests pay

    noise = gaussian_filter(np.random.default_rng(seed).random((rows, columns)), width)
    return ((noise - noise.min()) / np.ptp(noise)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_skeletons_are_those_that_kraken_uses(seed: int) -> None:
    from skimage.morphology import skeletonize  # noqa: PLC0415

    for width in (0.0, 1.0, 3.0):
        blobs = (clouds(150, 150, width=width, seed=seed) > 0.45).astype(np.uint8)
        assert (thinned(blobs) == skeletonize(blobs.astype(bool))).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_regions_are_krakens(seed: int) -> None:
    from kraken.lib.segmentation import vectorize_regions  # noqa: PLC0415

    values = np.stack([*[np.zeros((60, 50), np.float32)] * 3, clouds(60, 50, width=3.0, seed=seed)])
    heat = HeatMap(values, np.zeros((240, 199), np.uint8), (1.0, 1.0))

    theirs = vectorize_regions(heat.blown_up()[3])

    assert [area.outline.tolist() for area in areas(heat, CLASSES)] == theirs


@pytest.mark.slow
@pytest.mark.parametrize("leftward", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_order_is_krakens(seed: int, *, leftward: bool) -> None:
    from kraken.containers import BaselineLine, Region  # noqa: PLC0415
    from kraken.lib.segmentation import polygonal_reading_order  # noqa: PLC0415

    chance = np.random.default_rng(seed)
    starts = chance.integers(0, 400, (30, 2))
    lines = [np.stack([start, start + np.array((chance.integers(1, 150), chance.integers(-9, 9)))]) for start in starts]
    corners = [chance.integers(0, 300, 2) for _ in range(4)]
    regions = [corner + np.array([(0, 0), (120, 0), (120, 90), (0, 90)]) for corner in corners]
    first = [within[0] if within else None for within in homes(lines, regions)]

    theirs = polygonal_reading_order(
        [BaselineLine(id=str(n), baseline=line.tolist(), boundary=line.tolist()) for n, line in enumerate(lines)],
        "rl" if leftward else "lr",
        [Region(id=str(n), boundary=region.tolist()) for n, region in enumerate(regions)],
    )

    assert list(reading_order(lines, regions, first, leftward=leftward)) == list(theirs)


@pytest.mark.slow
def test_baselines_are_krakens() -> None:
    from kraken.lib.segmentation import vectorize_lines  # noqa: PLC0415

    values = np.zeros((4, 100, 90), np.float32)
    for row in range(10, 95, 12):
        for column in range(8, 82):
            y = row + round(2 * np.sin(column / 12))
            values[2, y - 1 : y + 2, column] = 0.6
            values[2, y, column] = 0.95
    heat = HeatMap(values, np.zeros((400, 360), np.uint8), (1.0, 1.0))

    theirs = [tuple(map(tuple, line)) for line in vectorize_lines(heat.blown_up()[:3])]
    ours = [tuple(map(tuple, line.points.tolist())) for line in baselines(heat, CLASSES, None).found]
    pairs = matched(theirs, ours, heat)

    assert len(pairs) == len(theirs) == len(ours) == 8
    assert max(distance for _, _, distance in pairs) < 1


def test_lines_are_paired_one_to_one_the_nearest_first() -> None:
    assert one_to_one([(2.0, 0, 0), (1.0, 1, 0), (3.0, 0, 1)]) == [(1.0, 1, 0), (3.0, 0, 1)]


def test_lines_far_apart_are_no_pair() -> None:
    heat = HeatMap(np.zeros((4, 10, 10), np.float32), np.zeros((40, 40), np.uint8), (2.0, 2.0))

    pairs = matched([((0, 0), (60, 0)), ((0, 50), (60, 50))], [((0, 4), (60, 4))], heat)

    assert [(one, other) for one, other, _ in pairs] == [(0, 0)]
    assert pairs[0][2] == pytest.approx(4.0)


def test_overlap_is_intersection_over_union() -> None:
    square = ((0, 0), (10, 0), (10, 10), (0, 10))

    assert shared_part(square, square) == 1.0
    assert shared_part(square, ((5, 0), (15, 0), (15, 10), (5, 10))) == pytest.approx(1 / 3)
    assert shared_part(square, ((0, 0), (1, 1))) == 0.0


def test_the_summary_tells_what_is_missing_on_both_sides() -> None:
    told = summary([Agreement("a", theirs=4, ours=5, matched=3, distances=[1.0], ends=[2.0], shapes=[0.9])])

    assert "75.0000% of Kraken's 4 lines matched" in told
    assert "1 of Kraken's without ours, 2 of ours without Kraken's" in told


@pytest.mark.slow
@pytest.mark.parametrize("topline", [True, False])
def test_boundaries_are_krakens(*, topline: bool) -> None:
    from kraken.lib.segmentation import calculate_polygonal_environment  # noqa: PLC0415 - as above
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - as above
    from skimage.filters import sobel  # noqa: PLC0415 - as above

    lines = [np.array([(60, level), (300, level + 3), (540, level)], dtype=np.int32) for level in (100, 170, 240)]
    picture = Image.new("L", (600, 320), 230)
    drawing = ImageDraw.Draw(picture)
    for line in lines:
        for x in range(60, 540, 12):
            drawing.line((x, line[0, 1] - 24, x + 4, line[0, 1]), fill=40, width=3)
    grey = np.asarray(picture)
    features = gaussian_filter(sobel(grey), 0.5)
    ours = boundaries(lines, [], [()] * len(lines), grey, topline=topline)
    for place, (line, shape) in enumerate(zip(lines, ours, strict=True)):
        others = [other.tolist() for number, other in enumerate(lines) if number != place]
        (krakens,) = calculate_polygonal_environment(
            baselines=[line.tolist()], im_feats=features, suppl_obj=others, topline=topline
        )
        assert shape is not None
        one, other = Polygon(krakens), Polygon(shape)
        assert one.intersection(other).area > 0.99 * one.union(other).area
