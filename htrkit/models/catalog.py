"""The models that travel in the wheel, and where better ones are."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "starters"


@dataclass(frozen=True, slots=True)
class Starter:
    """A model of the wheel; its card with credits lies beside it."""

    name: str
    script: str
    reads: str
    licence: str
    sha256: str

    @property
    def path(self) -> Path:
        """The model's file."""
        return FOLDER / f"{self.name}.safetensors"

    @property
    def card(self) -> Path:
        """What it was made of, how well it reads, and whom to credit."""
        return FOLDER / f"{self.name}.md"


@dataclass(frozen=True, slots=True)
class Source:
    """A place with more models."""

    name: str
    holds: str
    address: str


MODERN = Starter(
    "latin-modern",
    "Latn",
    "regular cursive and print of the 17th to 20th century, Latin script; small, and weak on difficult hands",
    "Apache-2.0; training data CC-BY-4.0",
    "1bcbfa4af5025d46f605c6b9593b07031ebacf2438c0329a166121c774664ccd",
)
MEDIEVAL = Starter(
    "latin-medieval",
    "Latn",
    "Latin and French book hands of the 12th to 15th century, graphemic; small, and weak on much abbreviated hands",
    "CC-BY-4.0",
    "fa8c884640311259369cef9579b5eab239e1d965af2109ec84ba66b0ea1232a4",
)
STARTERS: tuple[Starter, ...] = (MODERN, MEDIEVAL)
"""The one taken without `--model` first."""

SOURCES: tuple[Source, ...] = (
    Source("CATMuS Medieval", "Latin-script manuscripts of the 8th to 16th century", "10.5281/zenodo.12743230"),
    Source(
        "McCATMuS",
        "hands, prints and typescript of the 16th to 21st century, mostly French",
        "10.5281/zenodo.13788177",
    ),
    Source("HTRMoPo", "the Kraken community's models, all scripts", "https://zenodo.org/communities/ocr_models"),
    Source("Hugging Face", "models for many engines", "https://huggingface.co/models?pipeline_tag=image-to-text"),
)


def script_on_card(sha256: str) -> str | None:
    """Give the script that a model's card declares, by ISO 15924; None where we know no card of it."""
    return next((starter.script for starter in STARTERS if starter.sha256 == sha256), None)
