"""An expectation and how far it may be off."""

from dataclasses import dataclass

CONFIDENCE = 0.9
"""How often what comes lies within an interval."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Seconds, or anything else: what is expected, and the bounds that hold in nine of ten cases."""

    low: float
    expected: float
    high: float

    def times(self, factor: float) -> "Interval":
        """Give the same for so many times as much."""
        return Interval(self.low * factor, self.expected * factor, self.high * factor)

    def plus(self, amount: float) -> "Interval":
        """Give the same with something added that is certain."""
        return Interval(self.low + amount, self.expected + amount, self.high + amount)


def within_factor(expected: float, factor: float) -> Interval:
    """Give an interval from a `factor`-th of what is expected to `factor` times as much."""
    return Interval(expected / factor, expected, expected * factor)
