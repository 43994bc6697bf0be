"""`htrkit`: one file a command, loaded when it is asked for."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Annotated

import typer

from htrkit import __version__
from htrkit.cli.applications import PlainCommand, application
from htrkit.cli.edge import at_the_edge

COMMANDS = {
    "validate": "Know what will go wrong before an hour is spent.",
    "estimate": "How long, and how much memory and disk, with an interval.",
    "run": "Turn scans into text.",
    "cluster": "Share a run among a cluster's nodes; new shards for dead ones.",
    "resume": "Go on with a run that has not come to its end.",
    "report": "Re-print the outcome and every failure of a run.",
    "export": "Make any output format again from the page records.",
    "evaluate": "CER and WER against ground truth.",
    "models": "Starter models, the local store, and where to find more.",
    "gpus": "What there is to compute on, how full it is, and what would fit.",
    "engines": "The engine table: what each reads, and whether it can run here.",
}
"""Each command's module in this folder, and its line in `htrkit --help`; in the order of a day's work."""
_COMPLETION = "_HTRKIT_COMPLETE"
"""Set by the shell's completion, which must know all options of all commands."""


def main() -> None:
    """Run the command line; the process ends with one of `ExitCode`."""
    words = sys.argv[1:]
    if _COMPLETION not in os.environ and words and words[0] in COMMANDS:
        _alone(words[0])(args=words[1:], prog_name=f"htrkit {words[0]}")
    else:
        _together(load_all=_COMPLETION in os.environ)(prog_name="htrkit")


def _alone(name: str) -> typer.Typer:
    """Give one command as an application of its own: loading costs tens of milliseconds, and help answers at once."""
    module = import_module(f"htrkit.cli.{name}")
    group: typer.Typer | None = getattr(module, "app", None)
    if group is not None:
        return group
    app = application()
    command: Callable[..., None] = getattr(module, name)
    app.command(name, cls=PlainCommand)(at_the_edge(command))
    return app


def _together(*, load_all: bool) -> typer.Typer:
    """Give the application that knows every command; by name only, unless the shell asks for their options."""
    app = application(no_args_is_help=True, add_completion=True)
    app.callback()(_htrkit)
    for name, line in COMMANDS.items():
        if not load_all:
            app.command(name, help=line, cls=PlainCommand)(_named_only)
            continue
        module = import_module(f"htrkit.cli.{name}")
        group: typer.Typer | None = getattr(module, "app", None)
        if group is not None:
            app.add_typer(group, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _named_only() -> None:
    """Stand for a command in the list of commands."""


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - Typer hands the flag's value in
    if wanted:
        typer.echo(f"htrkit {__version__}")
        raise typer.Exit


def _htrkit(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Turn shelves of scanned manuscripts into text."""
