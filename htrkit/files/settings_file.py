"""Settings files: `htrkit.toml` beside the inputs, or any given with `-c`."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from htrkit.config.layers import Layer
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem

FILE_NAME = "htrkit.toml"
_PATHS = ("model", "segmenter_model")
"""Settings that may hold a path; in a file, a relative one starts from the file's folder."""


def read_settings_file(path: Path) -> Layer:
    """Give the file's settings; raises UsageProblem for a file that cannot be read or is not TOML."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageProblem(
            f"{shown(path)}: cannot be read ({error.strerror}).", mend="Give a settings file that exists after -c."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(
            f"{shown(path)}: not a TOML file ({error}).",
            mend='Write lines such as: dpi = 400, or: model = "my.mlmodel".',
        ) from error
    return Layer(shown(path), {key.replace("-", "_"): _from_here(key, value, path) for key, value in values.items()})


def find_settings_file(inputs: Sequence[str]) -> Path | None:
    """Give the `htrkit.toml` in an INPUT folder, or beside an INPUT; raises UsageProblem where there are several."""
    found: dict[Path, Path] = {}
    for given in inputs:
        path = Path(given)
        if given == "-" or (given.startswith("@") and not path.exists()):
            continue
        for folder in (path, path.parent):
            candidate = folder / FILE_NAME
            if candidate.is_file():
                found.setdefault(candidate.resolve(), candidate)
                break
    if len(found) > 1:
        raise UsageProblem(
            f"Several settings files lie beside the inputs: {', '.join(shown(path) for path in found.values())}.",
            mend="Say which one with -c FILE.",
        )
    return next(iter(found.values()), None)


def settings_layers(inputs: Sequence[str], config: Path | None, environment: Layer, *typed: Layer) -> tuple[Layer, ...]:
    """Give the layers in their order: file, environment, command line."""
    path = config or find_settings_file(inputs)
    return (*((read_settings_file(path),) if path is not None else ()), environment, *typed)


def _from_here(key: str, value: object, path: Path) -> object:
    if key.replace("-", "_") in _PATHS and isinstance(value, str):
        here = path.parent / value
        return str(here) if here.exists() and not Path(value).is_absolute() else value
    if isinstance(value, Mapping):
        raise UsageProblem(
            f"{shown(path)}: `{key}` is a table, and settings have none.", mend="Write every setting as `name = value`."
        )
    return tuple(value) if isinstance(value, list) else value
