"""Settings as they are typed, for the page of an engine: from the tables that `--help` is made from."""

from htrkit.cli.setting_options import ROWS
from htrkit.config.meanings import MEANINGS
from htrkit.config.settings import Settings
from htrkit.domain.engine import EngineRow
from htrkit.ui.engine_table import ShownOption


def shown_options(row: EngineRow) -> tuple[ShownOption, ...]:
    """Give flags, default and meaning of each setting that matters to an engine, as the row orders them.

    One without a flag is typed with `--set`.
    """
    typed = {one.setting: one for one in ROWS}
    return tuple(
        ShownOption(name, typed[name].flags, _default(name, row, typed[name].shown_default), MEANINGS[name])
        if name in typed
        else ShownOption(name, (f"--set {name}=...",), str(Settings.model_fields[name].default), MEANINGS[name])
        for name in row.options
    )


def _default(name: str, row: EngineRow, shown: str) -> str:
    """Give the default; of the model it is the engine's own."""
    return (row.default_model or "none; it must be given") if name == "model" else shown
