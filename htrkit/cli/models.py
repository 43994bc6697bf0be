"""`htrkit models`: what is here, where to find more, and `get` for a machine that will have no network."""

import os
from pathlib import Path
from typing import Annotated

import typer

from htrkit.cli.applications import PlainCommand, application
from htrkit.cli.edge import at_the_edge
from htrkit.cli.inputs import JsonOption
from htrkit.config.choices import Color

app = application(invoke_without_command=True)


def models(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the starter models, the local store, and where to find more."""
    if context.invoked_subcommand is not None:
        return
    from htrkit.models.catalog import SOURCES
    from htrkit.models.listing import list_models
    from htrkit.models.store import krakens_store, store_folder
    from htrkit.ui.console import streams
    from htrkit.ui.model_table import model_document, model_table

    store = store_folder(os.environ, Path.home())
    listed = tuple(list_models(store, krakens=krakens_store(os.environ, Path.home())))
    show = model_document if as_json else model_table
    streams(Color.AUTO, os.environ).result(show(listed, SOURCES, store=store))


def get(
    name: Annotated[
        str,
        typer.Argument(
            help="A DOI, as in 10.5281/zenodo.12743230, or an id of the Hugging Face hub.", show_default=False
        ),
    ],
) -> None:
    """Fetch a model and print its path: by DOI into the local store, by OWNER/NAME into the hub's cache."""
    from htrkit.domain.errors import UsageProblem
    from htrkit.models.catalog import STARTERS
    from htrkit.models.hub import hub_folder, hub_id
    from htrkit.models.store import doi_of, get_model, store_folder
    from htrkit.ui.console import streams

    screen = streams(Color.AUTO, os.environ)
    doi = doi_of(name)
    starter = next((starter for starter in STARTERS if starter.name == name), None)
    if starter is not None:
        screen.say(f"{name} is a starter: it came with htrkit.")
        screen.result(str(starter.path))
        return
    if doi is None and (hub := hub_id(name)) is not None:
        screen.result(str(hub_folder(*hub)))
        return
    if doi is None:
        raise UsageProblem(
            f"{name}: neither a DOI nor an id of the Hugging Face hub (owner/model).",
            mend="`htrkit models` and `htrkit engines NAME` say where models are.",
        )
    screen.result(str(get_model(doi, store=store_folder(os.environ, Path.home()))))


app.callback()(at_the_edge(models))
app.command("get", cls=PlainCommand)(at_the_edge(get))
