"""Whether a model is for the task that it was given for, as its file says: it is not loaded for that."""

from collections.abc import Sequence
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import PreflightRefused

RECOGNITION = "recognition"
SEGMENTATION = "segmentation"


class WrongEngine(PreflightRefused):
    """The model reads, and with another engine."""


class WrongTask(PreflightRefused):
    """The model is whole, and for something else."""


def refuse_other_task(path: Path, name: str, tasks: tuple[str, ...], wanted: str) -> None:
    """Let a model pass that does what is wanted, or does not tell; raises WrongTask for the reverse."""
    if not tasks or wanted in tasks:
        return
    if wanted == RECOGNITION:
        other = f"{shown(name)}: a model for {' and '.join(tasks)}, which cannot read."
        mend = f"This one finds lines: --segmenter-model {shown(path)}"
    else:
        other = f"{shown(name)}: a model for {' and '.join(tasks)}, which finds no lines."
        mend = f"This one reads: -m {shown(path)}"
    raise WrongTask(other, mend=mend)


def refuse_other_engine(name: str, classes: Sequence[str], row: EngineRow, rows: Sequence[EngineRow]) -> None:
    """Let a model pass that the engine reads with, or that does not tell; raises WrongEngine for another engine's."""
    if not classes or not row.model_classes or set(classes) & set(row.model_classes):
        return
    others = [one.name for one in rows if set(classes) & set(one.model_classes)]
    what = f"{shown(name)}: a model of the kind {shown(classes[0])}, which {row.name} does not read with."
    mend = f"This one reads: -e {others[0]}" if others else f"Give one of the kind {' or '.join(row.model_classes)}."
    raise WrongEngine(what, mend=mend)
