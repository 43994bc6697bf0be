"""The Typer applications that commands are made of; their help is drawn on a terminal, and plain text in a pipe."""

import os
import sys
from typing import Any

import typer
from typer.core import TyperCommand

from htrkit.ui.console import can_draw

WIDEST = 120
"""Columns of plain help, where there are as many."""


class PlainCommand(TyperCommand):
    """A command whose plain help tells what drawn help tells: panels by name, and its line in a list whole."""

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002 - lines are wrapped, not cut
        """Give the first paragraph of the command's help."""
        return " ".join((self.short_help or self.help or "").partition("\n\n")[0].split())

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - click's kinds, or those of Typer's copy
        """Write arguments and options, panel by panel."""
        panels: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            shown = parameter.get_help_record(ctx)
            if shown is not None:
                usual = "Arguments" if parameter.param_type_name == "argument" else "Options"
                panels.setdefault(getattr(parameter, "rich_help_panel", None) or usual, []).append(shown)
        for name, options in panels.items():
            if options:
                with formatter.section(name):
                    formatter.write_dl(options)


def application(*, add_completion: bool = False, **settings: Any) -> typer.Typer:  # noqa: ANN401 - as Typer takes them
    """Give an application; the other settings are Typer's.

    To draw help takes Rich a quarter of a second, and whoever reads a pipe has to take the drawing off again.
    """
    drawn = can_draw(sys.stdout, os.environ)
    return typer.Typer(
        **settings,
        add_completion=add_completion,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if drawn else None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
    )
