"""What a page worker is set up with, wherever it works: no network is loaded to say it."""

from dataclasses import dataclass
from pathlib import Path

from htrkit.config.settings import Settings
from htrkit.domain.engine import EngineRow
from htrkit.domain.page import Reading
from htrkit.run.model_file import ModelFile


@dataclass(frozen=True, slots=True)
class Bench:
    """Settings, models, what outputs cite, and where they go."""

    settings: Settings
    row: EngineRow
    model: ModelFile
    segmentation: ModelFile
    reading: Reading
    out: Path
    below: str = ""
    """The folder that inputs were brought to on this machine: what is cited of their paths is without it."""
