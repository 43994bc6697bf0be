"""The table of failed pages, read back: it holds what all parts of a run came to."""

import csv
from pathlib import Path

from htrkit.outputs.csv_tables import FailureRow


def read_failures(table: Path) -> tuple[FailureRow, ...]:
    """Give the rows of failures.csv."""
    with table.open(encoding="utf-8", newline="") as file:
        return tuple(
            FailureRow(row["image"], row["error"], row["timestamp"], row["stage"], row["class"], int(row["attempts"]))
            for row in csv.DictReader(file)
        )
