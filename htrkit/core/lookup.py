"""A row of the engine table is found by its name, or the nearest name is offered."""

from collections.abc import Sequence
from difflib import get_close_matches

from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import UsageProblem


def engine_named(name: str, rows: Sequence[EngineRow]) -> EngineRow:
    """Give the row; raises UsageProblem for an engine that the table does not know."""
    for row in rows:
        if row.name == name:
            return row
    near = get_close_matches(name, [row.name for row in rows], n=1, cutoff=0.4)
    hint = f"Did you mean `{near[0]}`? " if near else ""
    raise UsageProblem(f"There is no engine called `{name}`.", mend=f"{hint}`htrkit engines` lists all of them.")
