"""Engines come in by name, in the process that owns the device, and nowhere else."""

from importlib import import_module

from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import UsageProblem
from htrkit.domain.stages import LoadOrder, Stage


def load_stage(row: EngineRow, order: LoadOrder) -> Stage:
    """Import the row's class and load the model; raises UsageProblem for an engine that is not built yet."""
    if row.code is None:
        raise UsageProblem(
            f"The engine {row.name} is not built yet.", mend="`htrkit engines` shows which are: -e kraken is one."
        )
    module, _, name = row.code.partition(":")
    stage: Stage = getattr(import_module(module), name)(order)
    return stage
