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
    WorkforceKind,
)
from htrkit.domain.renderers import Target, TextForm


def _comma_list(value: object) -> object:
    """Take `txt,page` for a list of two, as the command line and the environment give it."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _whole_number(value: object) -> object:
    """Take the digits of an environment variable for a number, and leave words alone."""
    return int(value) if isinstance(value, str) and value.strip().isdigit() else value


def _number(value: object) -> object:
    """Take `0.25`, `25%` or `25 %` for a number, and leave words alone."""
    if not isinstance(value, str):
        return value
    digits, percent, _ = value.replace(" ", "").partition("%")
    try:
        return float(digits) / (100 if percent else 1)
    except ValueError:
        return value


Formats = Annotated[tuple[Format, ...], BeforeValidator(_comma_list)]
FailRate = Annotated[Literal["off"] | Annotated[float, Field(gt=0, le=1)], BeforeValidator(_number)]
Seconds = Annotated[Literal["auto"] | Annotated[float, Field(gt=0)], BeforeValidator(_number)]
BatchSize = Annotated[Literal["auto"] | Annotated[int, Field(ge=1)], BeforeValidator(_whole_number)]
Share = Annotated[Annotated[float, Field(gt=0, le=1)], BeforeValidator(_number)]
RecycleAfter = Annotated[Literal["off"] | Annotated[int, Field(ge=1)], BeforeValidator(_whole_number)]


class Settings(BaseModel):
    """What a run is made with. `changes_text` in a field's extras marks what can change the text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str = Field("kraken", json_schema_extra={"changes_text": True})
    model: str | None = Field(None, json_schema_extra={"changes_text": True})
    segmenter: Segmenter = Field(Segmenter.AUTO, json_schema_extra={"changes_text": True})
    segmenter_model: str | None = Field(None, json_schema_extra={"changes_text": True})
    geometry: Geometry = Field(Geometry.KRAKEN, json_schema_extra={"changes_text": True})
    direction: ReadingDirection = Field(ReadingDirection.AUTO, json_schema_extra={"changes_text": True})
    batch_size: BatchSize = Field("auto", json_schema_extra={"changes_text": True})
    num_beams: int = Field(1, ge=1, json_schema_extra={"changes_text": True})
    clamp: bool = False
    device: str = "all"
    parallel_gpus: bool = False
    memory_share: Share = 0.7
    allow_slow_cpu: bool = False
    cpu_fallback: bool = False
    yes: bool = False
    formats: Formats = (Format.TXT, Format.PAGE)
    target: Target = Target.STANDARD
    normalize: TextForm = TextForm.NONE
    write_images: bool = False
    dpi: int = Field(300, ge=36, le=1200, json_schema_extra={"changes_text": True})
    max_megapixels: float = Field(200.0, gt=0)
    pages: str | None = None
    sample: int | None = Field(None, ge=1)
    existing: Existing = Existing.ABORT
    on_error: OnError = OnError.CONTINUE
    workforce: WorkforceKind = WorkforceKind.PROCESSES
    serve_cpu: bool = False
    jobs: BatchSize = "auto"
    threads: BatchSize = "auto"
    cache_images: Literal["auto"] | bool = "auto"
    cache_budget: BatchSize = "auto"
    tidy_every: int = Field(50, ge=1)
    memory_limit: Share = 0.9
    recycle_after: RecycleAfter = "off"
    retries: int = Field(1, ge=0, le=9)
    max_fail_rate: FailRate = 0.25
    segment_timeout: Seconds = "auto"
    page_timeout: Seconds = "auto"
    progress: Progress = Progress.AUTO
    color: Color = Color.AUTO

    @property
    def devices(self) -> str:
        """What is wished for as device: `parallel_gpus` is another word for `all`."""
        return "all" if self.parallel_gpus else self.device


def text_changing() -> frozenset[str]:
    """Give the names of the settings that can change the text."""
    fields = Settings.model_fields.items()
    return frozenset(
        name
        for name, field in fields
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("changes_text")
    )
