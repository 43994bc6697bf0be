"""An expectation and how far it may be off."""

from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.9
"""How often what comes lies within an interval."""
_EXACT = {1: 6.314, 2: 2.920, 3: 2.353, 4: 2.132}
"""Student's t at 95 % for few degrees of freedom, where the series below is not good enough."""


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


def student_t95(degrees: int) -> float:
    """Give the 95 % point of Student's t (Abramowitz and Stegun, 26.7.5)."""
    if degrees in _EXACT:
        return _EXACT[degrees]
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3
