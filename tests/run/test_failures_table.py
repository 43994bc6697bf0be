"""The table of failures reads back as it was written."""

from pathlib import Path

from htrkit.files.atomic import write_stream
from htrkit.outputs.csv_tables import FailureRow, failures_csv
from htrkit.run.failures_table import read_failures


def test_rows_read_back(tmp_path: Path) -> None:
    rows = (
        FailureRow("a,1.jpg", 'torn, "at 3"', "2026-11-25T07:00:00Z", "open", "broken", 1),
        FailureRow("b.jpg", "died", "2026-11-25T07:00:01Z", "recognise", "died", 2),
    )
    write_stream(failures_csv(rows), tmp_path / "failures.csv")

    assert read_failures(tmp_path / "failures.csv") == rows
