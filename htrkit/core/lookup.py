"""A row of the engine table is found by its name, or the nearest name is offered."""

from collections.abc import Sequence
from difflib import get_close_matches

from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import PreflightRefused, UsageProblem


def engine_named(name: str, rows: Sequence[EngineRow]) -> EngineRow:
    """Give the row; raises UsageProblem for an engine that the table does not know."""
    for row in rows:
        if row.name == name:
            return row
    near = get_close_matches(name, [row.name for row in rows], n=1, cutoff=0.4)
    hint = f"Did you mean `{near[0]}`? " if near else ""
    raise UsageProblem(f"There is no engine called `{name}`.", mend=f"{hint}`htrkit engines` lists all of them.")


def code_of(row: EngineRow) -> str:
    """Give where the engine's class lives; raises PreflightRefused for an engine that is not built yet."""
    if row.code is None:
        raise PreflightRefused(
            f"The engine {row.name} cannot read yet: this version of htrkit has no code for it.",
            mend="Take -e kraken; `htrkit engines` shows what each engine lacks here.",
        )
    return row.code
