"""Rates and curves of a run from what was heard of it: short memories of fixed size."""

from dataclasses import dataclass, replace

LEAST_SECONDS = 60
MOST_SECONDS = 900
ENOUGH_PAGES = 10
MOST_POINTS = 96


@dataclass(frozen=True, slots=True)
class Second:
    """What ended within one second."""

    second: int
    pages: int
    lines: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Pages and lines per second."""

    pages: float
    lines: float


NO_RATE = Rate(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """What ended of late: the last minute, or for slow pages ten of them, but no more than 15 minutes."""

    began: float
    """Seconds of the clock at which work began."""
    seconds: tuple[Second, ...] = ()

    def after(self, at: float, *, lines: int) -> "Pace":
        """Give the pace after one more page."""
        now, kept = int(at), self.seconds
        if kept and kept[-1].second == now:
            last = kept[-1]
            return replace(self, seconds=(*kept[:-1], Second(now, last.pages + 1, last.lines + lines)))
        if kept and kept[0].second <= now - MOST_SECONDS:
            kept = tuple(one for one in kept if one.second > now - MOST_SECONDS)
        return replace(self, seconds=(*kept, Second(now, 1, lines)))

    def rate(self, now: float) -> Rate:
        """Give how fast it goes; zeros before the first page has ended."""
        pages = lines = 0
        since = now
        for one in reversed(self.seconds):
            if one.second < now - MOST_SECONDS or (one.second < now - LEAST_SECONDS and pages >= ENOUGH_PAGES):
                break
            pages, lines, since = pages + one.pages, lines + one.lines, float(one.second)
        if not pages:
            return NO_RATE
        since = max(min(since, now - LEAST_SECONDS), self.began)
        span = max(now - since, 1.0)
        return Rate(pages / span, lines / span)


@dataclass(frozen=True, slots=True)
class Curve:
    """A value over the whole run in few points, each the mean of a span that grows as the run does."""

    began: float
    width_seconds: float = 2.0
    sums: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    def after(self, at: float, value: float) -> "Curve":
        """Give the curve after one more reading."""
        place = max(int((at - self.began) / self.width_seconds), 0)
        if place >= MOST_POINTS:
            return self._folded().after(at, value)
        missing = place + 1 - len(self.sums)
        sums, counts = [*self.sums, *[0.0] * missing], [*self.counts, *[0] * missing]
        sums[place] += value
        counts[place] += 1
        return replace(self, sums=tuple(sums), counts=tuple(counts))

    def _folded(self) -> "Curve":
        sums = tuple(map(sum, zip(self.sums[::2], (*self.sums[1::2], 0.0), strict=False)))
        counts = tuple(map(sum, zip(self.counts[::2], (*self.counts[1::2], 0), strict=False)))
        return Curve(self.began, 2 * self.width_seconds, sums, counts)

    def means(self) -> tuple[float | None, ...]:
        """Give the mean of each span; where nothing was read in it, that of the span before, None at the beginning."""
        means: list[float | None] = []
        for total, count in zip(self.sums, self.counts, strict=True):
            means.append(total / count if count else means[-1] if means else None)
        return tuple(means)

    def rates(self, now: float) -> tuple[float, ...]:
        """Give the readings per second in each span that is over."""
        spans = max(int((now - self.began) / self.width_seconds), 0)
        return tuple(
            self.counts[span] / self.width_seconds if span < len(self.counts) else 0.0 for span in range(spans)
        )
