"""`htrkit`: one file a command, loaded when it is asked for."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated

import typer

from htrkit import __version__
from htrkit.cli.edge import at_the_edge

COMMANDS = {
    "validate": "Know what will go wrong before an hour is spent.",
    "run": "Turn scans into text.",
    "export": "Make any output format again from the page records.",
    "evaluate": "CER and WER against ground truth.",
    "models": "Starter models, the local store, and where to find more.",
    "engines": "The engine table: what each reads, and whether it can run here.",
}
"""Each command's module in this folder, and its line in `htrkit --help`; in the order of a day's work."""
_COMPLETION = "_HTRKIT_COMPLETE"
"""Set by the shell's completion, which must know all options of all commands."""


def main() -> None:
    """Run the command line; the process ends with one of `ExitCode`."""
    application(sys.argv[1:], load_all=_COMPLETION in os.environ)(prog_name="htrkit")


def application(words: Sequence[str], *, load_all: bool) -> typer.Typer:
    """Give the application with the commands that the words ask for; the others are there by name only.

    Loading a command costs tens of milliseconds, and `--help` must answer at once.
    """
    app = typer.Typer(
        help="Turn shelves of scanned manuscripts into text.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_htrkit)
    wanted = next((word for word in words if not word.startswith("-")), "")
    for name, line in COMMANDS.items():
        if load_all or name == wanted:
            _register(app, name)
        else:
            app.command(name, help=line)(_named_only)
    return app


def _register(app: typer.Typer, name: str) -> None:
    """Add a command as its module has it: a function of the command's name, or a group `app`."""
    module = import_module(f"htrkit.cli.{name}")
    group: typer.Typer | None = getattr(module, "app", None)
    if group is not None:
        app.add_typer(group, name=name, help=COMMANDS[name])
        return
    command: Callable[..., None] = getattr(module, name)
    app.command(name, short_help=COMMANDS[name])(at_the_edge(command))


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
