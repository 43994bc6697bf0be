"""The options that stand for settings: one row each, and a decorator that gives a command those it takes."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from htrkit.config.choices import (
    Color,
    ExecutorKind,
    Existing,
    FailOn,
    OnError,
    PageReads,
    Progress,
    ReadingDirection,
    Segmenter,
    WorkforceKind,
)
from htrkit.config.meanings import MEANINGS
from htrkit.domain.computing import CpuBackend, Geometry, PrecisionWish
from htrkit.domain.renderers import Target, TextForm


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A setting as an option: its flags, the type that Typer checks, and the panel of `--help` it stands in."""

    setting: str
    flags: tuple[str, ...]
    kind: Any
    panel: str
    shown_default: str


READING, PAGES, OUTPUT, RUNNING = "Reading", "Pages", "Output", "Running"

ROWS: Sequence[OptionRow] = (
    OptionRow("engine", ("-e", "--engine"), str, READING, "kraken"),
    OptionRow("model", ("-m", "--model"), str, READING, "kraken: latin-modern"),
    OptionRow("segmenter", ("-s", "--segmenter"), Segmenter, READING, "auto"),
    OptionRow("segmenter_model", ("--segmenter-model",), str, READING, "Kraken's own"),
    OptionRow("geometry", ("--geometry",), Geometry, READING, "htrkit"),
    OptionRow("cpu_backend", ("--cpu-backend",), CpuBackend, RUNNING, "auto"),
    OptionRow("precision", ("--precision",), PrecisionWish, RUNNING, "auto"),
    OptionRow("direction", ("--direction",), ReadingDirection, READING, "auto"),
    OptionRow("script", ("--script",), str, READING, "the model card's"),
    OptionRow("batch_size", ("-B", "--batch-size"), str, RUNNING, "auto"),
    OptionRow("num_beams", ("--num-beams",), int, READING, "1"),
    OptionRow("clamp", ("--clamp",), bool, READING, "off"),
    OptionRow("prompt", ("--prompt",), str, READING, "the model card's"),
    OptionRow("max_new_tokens", ("--max-new-tokens",), int, READING, "the engine's"),
    OptionRow("adapter", ("--adapter",), str, READING, "none"),
    OptionRow("processor", ("--processor",), str, READING, "the model's own"),
    OptionRow("language_model", ("--language-model",), str, READING, "none"),
    OptionRow("language_model_weight", ("--language-model-weight",), float, READING, "1.5"),
    OptionRow("reads", ("--reads",), PageReads, READING, "page"),
    OptionRow("server", ("--server",), str, RUNNING, "none"),
    OptionRow("device", ("-d", "--device"), str, RUNNING, "all"),
    OptionRow("parallel_gpus", ("--parallel-gpus/--no-parallel-gpus",), bool, RUNNING, "off"),
    OptionRow("memory_share", ("--memory-share",), str, RUNNING, "70%"),
    OptionRow("allow_slow_cpu", ("--allow-slow-cpu",), bool, RUNNING, "off"),
    OptionRow("cpu_fallback", ("--cpu-fallback",), bool, RUNNING, "off"),
    OptionRow("yes", ("--yes",), bool, RUNNING, "off"),
    OptionRow("serve_cpu", ("--serve-cpu",), bool, RUNNING, "off"),
    OptionRow("jobs", ("-j", "--jobs"), str, RUNNING, "auto"),
    OptionRow("threads", ("--threads",), str, RUNNING, "auto"),
    OptionRow("workforce", ("--workforce",), WorkforceKind, RUNNING, "processes"),
    OptionRow("executor", ("--executor",), ExecutorKind, RUNNING, "local"),
    OptionRow("address", ("--address",), str, RUNNING, "found by Ray"),
    OptionRow("cache_images", ("--cache-images/--no-cache-images",), bool, RUNNING, "auto"),
    OptionRow("cache_budget", ("--cache-budget",), str, RUNNING, "auto"),
    OptionRow("tidy_every", ("--tidy-every",), int, RUNNING, "50"),
    OptionRow("memory_limit", ("--memory-limit",), str, RUNNING, "90%"),
    OptionRow("recycle_after", ("--recycle-after",), str, RUNNING, "off"),
    OptionRow("retries", ("--retries",), int, RUNNING, "1"),
    OptionRow("max_fail_rate", ("--max-fail-rate",), str, RUNNING, "25%"),
    OptionRow("fail_on", ("--fail-on",), FailOn, RUNNING, "failure"),
    OptionRow("stop_on_alarm_rate", ("--stop-on-alarm-rate",), str, RUNNING, "off"),
    OptionRow("segment_timeout", ("--segment-timeout",), str, RUNNING, "auto"),
    OptionRow("page_timeout", ("--page-timeout",), str, RUNNING, "auto"),
    OptionRow("on_error", ("--on-error",), OnError, RUNNING, "continue"),
    OptionRow("progress", ("--progress",), Progress, RUNNING, "auto"),
    OptionRow("color", ("--color",), Color, RUNNING, "auto"),
    OptionRow("pages", ("--pages",), str, PAGES, "all"),
    OptionRow("sample", ("--sample",), int, PAGES, "all"),
    OptionRow("dpi", ("--dpi",), int, PAGES, "300"),
    OptionRow("max_megapixels", ("--max-megapixels",), float, PAGES, "200"),
    OptionRow("formats", ("-f", "--format"), list[str], OUTPUT, "txt,page"),
    OptionRow("target", ("--target",), Target, OUTPUT, "standard"),
    OptionRow("normalize", ("--normalize",), TextForm, OUTPUT, "none"),
    OptionRow("write_images", ("--write-images",), bool, OUTPUT, "off"),
    OptionRow("existing", ("--existing",), Existing, OUTPUT, "abort"),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What of the settings was typed: options by setting, `--set` pairs, and the settings file."""

    options: tuple[tuple[str, object], ...]
    assignments: tuple[str, ...]
    config: Path | None


_CONFIG = Annotated[
    Path | None, typer.Option("-c", "--config", help="A settings file; without it, `htrkit.toml` beside the inputs.")
]
_SET = Annotated[list[str] | None, typer.Option("--set", help="Any setting: key=value. May be given several times.")]


def takes_settings(
    *, only: Sequence[str] | None = None, others: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of all settings, or of those named, as one argument `typed`.

    `others` tells whether it takes a settings file and `--set`, too.
    """
    rows = [row for row in ROWS if only is None or row.setting in only]

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command)

        @wraps(command)
        def with_settings(**arguments: Any) -> None:  # noqa: ANN401 - Typer calls it by the signature below
            values = {row.setting: arguments.pop(row.setting) for row in rows}
            given = tuple((name, value) for name, value in values.items() if value not in (None, [], ()))
            typed = Typed(given, tuple(arguments.pop("assignments", None) or ()), arguments.pop("config", None))
            command(**arguments, typed=typed)

        kept = [parameter for name, parameter in own.parameters.items() if name != "typed"]
        first, last = [_parameter("config", _CONFIG)], [_parameter("assignments", _SET)]
        parameters = [*kept, *(first if others else ()), *map(_row_parameter, rows), *(last if others else ())]
        with_settings.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # read by Typer
        with_settings.__annotations__ = {one.name: one.annotation for one in parameters}
        return with_settings

    return decorated


def _row_parameter(row: OptionRow) -> inspect.Parameter:
    option = typer.Option(
        *row.flags,
        help=f"{MEANINGS[row.setting]} (Default: {row.shown_default}.)",
        rich_help_panel=row.panel,
        show_default=False,
    )
    return _parameter(row.setting, Annotated[row.kind | None, option])


def _parameter(name: str, annotation: Any) -> inspect.Parameter:  # noqa: ANN401 - an annotation is any object
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
