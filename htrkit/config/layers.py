"""Layers of settings come together here: later wins, each value remembers where it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError

from htrkit.config.settings import Settings
from htrkit.domain.errors import UsageProblem

ENVIRONMENT_PREFIX = "HTRKIT_"
RESERVED_VARIABLES = frozenset(
    {"HTRKIT_API_KEY", "HTRKIT_RUN_ID", "HTRKIT_RUN_PROCESS", "HTRKIT_SHARDS", "HTRKIT_SHARED"}
)
"""Variables of ours that are no settings."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings from one place; `origin` is shown to people: `default`, a file's name, `environment`, `command line`."""

    origin: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings, and for each name the origin of its value."""

    settings: Settings
    origins: Mapping[str, str]


def environment_layer(environment: Mapping[str, str]) -> Layer:
    """Read `HTRKIT_DPI=400` as the setting `dpi`; an empty value counts as not set."""
    values = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX) and name not in RESERVED_VARIABLES and value
    }
    return Layer("environment", values)


def assignments_layer(assignments: Sequence[str]) -> Layer:
    """Read `--set key=value` pairs; raises UsageProblem for one without `=`."""
    values: dict[str, object] = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise UsageProblem(f"--set {assignment}: no `=` in it.", mend="Write --set key=value, as in --set dpi=400.")
        values[key.strip().replace("-", "_")] = value.strip()
    return Layer("command line", values)


def resolve(layers: Sequence[Layer]) -> Resolved:
    """Lay the layers over the defaults, later wins; raises UsageProblem for an unknown key or a refused value."""
    values: dict[str, object] = {}
    origins = dict.fromkeys(Settings.model_fields, "default")
    for layer in layers:
        for key, value in layer.values.items():
            if key not in Settings.model_fields:
                raise _unknown(key, layer.origin)
            values[key], origins[key] = value, layer.origin
    try:
        return Resolved(Settings.model_validate(values), origins)
    except ValidationError as error:
        raise _refused(error, origins) from error


def _unknown(key: str, origin: str) -> UsageProblem:
    near = get_close_matches(key, Settings.model_fields, n=1, cutoff=0.5)
    hint = f"Did you mean `{near[0]}`? " if near else ""
    return UsageProblem(
        f"{origin}: unknown setting `{key}`.",
        mend=f"{hint}`htrkit validate --show-config` lists every setting.",
    )


def _default(key: str) -> str:
    """Give how to say a setting's default, which always passes; empty where there is none."""
    field = Settings.model_fields.get(key)
    default = field.default if field is not None else None
    if default is None:
        return ""
    return f": --set {key}={','.join(default) if isinstance(default, tuple) else default}"


def _refused(error: ValidationError, origins: Mapping[str, str]) -> UsageProblem:
    first = error.errors(include_url=False)[0]
    key = str(first["loc"][0]) if first["loc"] else "settings"
    return UsageProblem(
        f"{origins.get(key, 'settings')}: `{key}` cannot be {first['input']!r}: {first['msg'].lower()}.",
        mend=f"Leave it away, or change it{_default(key)}; `htrkit validate --show-config` lists every setting.",
    )
