"""`htrkit estimate`: how long, with what, and how that is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.inputs import JsonOption, request_of
from htrkit.cli.setting_options import Typed, takes_settings

if TYPE_CHECKING:
    from htrkit.run.preflight import Request
    from htrkit.ui.console import Streams


@takes_settings()
def estimate(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help="As `htrkit run` takes them.", show_default=False),
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="OUT of the run to come; it is only read.")] = None,
    measure: Annotated[
        int | None,
        typer.Option("--measure", min=1, metavar="N", help="Read N pages that stand for all.", show_default=False),
    ] = None,
    gpu: Annotated[
        str | None,
        typer.Option("--gpu", metavar="CARD[:N]", help="Plan for cards that are not here: l40s:2.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
    typed: Typed,
) -> None:
    """Say how long a run would take, with an interval, and how much VRAM, RAM and disk.

    From pages that are read for it (--measure), from earlier runs with the same engine, model and device, or from
    published figures; it says which.
    """
    from htrkit.core.planned_cards import planned_cards
    from htrkit.run.estimation import Wish, estimated
    from htrkit.ui.estimate_words import estimate_document, estimate_table

    wish = Wish(measure or 0, planned_cards(gpu) if gpu is not None else None)
    request = request_of(list(inputs or ()), out, typed)
    screen = _screen(request)
    found = estimated(request, wish, say=screen.say)
    screen.result(estimate_document(found) if as_json else estimate_table(found))


def _screen(request: "Request") -> "Streams":
    from htrkit.run.preflight import settings_of
    from htrkit.ui.console import streams

    return streams(settings_of(request).settings.color, request.environment)
