"""What a run in shards was asked for, and in what another asking differs: all its shards are asked for the same."""

from collections.abc import Iterator
from pathlib import Path

from htrkit.config.anew import GIVEN_ANEW
from htrkit.config.settings import Settings
from htrkit.core.shown import shown
from htrkit.run.preflight import Request
from htrkit.run.shard_cuts import Asked

MOST_SHOWN = 12
INPUT = "INPUT"


def asked_of(request: Request, settings: Settings) -> Asked:
    """Give what is the same for all shards, by the name that people know it by."""
    values = settings.model_dump(mode="json")
    fixed = {name: value for name, value in values.items() if name not in GIVEN_ANEW}
    return {INPUT: list(request.inputs), "current folder": str(Path.cwd()), **fixed}


def differences(was: Asked, now: Asked) -> str:
    """Say what is asked for otherwise, one line each; empty for nothing."""
    lines = list(_differences(was, now))
    more = [f"  and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    return "\n".join([*(f"  {one}" for one in lines[:MOST_SHOWN]), *more])


def _differences(was: Asked, now: Asked) -> Iterator[str]:
    for name, value in was.items():
        if value != now.get(name):
            yield f"{name}: was {_told(name, value)}, now {_told(name, now.get(name))}"


def _told(name: str, value: object) -> str:
    return shown(" ".join(map(str, value)) if name == INPUT and isinstance(value, list) else str(value))
