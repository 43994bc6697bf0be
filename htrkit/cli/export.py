"""`htrkit export`: any output format again, from the page records and without a device."""

import os
from pathlib import Path
from typing import Annotated

import typer

from htrkit.cli.setting_options import Typed, takes_settings
from htrkit.config.choices import Join


@takes_settings(only=("formats", "target", "normalize"))
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The OUT of a run.", show_default=False)],
    *,
    join: Annotated[Join | None, typer.Option("--join", help="Also one text for each folder, in page order.")] = None,
    typed: Typed,
) -> None:
    """Make any output format again from the page records."""
    from htrkit.cli.inputs import request_of
    from htrkit.domain.errors import UsageProblem
    from htrkit.domain.renderers import RenderOptions
    from htrkit.run.exporting import as_path, exported, joined
    from htrkit.run.preflight import settings_of
    from htrkit.ui.console import streams
    from htrkit.ui.words import counted, shown

    settings = settings_of(request_of([], None, typed)).settings
    asked = any(name == "formats" for name, _ in typed.options)
    if not asked and join is None:
        raise UsageProblem("No format was given.", mend="Say -f txt,page,alto,hocr,csv or --join folder.")
    folder = as_path(out)
    options = RenderOptions(settings.target, settings.normalize)
    screen = streams(settings.color, os.environ)
    if asked:
        pages = exported(folder, settings.formats, options)
        screen.say(f"{counted(pages, 'page')} written again: {', '.join(settings.formats)} in {shown(out)}")
    if join is not None:
        for place in joined(folder, options):
            screen.say(f"written: {shown(out / place)}")
