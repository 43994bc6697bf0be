"""When a run will have ended: what is left of it, in seconds, learnt from the pages that have ended so far."""

from collections.abc import Mapping, Sequence

from htrkit.core.cost_interval import Ahead, chunked, total_interval
from htrkit.core.cost_model import CostModel, fitted
from htrkit.core.interval import Interval
from htrkit.core.page_costs import PageCost, PageFeatures
from htrkit.core.work_order import makespan_seconds
from htrkit.domain.names import PageKey

LEAST_PAGES = 3
"""So many must have ended before anything is said, unless earlier runs are known."""
LEARNS_UNTIL = 30
"""Pages of this run after which what earlier runs have cost counts no more."""
REFIT_GROWTH = 1.05
"""The model is made anew when so many times as many pages have ended."""
LONGER_BY = 0.5
"""A page that is in hand longer than was foretold will take that share of its time so far still."""


class Eta:
    """Hears of every page that begins or ends, and says how long the rest will take.

    `features` holds every page that is left when the run begins, in the order of work; `workers` how many are read at
    once. `earlier` is what pages have cost in earlier runs with the same engine, model and device. Moments are those of
    any clock that does not jump. A call of `left` takes microseconds, and some ten milliseconds where a new model is
    due: every page at first, every hundredth and more later.
    """

    def __init__(
        self, features: Mapping[PageKey, PageFeatures], workers: int, earlier: Sequence[PageCost] = ()
    ) -> None:
        self.workers = max(workers, 1)
        """May be set anew while the run goes on: a device is lost, memory is short."""
        self._open = dict(features)
        self._labels = dict(zip(features, chunked([key.rpartition("/")[0] for key in features]), strict=True))
        self._begun: dict[PageKey, float] = {}
        self._costs: dict[PageKey, PageCost] = {}
        self._earlier = tuple(earlier)
        self._learnt_pages = 0
        self._expected: dict[PageKey, float] = {}
        self._left_seconds = 0.0
        """Of one worker, for all pages that are open."""
        self._shape = Interval(1.0, 1.0, 1.0)
        """The interval for one second that is expected."""

    def begin(self, key: PageKey, at: float) -> None:
        """Take in that a page is in hand; without it, pages that take long are overlooked until they end."""
        if key in self._open:
            self._begun[key] = at

    def hear(self, key: PageKey, seconds: float, at: float) -> None:
        """Take in that a page is done after so many seconds of its worker."""
        features = self._open.get(key)
        self.hear_end(key, at)
        if features is not None and seconds > 0:
            self._costs[key] = PageCost(features, seconds)

    def hear_end(self, key: PageKey, at: float) -> None:
        """Take in that a page has ended otherwise: failed or skipped."""
        del at
        self._begun.pop(key, None)
        if self._open.pop(key, None) is not None:
            self._left_seconds -= self._expected.pop(key, 0.0)

    def left(self, at: float) -> Interval | None:
        """Give the seconds until the last page has ended; None while too few have ended to say."""
        if not self._open:
            return Interval(0.0, 0.0, 0.0)
        if len(self._costs) < LEAST_PAGES and not self._earlier:
            return None
        if self._is_due():
            self._learn(at)
        done = sum(self._done_of(key, at) for key in self._begun)
        return self._shape.times(max(self._left_seconds - done, 0.0) / self.workers)

    def _is_due(self) -> bool:
        ending = len(self._open) <= 2 * self.workers
        growth = 1.0 if ending else REFIT_GROWTH
        return not self._learnt_pages or len(self._costs) >= self._learnt_pages * growth + 1

    def _learn(self, at: float) -> None:
        earlier = () if len(self._costs) >= LEARNS_UNTIL else self._earlier
        known = {**self._costs, **self._in_hand(fitted([*earlier, *self._costs.values()]).model, at)}
        fit = fitted([*earlier, *known.values()])
        self._learnt_pages = max(len(self._costs), 1)
        self._expected = {key: self._foretold(key, fit.model, at) for key in self._open}
        self._left_seconds = sum(self._expected.values())
        behind = (*(("earlier", place) for place in range(len(earlier))), *(self._labels[key] for key in known))
        ahead = [Ahead(self._expected[key], page.to_segment, self._labels[key]) for key, page in self._open.items()]
        whole = total_interval(fit, ahead, behind=behind)
        expected = [page.seconds for page in ahead]
        # The last page ends later than an even share: the others have nothing left to do.
        uneven = makespan_seconds(expected, self.workers) * self.workers / self._left_seconds
        self._shape = whole.times(uneven / whole.expected)

    def _in_hand(self, model: CostModel, at: float) -> Mapping[PageKey, PageCost]:
        """Give the pages in hand with what they will cost: of those begun together, the short ones end first."""
        return {key: PageCost(self._open[key], self._foretold(key, model, at)) for key in self._begun}

    def _foretold(self, key: PageKey, model: CostModel, at: float) -> float:
        seconds = model.seconds_of(self._open[key])
        begun = self._begun.get(key)
        return seconds if begun is None else max(seconds, (at - begun) * (1 + LONGER_BY))

    def _done_of(self, key: PageKey, at: float) -> float:
        """Give what of a page in hand is done, as far as it was counted as left."""
        return min(max(at - self._begun[key], 0.0), self._expected.get(key, 0.0))
