"""Engines come in by name, in the process that owns the device, and nowhere else."""

from importlib import import_module

from htrkit.core.lookup import code_of
from htrkit.domain.engine import EngineRow
from htrkit.domain.stages import LoadOrder, Stage


def load_stage(row: EngineRow, order: LoadOrder) -> Stage:
    """Import the row's class and load the model, or what speaks with the server that has it.

    Raises PreflightRefused for an engine that is not built yet, UsageProblem for a server that it cannot use.
    """
    module, _, name = code_of(row, order.options.server).partition(":")
    stage: Stage = getattr(import_module(module), name)(order)
    return stage
