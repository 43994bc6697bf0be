"""What a page will cost, from what pages like it have cost: a regression on what is known of them beforehand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median
from types import MappingProxyType

from htrkit.core.nonnegative import nonnegative_fit
from htrkit.core.page_costs import PageCost, PageFeatures

FOLDS = 8
"""Groups of pages that are held back in turn to see how well the others foretell them."""
FLOOR_SHARE = 0.05
"""No page is foretold less than this share of the mean."""
TAIL_RATIO = 2.0
"""A page that cost so many times what was foretold pulls at the fit no harder than if it had cost just that."""
MOST_FITTED = 2000
"""Pages that a fit looks at, the latest; more make it no better."""
SEGMENTING_SECONDS = 10.0
"""What finding a page's lines adds where none of the pages behind a model was of that kind: as Kraken's on a CPU."""
_REFITS = 3

_COLUMNS: Mapping[str, Callable[[PageFeatures], float | None]] = MappingProxyType(
    {
        "page": lambda _: 1.0,
        "lines": lambda page: page.lines,
        "megapixels": lambda page: page.megapixels,
        "megabytes": lambda page: page.megabytes,
    }
)
"""What a page's cost may grow with."""
_CANDIDATES: Sequence[tuple[tuple[str, ...], int]] = (
    (("page",), 1),
    (("lines",), 3),
    (("megapixels",), 3),
    (("page", "lines"), 5),
    (("page", "megapixels"), 5),
    (("page", "lines", "megapixels"), 10),
    (("page", "lines", "megapixels", "megabytes"), 20),
)
"""The regressions that are tried, and the pages that each needs at least."""


@dataclass(frozen=True, slots=True)
class Regression:
    """Foretells pages of one kind; over the pages that it was made from, it says in all what they cost."""

    columns: tuple[str, ...]
    coefficients: tuple[float, ...]
    """Seconds for each unit of a column, none below 0."""
    usual: Mapping[str, float]
    """What stands for a column that is not known of a page: the mean of the others."""
    floor_seconds: float

    def seconds_of(self, page: PageFeatures) -> float:
        """Give what a page is expected to cost."""
        row = _row(page, self.columns, self.usual)
        return max(sum(one * unit for one, unit in zip(self.coefficients, row, strict=True)), self.floor_seconds)


@dataclass(frozen=True, slots=True)
class CostModel:
    """A regression for pages that bring their lines or need none, and one for those to segment."""

    given: Regression | None
    to_segment: Regression | None

    def seconds_of(self, page: PageFeatures) -> float:
        """Give what a page is expected to cost; of a kind that no page behind the model was of, by the other kind."""
        own, other = (self.to_segment, self.given) if page.to_segment else (self.given, self.to_segment)
        if own is not None:
            return own.seconds_of(page)
        seconds = other.seconds_of(page) if other is not None else 0.0
        return seconds + SEGMENTING_SECONDS if page.to_segment else max(seconds - SEGMENTING_SECONDS, seconds / 10)


@dataclass(frozen=True, slots=True)
class Foretold:
    """A page's cost beside what a model said of it that was made without it."""

    place: int
    """Of the page among those behind the model."""
    to_segment: bool
    seconds: float
    expected_seconds: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, and how well models like it have foretold pages that they had not seen, in the pages' order."""

    model: CostModel
    checks: tuple[Foretold, ...]
    """A page that is the only one of its kind has none."""


def fitted(costs: Sequence[PageCost]) -> Fitted:
    """Give the regressions that foretell held-back pages best; at least one cost is needed."""
    first = max(len(costs) - MOST_FITTED, 0)
    places = range(first, len(costs))
    given, checks = _of_kind(costs, [place for place in places if not costs[place].features.to_segment])
    to_segment, others = _of_kind(costs, [place for place in places if costs[place].features.to_segment])
    return Fitted(CostModel(given, to_segment), tuple(sorted((*checks, *others), key=lambda check: check.place)))


def _of_kind(costs: Sequence[PageCost], places: Sequence[int]) -> tuple[Regression | None, tuple[Foretold, ...]]:
    if not places:
        return None, ()
    own = [costs[place] for place in places]
    tried: list[tuple[float, int, tuple[str, ...], tuple[Foretold, ...]]] = []
    for columns, least in _CANDIDATES:
        if len(own) >= least and _tells(columns, own):
            checks = tuple(_checks(columns, own))
            tried.append((_error(checks), len(tried), columns, checks))
    _, _, columns, checks = min(tried)
    placed = (replace(check, place=places[check.place]) for check in checks)
    return _regression(columns, own), tuple(placed)


def _tells(columns: Sequence[str], costs: Sequence[PageCost]) -> bool:
    """Say whether each column besides the page itself differs between pages that are known."""
    values = ({_COLUMNS[name](cost.features) for cost in costs} - {None} for name in columns if name != "page")
    return all(len(known) > 1 for known in values)


def _checks(columns: Sequence[str], costs: Sequence[PageCost]) -> Iterator[Foretold]:
    """Hold back every n-th page in turn, and foretell it from the others."""
    folds = min(FOLDS, len(costs))
    if folds < 2:
        return
    models = [
        _regression(columns, [cost for place, cost in enumerate(costs) if place % folds != fold])
        for fold in range(folds)
    ]
    for place, cost in enumerate(costs):
        expected = models[place % folds].seconds_of(cost.features)
        yield Foretold(place, cost.features.to_segment, cost.seconds, expected)


def _error(checks: Sequence[Foretold]) -> float:
    """Give how far off the checks are when they are right in the middle: one page that took ages decides nothing."""
    if not checks:
        return 0.0
    middle = median(check.seconds / check.expected_seconds for check in checks)
    scaled = ((check.seconds, middle * check.expected_seconds) for check in checks)
    return fmean(min(abs(seconds - expected), expected) for seconds, expected in scaled)


def _regression(columns: Sequence[str], costs: Sequence[PageCost]) -> Regression:
    usual = {name: _mean_known([_COLUMNS[name](cost.features) for cost in costs]) for name in columns}
    seconds = [cost.seconds for cost in costs]
    floor = fmean(seconds) * FLOOR_SHARE
    rows = [_row(cost.features, columns, usual) for cost in costs]
    expected = [fmean(seconds) for _ in costs]
    found: tuple[float, ...] = ()
    for _ in range(_REFITS):
        # A page of twice the cost varies twice as much, and a tail must not bend the line for all others.
        weights = [1 / max(one, floor) ** 2 for one in expected]
        bounded = [min(one, TAIL_RATIO * other) for one, other in zip(seconds, expected, strict=True)]
        found = nonnegative_fit(rows, bounded, weights)
        expected = [max(sum(one * unit for one, unit in zip(found, row, strict=True)), floor) for row in rows]
    scale = sum(seconds) / sum(expected)
    return Regression(tuple(columns), tuple(scale * one for one in found), usual, floor)


def _row(page: PageFeatures, columns: Sequence[str], usual: Mapping[str, float]) -> tuple[float, ...]:
    values = ((name, _COLUMNS[name](page)) for name in columns)
    return tuple(usual[name] if value is None else float(value) for name, value in values)


def _mean_known(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return fmean(known) if known else 0.0
