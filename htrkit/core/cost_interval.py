"""What many pages will cost together, with an interval that is drawn from how far off the model was before."""

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

from htrkit.core.cost_model import Fitted
from htrkit.core.interval import CONFIDENCE, Interval

DRAWS = 300
OTHER_PAGES = (0.82, 0.91, 0.98, 1.06, 1.23)
"""How many times what was foretold single pages have cost in journals of real runs: fifths of all seconds."""
OTHER_VOLUMES = (0.79, 0.9, 0.98, 1.1, 1.27)
"""The same of volumes: pages by one hand, read in one hour."""
OTHER_RUNS = (0.75, 0.9, 1.0, 1.1, 1.3)
"""The same of whole runs on a machine that others use as well, foretold by another day's."""
CHUNK_PAGES = 30
"""Pages beside each other that may be off together, where no folder tells them apart."""
LEAST_DEVIATION = 0.05
_DRAWN_SINGLY = 40
_SEED = 6

Labels = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A page to come."""

    seconds: float
    """What it is expected to cost."""
    to_segment: bool = False
    label: Hashable = None
    """Pages of one label may be off together."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Pages that one regression foretells: what is drawn from, and for how much."""

    deviations: tuple[float, ...]
    """How many times what was foretold pages, or volumes, have cost, against their mean."""
    weights: tuple[float, ...]
    """By what was foretold: the costly ones decide."""
    behind: int
    """As many draws make a mean as uncertain as the regression's."""
    shares: tuple[float, ...]
    """Of the whole time to come: each is off by itself."""
    is_sampled: bool
    """Whether the pages behind it were drawn from those to come, and all that is uncertain is the mean."""


def total_interval(
    fit: Fitted,
    ahead: Sequence[Ahead],
    *,
    behind: Labels | None = None,
    moods: Sequence[float] = (1.0,),
    sampled: bool = False,
) -> Interval:
    """Give the seconds of pages to come, as one worker would read them.

    `behind` labels the pages that the model was made from, where they were read before those to come and tell of them
    by volumes; without it they stand for all, and each page is off by itself. `moods` are what runs may be off by, and
    `sampled` says that the pages behind the model are some of those to come. By a bootstrap (Efron 1979) of what the
    model said of pages that it had not seen, over volumes where they are labelled (Künsch 1989); a handful of
    deviations from other real runs is in the pool, since a few pages or a single volume do not tell how far off the
    next may be.
    """
    total = sum(page.seconds for page in ahead)
    if total <= 0:
        return Interval(0.0, 0.0, 0.0)
    kinds = [_kind(fit, ahead, behind, to_segment=kind, sampled=sampled) for kind in (False, True)]
    factors = sorted(_factors([kind for kind in kinds if kind.shares], moods))
    low, high = (factors[int(level * (DRAWS - 1))] for level in ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Interval(total * min(low, 1.0), total, total * max(high, 1.0))


def chunked(labels: Labels) -> list[Hashable]:
    """Give the labels so that none stands for more than a chunk of pages."""
    seen = Counter[Hashable]()
    found: list[Hashable] = []
    for label in labels:
        found.append((label, seen[label] // CHUNK_PAGES))
        seen[label] += 1
    return found


def _kind(fit: Fitted, ahead: Sequence[Ahead], behind: Labels | None, *, to_segment: bool, sampled: bool) -> _Kind:
    total = sum(page.seconds for page in ahead)
    checks = [check for check in fit.checks if check.to_segment is to_segment]
    pages = [page for page in ahead if page.to_segment is to_segment]
    seconds, expected = [check.seconds for check in checks], [check.expected_seconds for check in checks]
    shares = [page.seconds / total for page in pages]
    others = OTHER_PAGES
    if behind is not None:
        labels = [behind[check.place] for check in checks]
        seconds, expected = _summed(seconds, labels), _summed(expected, labels)
        shares = _summed(shares, [page.label for page in pages])
        # Volumes of a page or two vary as pages do.
        others = OTHER_VOLUMES if len(checks) > 2 * len(seconds) else OTHER_PAGES
    # A page was foretold without itself, as those to come are; a volume was not.
    farther = math.sqrt(len(seconds) / (len(seconds) - 1)) if behind is not None and len(seconds) > 1 else 1.0
    own = tuple(_deviations(seconds, expected, farther))
    weight = fmean(expected) if own else 1.0
    weights = (*(expected if own else ()), *(weight for _ in others))
    return _Kind((*own, *others), weights, _count(expected, len(pages), sampled=sampled), tuple(shares), sampled)


def _count(expected: Sequence[float], pages: int, *, sampled: bool) -> int:
    """Give how many draws make a mean as uncertain; of a sample that is most of all pages, little is uncertain."""
    count = _effective(expected)
    if not sampled or not expected:
        return count
    return round(count / max(1 - len(expected) / max(pages, 1), 0.01))


def _summed(values: Sequence[float], labels: Labels) -> list[float]:
    sums: dict[Hashable, float] = {}
    for label, value in zip(labels, values, strict=True):
        sums[label] = sums.get(label, 0.0) + value
    return list(sums.values())


def _deviations(seconds: Sequence[float], expected: Sequence[float], farther: float) -> Iterator[float]:
    """Give the ratios against their mean, so many times as far from it."""
    if len(seconds) < 2:
        return
    mean = sum(seconds) / sum(expected)
    for came, foretold in zip(seconds, expected, strict=True):
        yield max(1 + (came / foretold / mean - 1) * farther, LEAST_DEVIATION)


def _factors(kinds: Sequence[_Kind], moods: Sequence[float]) -> Iterator[float]:
    """Draw how many times what is expected the pages to come may cost."""
    chance = Random(_SEED)  # noqa: S311 - draws, no secrets; the same figures give the same interval
    for _ in range(DRAWS):
        whole = sum(_drawn(kind, chance) for kind in kinds)
        yield chance.choice(moods) * whole


def _drawn(kind: _Kind, chance: Random) -> float:
    """Draw what the pages of a kind may cost, as a share of all that is expected."""
    behind = _mean_drawn(kind, [1 / kind.behind] * kind.behind, chance)
    if kind.is_sampled:
        return sum(kind.shares) * _mean(kind) / behind
    return sum(kind.shares) * _mean_drawn(kind, kind.shares, chance) / behind


def _mean_drawn(kind: _Kind, shares: Sequence[float], chance: Random) -> float:
    """Draw a deviation for each share and give their mean."""
    if len(shares) <= _DRAWN_SINGLY:
        drawn = chance.choices(kind.deviations, kind.weights, k=len(shares))
        return sum(share * one for share, one in zip(shares, drawn, strict=True)) / sum(shares)
    # The mean of so many is normal, whatever they are.
    mean = _mean(kind)
    squares = ((one - mean) ** 2 * weight for one, weight in zip(kind.deviations, kind.weights, strict=True))
    spread = math.sqrt(sum(squares) / sum(kind.weights) / _effective(shares))
    return max(chance.gauss(mean, spread), LEAST_DEVIATION)


def _mean(kind: _Kind) -> float:
    weighted = (one * weight for one, weight in zip(kind.deviations, kind.weights, strict=True))
    return sum(weighted) / sum(kind.weights)


def _effective(weights: Sequence[float]) -> int:
    """Give how many equal weights leave as much to chance; 1 where there are none."""
    return max(round(sum(weights) ** 2 / sum(weight * weight for weight in weights)), 1) if weights else 1
