"""A model that was found: apart from the workshop, so that plans can name it without loading a network."""

from dataclasses import dataclass
from pathlib import Path

from htrkit.domain.page import ModelFacts


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model that was found: its file, and how outputs cite it."""

    path: Path
    facts: ModelFacts
