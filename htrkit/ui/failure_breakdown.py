"""What failed, by class: the last thing that a run says of its failures, and a part of its report."""

from collections import Counter
from collections.abc import Sequence

from htrkit.core.report_advice import ADVICE, retry_command
from htrkit.domain.failure import FailureClass
from htrkit.outputs.csv_tables import FailureRow
from htrkit.ui.where import Where
from htrkit.ui.words import amount, shown


def failure_breakdown(rows: Sequence[FailureRow], *, selected: int, where: Where) -> list[str]:
    """Give `FAILURES 9/9,984`, the classes by falling count with what to do, and where more is told; none for none."""
    if not rows:
        return []
    counted = Counter(FailureClass(row.failure) for row in rows)
    return [
        failures_head(len(rows), selected),
        *class_lines(counted, str(where.out)),
        f"  each page: {where.failures}; the run's log: {where.log}",
    ]


def failures_head(failed: int, selected: int) -> str:
    """Give the line over the classes."""
    return f"FAILURES {amount(failed)}/{amount(selected)}"


def class_lines(counted: Counter[FailureClass], out: str) -> list[str]:
    """Give for each class a line with its count and what helps, and one with the command to type."""
    lines = []
    width = max((len(amount(number)) for number in counted.values()), default=0)
    for failure, number in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        lines.append(f"  {amount(number):>{width}}  {failure}: {ADVICE[failure].words}")
        lines.append(f"  {'':>{width}}    {retry_command(failure, shown(out))}")
    return lines
