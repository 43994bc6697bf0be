"""Traces the same heat maps by htrkit's own code and by Kraken's, and tells how far the lines and regions agree.

    python bench/tracing_agreement.py [--pages 12] [--cache DIR] [--folder DIR] [--every 1] [--json FILE]

Pages come from `demo` and `bench` below the folder that HTRKIT_SHARED names, or from the bundled examples. A cache
keeps for each page the map (`NAME.npz`) and Kraken's layout (`NAME.pkl`), which take most of the time; read only
caches that you made, since they are pickles. Seconds are CPU seconds on one thread.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.tracing_maps import ORIGIN, taken
from htrkit.domain.geometry import Points
from htrkit.domain.page import Layout
from htrkit.layouts import tracing
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.traced_baselines import baselines
from htrkit.layouts.traced_regions import areas

NEAR = 10.0
"""Pixels of the page that the network saw within which two baselines are one."""


@dataclass(slots=True)
class Agreement:
    """What was seen on one page, or on all of them."""

    name: str
    theirs: int = 0
    ours: int = 0
    matched: int = 0
    distances: list[float] = field(default_factory=list)
    """Mean distance of two matched baselines, both ways, in the page's own pixels."""
    ends: list[float] = field(default_factory=list)
    """Distance of the first and last points of matched baselines, in the page's own pixels."""
    shapes: list[float] = field(default_factory=list)
    """Intersection over union of matched boundaries."""
    regions: list[float] = field(default_factory=list)
    """The same of regions; 0 for each that has no partner."""
    homes: int = 0
    """Matched lines that lie in the same region."""
    misplaced: int = 0
    """Neighbours in Kraken's order of matched lines that are none, or turned around, in ours."""
    turned: int = 0
    """Matched lines that run the other way."""
    kraken_seconds: float = 0.0
    seconds: float = 0.0
    boundary_seconds: float = 0.0


def main() -> int:
    """Trace and compare, page by page."""
    options = argparse.ArgumentParser(description="htrkit's tracing beside Kraken's")
    options.add_argument("--pages", type=int, default=12, help="0 for all")
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--cache", type=Path)
    options.add_argument("--folder", type=Path)
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    cv2.setNumThreads(1)
    seen = []
    for name, known in taken(asked.folder, asked.cache, asked.every, asked.pages):
        seen.append(compared(name, known.heat, MapClasses.of(known.metadata), known.layout))
        seen[-1].kraken_seconds = known.seconds
        say(row(seen[-1]))
    if not seen:
        sys.exit("no pages there")
    say(summary(seen))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(page) for page in seen], indent=1))
    return 0


def compared(name: str, heat: HeatMap, classes: MapClasses, theirs: Layout) -> Agreement:
    """Trace a page and set it beside Kraken's layout."""
    start = time.process_time()
    ours = tracing.traced(heat, classes, origin=ORIGIN, direction=None)
    whole = time.process_time() - start
    start = time.process_time()
    areas(heat, classes)
    baselines(heat, classes, None)
    rest = time.process_time() - start
    page = Agreement(name, len(theirs.lines), len(ours.lines), seconds=whole, boundary_seconds=max(whole - rest, 0.0))
    pairs = matched([line.baseline for line in theirs.lines], [line.baseline for line in ours.lines], heat)
    compare_lines(page, theirs, ours, pairs)
    compare_regions(page, theirs, ours, pairs)
    return page


def compare_lines(page: Agreement, theirs: Layout, ours: Layout, pairs: Sequence[tuple[int, int, float]]) -> None:
    """Note how matched lines differ."""
    page.matched = len(pairs)
    for first, second, distance in pairs:
        yours, mine = theirs.lines[first], ours.lines[second]
        page.distances.append(distance)
        page.ends += [float(np.hypot(*np.subtract(mine.baseline[end], yours.baseline[end]))) for end in (0, -1)]
        page.shapes.append(shared_part(mine.boundary, yours.boundary))
        page.turned += int(np.dot(chord(mine.baseline), chord(yours.baseline)) < 0)
    order = [second for _, second, _ in sorted(pairs)]
    rank = {place: number for number, place in enumerate(sorted(order))}
    page.misplaced = sum(rank[after] - rank[before] != 1 for before, after in pairwise(order))


def compare_regions(page: Agreement, theirs: Layout, ours: Layout, pairs: Sequence[tuple[int, int, float]]) -> None:
    """Note how regions differ, and which matched lines lie in the same."""
    both = overlaps([region.boundary for region in theirs.regions], [region.boundary for region in ours.regions])
    page.regions = [part for _, _, part in both]
    page.regions += [0.0] * (max(len(theirs.regions), len(ours.regions)) - len(both))
    same = {(theirs.regions[first].id, ours.regions[second].id) for first, second, _ in both} | {(None, None)}
    page.homes = sum((theirs.lines[one].region, ours.lines[other].region) in same for one, other, _ in pairs)


def matched(theirs: Sequence[Points], ours: Sequence[Points], heat: HeatMap) -> Sequence[tuple[int, int, float]]:
    """Pair baselines one to one, the nearest first: both indices and the distance in the page's own pixels."""
    dense = [[points_along(line, heat.scale) for line in side] for side in (theirs, ours)]
    lines = [[shapely.LineString(np.divide(line, heat.scale)) for line in side] for side in (theirs, ours)]
    if not lines[0] or not lines[1]:
        return []
    tree = shapely.STRtree(lines[1])
    candidates = []
    for first, line in enumerate(lines[0]):
        for second in tree.query(shapely.buffer(line, 2 * NEAR)):
            there = shapely.distance(dense[0][first], lines[1][second]).mean()
            back = shapely.distance(dense[1][second], line).mean()
            candidates.append(((there + back) / 2, first, int(second)))
    scale = float(np.mean(heat.scale))
    return [(one, other, far * scale) for far, one, other in one_to_one(candidates) if far <= NEAR]


def one_to_one(candidates: Sequence[tuple[float, int, int]]) -> Sequence[tuple[int, int, float]]:
    """Take candidates from the best on, each side once: (cost, first, second) becomes itself, filtered."""
    firsts, seconds, kept = set(), set(), []
    for cost, first, second in sorted(candidates):
        if first not in firsts and second not in seconds:
            firsts.add(first)
            seconds.add(second)
            kept.append((first, second, cost))
    return [(cost, first, second) for first, second, cost in kept]


def points_along(line: Points, scale: tuple[float, float]) -> NDArray[np.object_]:
    """Give points every other pixel of the page that the network saw."""
    return shapely.points(shapely.get_coordinates(shapely.segmentize(shapely.LineString(np.divide(line, scale)), 2.0)))


def chord(line: Points) -> NDArray[np.int64]:
    """Give the way from a line's start to its end."""
    return np.subtract(line[-1], line[0])


def shared_part(one: Points, other: Points) -> float:
    """Give the intersection over union of two polygons."""
    if len(one) < 3 or len(other) < 3:
        return 0.0
    first, second = (shapely.make_valid(shapely.Polygon(points)) for points in (one, other))
    union = shapely.union(first, second).area
    return float(shapely.intersection(first, second).area / union) if union else 0.0


def overlaps(theirs: Sequence[Points], ours: Sequence[Points]) -> Sequence[tuple[int, int, float]]:
    """Pair regions one to one, the largest overlap first."""
    parts = [(-shared_part(a, b), first, second) for first, a in enumerate(theirs) for second, b in enumerate(ours)]
    return [(first, second, -part) for part, first, second in one_to_one(parts) if part < 0]


def row(page: Agreement) -> str:
    """Give one page as a line of text."""
    return (
        f"{page.name[-40:]:<40} {page.theirs:>4} lines, {page.theirs - page.matched} without ours, "
        f"{page.ours - page.matched} more; distance {middle(page.distances):.2f}, ends {middle(page.ends):.2f}, "
        f"boundaries {middle(page.shapes):.3f}, regions {min(page.regions, default=1.0):.3f}, "
        f"misplaced {page.misplaced}, {page.kraken_seconds:.2f} -> {page.seconds:.3f} s"
    )


def summary(pages: Sequence[Agreement]) -> str:
    """Give all pages together."""
    theirs, ours, both = (sum(getattr(page, name) for page in pages) for name in ("theirs", "ours", "matched"))
    everything = {
        name: [value for page in pages for value in getattr(page, name)]
        for name in ("distances", "ends", "shapes", "regions")
    }
    spread = {name: np.percentile(values or [0], [1, 5, 50, 95, 99]) for name, values in everything.items()}
    homes, misplaced, turned = (sum(getattr(page, name) for page in pages) for name in ("homes", "misplaced", "turned"))
    seconds = [np.mean([getattr(page, name) for page in pages]) for name in ("seconds", "boundary_seconds")]
    least = min(everything["regions"], default=1.0)
    kraken = np.mean([page.kraken_seconds for page in pages])
    lines = (
        f"{len(pages)} pages; {both / max(theirs, 1):.4%} of Kraken's {theirs} lines matched",
        f"{theirs - both} of Kraken's without ours, {ours - both} of ours without Kraken's",
        f"baseline distance: median {spread['distances'][2]:.2f}, 95 % {spread['distances'][3]:.2f} px",
        f"ends: median {spread['ends'][2]:.1f}, 95 % {spread['ends'][3]:.1f}, 99 % {spread['ends'][4]:.1f} px",
        f"boundary IoU: median {spread['shapes'][2]:.4f}, 5 % {spread['shapes'][1]:.4f}, 1 % {spread['shapes'][0]:.4f}",
        f"regions: {len(everything['regions'])}, least IoU {least:.4f}; {homes} of {both} lines in the same one",
        f"{misplaced} lines misplaced, {turned} turned",
        f"seconds a page: Kraken {kraken:.2f}, ours {seconds[0]:.3f}, of it boundaries {seconds[1]:.3f}",
    )
    return "\n".join(lines)


def middle(values: Sequence[float]) -> float:
    """Give the median, 0 of nothing."""
    return float(np.median(values)) if values else 0.0


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
