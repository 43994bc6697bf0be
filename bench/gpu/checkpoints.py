"""A small checkpoint of each engine, for the checks alone: one that comes with htrkit, or one made on the spot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from htrkit.domain.engine import EngineRow
from htrkit.domain.names import EngineName
from htrkit.domain.page import ModelFacts
from htrkit.engines.catalog import ENGINES
from htrkit.files.hashing import file_sha256
from htrkit.models.catalog import MODERN

LETTERS = "abcdefghijklmnopqrstuvwxyz "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model that can be loaded."""

    path: Path
    facts: ModelFacts


Make = Callable[[Path], Path]
"""Makes a checkpoint in a folder, or finds one; gives its path."""


def krakens(folder: Path) -> Path:
    """Give the first starter model; where none travels with htrkit, a network whose weights are left to chance."""
    return MODERN.path if MODERN.path.is_file() else random_kraken(folder / "kraken.safetensors")


def random_kraken(path: Path) -> Path:
    """Make a small Kraken recogniser that reads letters into everything."""
    # Seconds, for those that have no model.
    import torch  # noqa: PLC0415
    from kraken.lib.codec import PytorchCodec  # noqa: PLC0415
    from kraken.lib.vgsl import TorchVGSLModel  # noqa: PLC0415
    from kraken.models import write_safetensors  # noqa: PLC0415

    torch.manual_seed(3)
    codec = PytorchCodec(LETTERS)
    layers = f"[1,48,0,1 Cr3,3,8 Mp2,2 Cr3,3,8 Mp2,2 S1(1x0)1,3 Lbx16 O1c{codec.max_label + 1}]"
    model = TorchVGSLModel(
        vgsl=layers, codec=codec.c2l, model_type=["recognition"], seg_type="baselines", one_channel_mode="L"
    )
    model.init_weights()
    # By chance a blank wins nearly everywhere; without its weight there is text to compare.
    with torch.no_grad():
        list(model.nn)[-1].lin.bias[0] = -10.0
    write_safetensors([model], path)
    return path


MAKERS: Mapping[EngineName, Make] = {EngineName("kraken"): krakens}
"""An engine of the table that has no row here is passed over, and said to be."""


def built_engines() -> tuple[EngineRow, ...]:
    """Give the rows of the engine table that have code."""
    return tuple(row for row in ENGINES if row.code is not None)


def checkpoint_of(row: EngineRow, folder: Path) -> Checkpoint | None:
    """Give the engine's checkpoint; None where nobody has said how to come by one."""
    make = MAKERS.get(row.name)
    if make is None:
        return None
    path = make(folder)
    return Checkpoint(path, ModelFacts(path.stem, file_sha256(path)))
