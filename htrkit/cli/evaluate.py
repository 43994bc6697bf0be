"""`htrkit evaluate`: CER and WER against ground truth."""

import os
from pathlib import Path
from typing import Annotated

import typer

from htrkit.cli.inputs import JsonOption, OutputFileOption
from htrkit.config.choices import Color
from htrkit.domain.renderers import TextForm


def evaluate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The OUT of a run.", show_default=False)],
    *,
    truth: Annotated[
        Path,
        typer.Option("--truth", help="A folder of PAGE, ALTO or text files named as the pages.", show_default=False),
    ],
    normalize: Annotated[
        TextForm, typer.Option("--normalize", help="The Unicode normal form that both are compared in.")
    ] = TextForm.NFC,
    ignore_case: Annotated[bool, typer.Option("--ignore-case", help="Upper and lower case are the same.")] = False,
    ignore_punctuation: Annotated[
        bool, typer.Option("--ignore-punctuation", help="Punctuation does not count.")
    ] = False,
    confusions: Annotated[int, typer.Option("--confusions", min=0, help="How many of the commonest to show.")] = 20,
    as_json: JsonOption = False,
    output: OutputFileOption = None,
) -> None:
    """Hold what was read against its truth: CER and WER of each page, each folder and all, and what was confused."""
    from htrkit.core.measuring import Folding
    from htrkit.files.atomic import write_stream
    from htrkit.run.evaluation import evaluated
    from htrkit.run.exporting import as_path
    from htrkit.ui.console import streams
    from htrkit.ui.evaluation_report import evaluation_document, evaluation_report

    folding = Folding(normalize, ignore_case=ignore_case, ignore_punctuation=ignore_punctuation)
    found = evaluated(as_path(out), truth, folding, confusions=confusions)
    text = (evaluation_document if as_json else evaluation_report)(found)
    screen = streams(Color.AUTO, os.environ)
    if output is None:
        screen.result(text)
        return
    write_stream((text.encode(), b"\n"), output)
    screen.say(f"written: {output}")
