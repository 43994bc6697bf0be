"""The settings: every name, its default, its limits and what it means; all tables of settings are made from here."""

from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from htrkit.config.choices import (
    Color,
    ExecutorKind,
    Existing,
    FailOn,
    Format,
    OnError,
    PageReads,
    Progress,
    ReadingDirection,
    Segmenter,
    WorkforceKind,
)
from htrkit.domain.computing import CpuBackend, Geometry, PrecisionWish
from htrkit.domain.renderers import Target, TextForm
from htrkit.domain.scripts import CODES
from htrkit.domain.stages import LinePrompt


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


def _known_scripts(value: str) -> str:
    """Write the codes as the standard does; raises PydanticCustomError for an unknown one."""
    codes = [part.strip().title() for part in value.split(",") if part.strip()]
    if unknown := [code for code in codes if code not in CODES]:
        near = get_close_matches(unknown[0], CODES, n=1, cutoff=0.5)
        hint = f", did you mean {near[0]}" if near else ""
        raise PydanticCustomError("script", "{problem}", {"problem": f"{unknown[0]} is no known script{hint}"})
    return ",".join(codes)


def _language_codes(value: str) -> str:
    """Take `off`, `layout` or codes of three letters; raises PydanticCustomError for anything else."""
    words = [part.strip().lower() for part in value.split(",") if part.strip()]
    if len(words) == 1 and words[0] in LANGUAGE_WORDS:
        return words[0]
    odd = next((word for word in words if not (len(word) == LETTERS and word.isascii() and word.isalpha())), None)
    if not words or odd is not None or any(word in LANGUAGE_WORDS for word in words):
        problem = f"{odd or value or 'nothing'} is neither {NO_LANGUAGES}, {OF_LAYOUT} nor codes of ISO 639-3 (deu,lat)"
        raise PydanticCustomError("languages", "{problem}", {"problem": problem})
    return ",".join(words)


NO_LANGUAGES, OF_LAYOUT = "off", "layout"
LANGUAGE_WORDS = (NO_LANGUAGES, OF_LAYOUT)
LETTERS = 3
"""In a code of ISO 639-3."""
Formats = Annotated[tuple[Format, ...], BeforeValidator(_comma_list)]
FailRate = Annotated[Literal["off"] | Annotated[float, Field(gt=0, le=1)], BeforeValidator(_number)]
Scripts = Annotated[str, AfterValidator(_known_scripts)]
Languages = Annotated[str, AfterValidator(_language_codes)]
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
    geometry: Geometry = Field(Geometry.HTRKIT, json_schema_extra={"changes_text": True})
    cpu_backend: CpuBackend = Field(CpuBackend.AUTO, json_schema_extra={"changes_text": True})
    precision: PrecisionWish = Field(PrecisionWish.AUTO, json_schema_extra={"changes_text": True})
    direction: ReadingDirection = Field(ReadingDirection.AUTO, json_schema_extra={"changes_text": True})
    script: Scripts | None = None
    batch_size: BatchSize = Field("auto", json_schema_extra={"changes_text": True})
    num_beams: int = Field(1, ge=1, json_schema_extra={"changes_text": True})
    clamp: bool = False
    prompt: str | None = Field(None, json_schema_extra={"changes_text": True})
    max_new_tokens: int | None = Field(None, ge=1, json_schema_extra={"changes_text": True})
    adapter: str | None = Field(None, json_schema_extra={"changes_text": True})
    processor: str | None = Field(None, json_schema_extra={"changes_text": True})
    language_model: str | None = Field(None, json_schema_extra={"changes_text": True})
    language_model_weight: float = Field(1.5, ge=0, le=100, json_schema_extra={"changes_text": True})
    reads: PageReads = Field(PageReads.PAGE, json_schema_extra={"changes_text": True})
    party_prompt: LinePrompt = Field(LinePrompt.CURVES, json_schema_extra={"changes_text": True})
    party_languages: Languages = Field(NO_LANGUAGES, json_schema_extra={"changes_text": True})
    server: str | None = None
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
    executor: ExecutorKind = ExecutorKind.LOCAL
    address: str | None = None
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
    fail_on: FailOn = FailOn.FAILURE
    stop_on_alarm_rate: FailRate = "off"
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
