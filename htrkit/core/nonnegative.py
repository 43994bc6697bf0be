"""Least squares with coefficients of 0 or more: no line of a page makes it quicker to read."""

from collections.abc import Sequence

_ROUNDS = 200
_SETTLED = 1e-9

Row = Sequence[float]


def nonnegative_fit(rows: Sequence[Row], values: Sequence[float], weights: Sequence[float]) -> tuple[float, ...]:
    """Give the coefficients, one a column, that bring the weighted sum of squares down, none below 0.

    By coordinate descent over the normal equations, which are small: a handful of columns.
    """
    columns = range(len(rows[0]))
    gram = [[0.0 for _ in columns] for _ in columns]
    right = [0.0 for _ in columns]
    for row, value, weight in zip(rows, values, weights, strict=True):
        for one in columns:
            weighted = weight * row[one]
            right[one] += weighted * value
            for other in columns:
                gram[one][other] += weighted * row[other]
    return _descended(gram, right)


def _descended(gram: Sequence[Sequence[float]], right: Sequence[float]) -> tuple[float, ...]:
    found = [0.0 for _ in right]
    for _ in range(_ROUNDS):
        moved = 0.0
        for one, own in enumerate(right):
            if gram[one][one] <= 0:
                continue
            rest = own - sum(gram[one][other] * found[other] for other in range(len(found)) if other != one)
            fresh = max(rest / gram[one][one], 0.0)
            moved = max(moved, abs(fresh - found[one]) / (abs(fresh) + _SETTLED))
            found[one] = fresh
        if moved < _SETTLED:
            break
    return tuple(found)
