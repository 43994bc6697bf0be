"""What is known of a page before it is read, and what reading it has cost: the words that all estimates are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from random import Random

_SEED = 6


class Source(StrEnum):
    """Where the seconds of an estimate come from."""

    MEASURED = "measured"
    """Pages of these inputs, read just now for the purpose."""
    REMEMBERED = "remembered"
    """Earlier runs with the same engine, model and device."""
    PUBLISHED = "published"
    """The engine table."""


@dataclass(frozen=True, slots=True)
class PageFeatures:
    """What a look at a page's files tells; None for what they do not tell."""

    megapixels: float | None = None
    lines: int | None = None
    """Of its PAGE or ALTO file."""
    megabytes: float | None = None
    """Of the image file; a page's share where the file holds several."""
    to_segment: bool = False
    """Whether its lines must be found first."""


@dataclass(frozen=True, slots=True)
class PageCost:
    """What a page of such features has cost."""

    features: PageFeatures
    seconds: float
    """Of one page worker."""


def stratified(features: Sequence[PageFeatures], count: int) -> tuple[int, ...]:
    """Give the places of `count` pages that stand for all, in their order.

    Pages whose lines must be found, and those that bring theirs, each get their share, and at least one where there are
    two. Sorted by lines and by megapixels, the pages of a kind fall into strata of equal size; one of each is drawn.
    """
    kinds = [[place for place, page in enumerate(features) if page.to_segment is kind] for kind in (False, True)]
    given, to_segment = kinds
    share = round(count * len(to_segment) / max(len(features), 1))
    if given and to_segment and count > 1:
        share = min(max(share, 1), count - 1)
    chosen = (*_drawn(features, given, count - share), *_drawn(features, to_segment, share))
    return tuple(sorted(chosen))


def rough_seconds(page: PageFeatures) -> float:
    """Give what a page may cost, for putting pages in order where nothing better is known."""
    segmenting = 10.0 if page.to_segment else 0.0
    return segmenting + 0.03 * (page.lines or 0) + 0.02 * (page.megapixels or page.megabytes or 0.0)


def _drawn(features: Sequence[PageFeatures], places: Sequence[int], count: int) -> tuple[int, ...]:
    count = min(count, len(places))
    ranked = sorted(places, key=lambda place: (features[place].lines or 0, features[place].megapixels or 0.0, place))
    chance = Random(_SEED)  # noqa: S311 - the same pages each time that the same are asked for, and no secrets
    bounds = [number * len(ranked) // count for number in range(count + 1)] if count else []
    return tuple(ranked[chance.randrange(low, high)] for low, high in pairwise(bounds))
