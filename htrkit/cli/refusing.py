"""For programs that read events: what keeps a run from beginning is an event too, and the only line that they get."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from htrkit.cli.setting_options import Typed
from htrkit.config.choices import Color, Progress
from htrkit.domain.errors import HtrkitError
from htrkit.run.session import utc_now
from htrkit.ui.console import streams
from htrkit.ui.event_lines import EventLines, refusal

VARIABLE = "HTRKIT_PROGRESS"


@contextmanager
def refused_as_event(typed: Typed, environment: Mapping[str, str]) -> Iterator[None]:
    """Turn an error into an event and an exit code where events were asked for, else let it through.

    Looks at what was typed and at the environment alone: a settings file may be what is wrong.
    """
    try:
        yield
    except HtrkitError as error:
        if not wants_events(typed, environment):
            raise
        EventLines(streams(Color.NEVER, environment).say).close(refusal(error), at=utc_now())
        raise SystemExit(int(error.exit_code)) from error


def wants_events(typed: Typed, environment: Mapping[str, str]) -> bool:
    """Tell whether a program reads what is said, as far as was typed or stands in the environment."""
    assigned = dict(pair.split("=", 1) for pair in typed.assignments if "=" in pair)
    wished = dict(typed.options).get("progress") or assigned.get("progress") or environment.get(VARIABLE)
    return wished == Progress.JSON
