"""The breakdown at a run's end: classes by falling count, what helps, and where more is told."""

from pathlib import Path

from htrkit.outputs.csv_tables import FailureRow
from htrkit.ui.failure_breakdown import failure_breakdown
from htrkit.ui.where import Where


def row(failure: str) -> FailureRow:
    return FailureRow("a.jpg", "ends early", "2026-01-01T00:00:00Z", "open", failure, 1)


def test_classes_stand_by_falling_count_with_their_commands() -> None:
    rows = [row("locked"), *[row("broken")] * 10]

    assert failure_breakdown(rows, selected=1200, where=Where(Path("OUT"))) == [
        "FAILURES 11/1,200",
        "  10  broken: copy or scan these again, then",
        "        htrkit resume OUT --retry-failed --class broken",
        "   1  locked: save these PDFs without a password, then",
        "        htrkit resume OUT --retry-failed --class locked",
        "  each page: OUT/failures.csv; the run's log: OUT/.htrkit/run.log",
    ]


def test_a_run_without_failures_says_nothing_of_them() -> None:
    assert failure_breakdown([], selected=3, where=Where(Path("OUT"))) == []
