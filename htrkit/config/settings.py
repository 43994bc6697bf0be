"""The settings: every name, its default, its limits and what it means; all tables of settings are made from here."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from htrkit.config.choices import (
    Color,
    Existing,
    Format,
    Geometry,
    OnError,
    Progress,
    ReadingDirection,
    Segmenter,
)
from htrkit.domain.renderers import Target, TextForm


def _comma_list(value: object) -> object:
    """Take `txt,page` for a list of two, as the command line and the environment give it."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _whole_number(value: object) -> object:
    """Take the digits of an environment variable for a number, and leave words alone."""
    return int(value) if isinstance(value, str) and value.strip().isdigit() else value


Formats = Annotated[tuple[Format, ...], BeforeValidator(_comma_list)]
BatchSize = Annotated[Literal["auto"] | Annotated[int, Field(ge=1)], BeforeValidator(_whole_number)]


class Settings(BaseModel):
    """What a run is made with. `changes_text` in a field's extras marks what can change the text."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    engine: str = Field("kraken", json_schema_extra={"changes_text": True})
    """The engine that reads: a name from `htrkit engines`."""
    model: str | None = Field(None, json_schema_extra={"changes_text": True})
    """A path, a starter's name, a hub id or a DOI; without one, the engine's own default."""
    segmenter: Segmenter = Field(Segmenter.AUTO, json_schema_extra={"changes_text": True})
    """Where lines come from: a sidecar where there is one, else Kraken (`auto`); `kraken`; `sidecar`; `none`."""
    segmenter_model: str | None = Field(None, json_schema_extra={"changes_text": True})
    """A segmentation model for Kraken; without one, the `blla` that comes with it."""
    geometry: Geometry = Field(Geometry.KRAKEN, json_schema_extra={"changes_text": True})
    """Who traces and cuts lines."""
    direction: ReadingDirection = Field(ReadingDirection.AUTO, json_schema_extra={"changes_text": True})
    """How lines are read: `ltr`, `rtl`, `ttb`, or as the layout and the text say (`auto`)."""
    batch_size: BatchSize = Field("auto", json_schema_extra={"changes_text": True})
    """Lines in one batch, or `auto`."""
    device: str = "all"
    """`all`, `auto`, `cpu`, `cuda:0`, `cuda:0,cuda:1`."""
    formats: Formats = (Format.TXT, Format.PAGE)
    """Output formats, comma-separated: `txt`, `page`, `alto`, `hocr`, `csv`; `json` is always written."""
    target: Target = Target.STANDARD
    """Whose dialect the XML speaks: `standard`, `escriptorium`, `transkribus`."""
    normalize: TextForm = TextForm.NONE
    """The Unicode normal form of written text."""
    write_images: bool = False
    """Write pages of PDFs and of multi-frame files as images under OUT, so that the XML names a real image."""
    dpi: int = Field(300, ge=36, le=1200, json_schema_extra={"changes_text": True})
    """Resolution that PDF pages are rendered at, in dots per inch."""
    max_megapixels: float = Field(200.0, gt=0)
    """A larger picture is a failed page (class `too-large`), refused before it is decoded."""
    pages: str | None = None
    """Which of the pages found, by number from 1: `1-10,20`."""
    sample: int | None = Field(None, ge=1)
    """Only so many pages, spread evenly over what was found."""
    existing: Existing = Existing.ABORT
    """Files in OUT that no journal promised: `abort`, `skip` those pages, `overwrite`."""
    on_error: OnError = OnError.CONTINUE
    """What a failed page does: `continue` with the others, or `abort` the run."""
    threads: BatchSize = "auto"
    """Cores used for one page on the CPU; `auto` is all that this process may use."""
    progress: Progress = Progress.AUTO
    """What is shown meanwhile: `plain` lines, `json` events, `none`."""
    color: Color = Color.AUTO
    """`auto` colours a terminal and nothing else; NO_COLOR and FORCE_COLOR are honoured."""


def text_changing() -> frozenset[str]:
    """Give the names of the settings that can change the text."""
    fields = Settings.model_fields.items()
    return frozenset(
        name
        for name, field in fields
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("changes_text")
    )
