"""Engines come in by name, in the process that owns the device, and nowhere else."""

from importlib import import_module

from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.stages import LoadOrder, Stage


def load_stage(row: EngineRow, order: LoadOrder) -> Stage:
    """Import the row's class and load the model; raises PreflightRefused for an engine that is not built yet."""
    if row.code is None:
        raise PreflightRefused(
            f"The engine {row.name} cannot read yet: this version has no code for it.",
            mend="Take -e kraken; `htrkit engines` shows what each engine lacks here.",
        )
    module, _, name = row.code.partition(":")
    stage: Stage = getattr(import_module(module), name)(order)
    return stage
