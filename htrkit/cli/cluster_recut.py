"""`htrkit cluster recut`: what dead shards have left is shared out anew."""

import os
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from htrkit.config.choices import Color


def recut(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The OUT of a run.", show_default=False)],
    *,
    shards: Annotated[
        int, typer.Option("--shards", min=1, help="How many shards to share what is left out to.", show_default=False)
    ],
) -> None:
    """Share the pages that dead shards have left out to new ones; living shards keep theirs."""
    from htrkit.core.shown import shown
    from htrkit.run.out_folder import OutFolder
    from htrkit.run.shard_recutting import recut_into
    from htrkit.ui.console import streams
    from htrkit.ui.recut_words import array_command, recut_commands, recut_words

    screen = streams(Color.AUTO, os.environ)
    made = recut_into(out, shards, say=screen.say)
    for finding in made.findings:
        screen.find(finding)
    screen.say(recut_words(made))
    if commands := recut_commands(made):
        screen.result(commands)
        script = OutFolder(out).script
        if script.is_file():
            screen.say(f"on Slurm, all of them: {array_command(made, quote(shown(script)))}")
