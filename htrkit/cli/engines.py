"""`htrkit engines`: the engine table, from the one place where it is written."""

import os
from typing import Annotated

import typer

from htrkit.config.choices import Color


def engines(
    name: Annotated[str | None, typer.Argument(help="One engine, with all that is known of it.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Show the engine table: what each engine reads, its limits, and whether it can run here."""
    from htrkit.cli.shown_options import shown_options
    from htrkit.core.lacking import lacking
    from htrkit.devices.cards import card_count
    from htrkit.engines.outside import all_engines, engine_called, outside_engines
    from htrkit.run.package_findings import is_met
    from htrkit.ui.console import streams
    from htrkit.ui.engine_table import engine_document, engine_page, engine_table

    rows = all_engines() if name is None else (engine_called(name),)
    cards = card_count(os.environ)
    missing = {row.name: lacking(row, installed=is_met, cards=cards) for row in rows}
    options = {row.name: shown_options(row) for row in rows}
    out = streams(Color.AUTO, os.environ)
    if name is None:
        for broken in outside_engines().broken:
            out.say(f"warning: {broken.words}")
    if as_json:
        out.result(engine_document(rows, missing, options))
    elif name is None:
        out.result(engine_table(rows, missing))
    else:
        out.result(engine_page(rows[0], missing[rows[0].name], options[rows[0].name]))
