"""The arguments that several commands share, and the request that is made of them."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.cli.setting_options import Typed

if TYPE_CHECKING:
    from htrkit.run.preflight import Request

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Folders, images, PDFs, PAGE or ALTO files, patterns, @list.txt, or - for paths on stdin.",
        show_default=False,
    ),
]
OutOption = Annotated[Path, typer.Option("-o", "--out", help="The folder to write into.", show_default=False)]
RequeueOption = Annotated[
    bool, typer.Option("--requeue", help="With --shard: put the job into Slurm's queue again when it is warned.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
OutputFileOption = Annotated[Path | None, typer.Option("--output", help="Write the result to a file, not to stdout.")]


def request_of(inputs: list[str], out: Path | None, typed: Typed) -> "Request":
    """Give what was asked for, with this process's environment, home and stdin."""
    from htrkit.config.layers import Layer, assignments_layer
    from htrkit.run.preflight import Request

    options = {name: ",".join(value) if isinstance(value, list) else value for name, value in typed.options}
    layers = (assignments_layer(typed.assignments), Layer("command line", options))
    stdin = sys.stdin.buffer.read() if "-" in inputs and sys.stdin is not None else b""
    return Request(tuple(inputs), out, typed.config, layers, os.environ, Path.home(), stdin, can_ask=at_a_terminal())


def at_a_terminal() -> bool:
    """Tell whether somebody could be asked something, and would see it."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
