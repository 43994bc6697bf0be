"""A row of the engine table is found by its name, or the nearest name is offered."""

from collections.abc import Sequence
from difflib import get_close_matches

from htrkit.domain.engine import EngineRow, ModelForm
from htrkit.domain.errors import PreflightRefused, UsageProblem


def engine_named(name: str, rows: Sequence[EngineRow]) -> EngineRow:
    """Give the row; raises UsageProblem for an engine that the table does not know."""
    for row in rows:
        if row.name == name:
            return row
    near = get_close_matches(name, [row.name for row in rows], n=1, cutoff=0.4)
    hint = f"Did you mean `{near[0]}`? Then -e {near[0]}. " if near else ""
    raise UsageProblem(f"There is no engine called `{name}`.", mend=f"{hint}`htrkit engines` lists all of them.")


def code_of(row: EngineRow, server: str | None = None) -> str:
    """Give where the engine's class lives, or what speaks with a server that has the model.

    Raises PreflightRefused for an engine that is not built yet, UsageProblem for a server that the engine cannot use,
    and for none where it needs one.
    """
    if server is not None:
        if row.served is None:
            what = f"--server: {row.name} reads here, and not on an inference server."
            raise UsageProblem(what, mend="Leave it out.")
        return row.served
    if row.model_form is ModelForm.SERVED:
        raise UsageProblem(
            f"-e {row.name} reads on an inference server, and none is given.", mend="As in --server http://HOST:8000/v1"
        )
    if row.code is None:
        raise PreflightRefused(
            f"The engine {row.name} cannot read yet: this version of htrkit has no code for it.",
            mend="Take -e kraken; `htrkit engines` shows what each engine lacks here.",
        )
    return row.code
