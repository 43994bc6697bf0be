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
    from importlib.util import find_spec

    from htrkit.core.lacking import lacking
    from htrkit.core.lookup import engine_named
    from htrkit.devices.cards import card_count
    from htrkit.engines.catalog import ENGINES
    from htrkit.ui.console import streams
    from htrkit.ui.engine_table import engine_document, engine_page, engine_table

    rows = ENGINES if name is None else (engine_named(name, ENGINES),)
    cards = card_count(os.environ)
    missing = {
        row.name: lacking(row, installed=lambda module: find_spec(module) is not None, cards=cards) for row in rows
    }
    out = streams(Color.AUTO, os.environ)
    if as_json:
        out.result(engine_document(rows, missing))
    elif name is None:
        out.result(engine_table(rows, missing))
    else:
        out.result(engine_page(rows[0], missing[rows[0].name]))
