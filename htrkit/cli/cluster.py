"""`htrkit cluster`: a run that the nodes of a cluster share."""

from pathlib import Path
from typing import Annotated

import typer

from htrkit.cli.applications import PlainCommand, application
from htrkit.cli.edge import at_the_edge
from htrkit.cli.inputs import InputsArgument, OutOption
from htrkit.cli.setting_options import Typed, takes_settings

app = application(help="Share a run among the nodes of a cluster.", no_args_is_help=True)
PANEL = "Slurm"
"""Of `--help`, for the options that are about the cluster and not about the run."""


def _slurm_option(help_words: str, *flags: str, metavar: str, least: int | None = None) -> typer.models.OptionInfo:
    """Give an option for what Slurm is asked for; what is not typed is reckoned or left to the cluster."""
    option: typer.models.OptionInfo = typer.Option(
        *flags, help=help_words, metavar=metavar, min=least, show_default=False, rich_help_panel=PANEL
    )
    return option


@takes_settings()
def slurm(
    inputs: InputsArgument,
    *,
    out: OutOption,
    shards: Annotated[int, _slurm_option("Into how many shards the pages go.", "--shards", metavar="N", least=1)],
    gpus: Annotated[
        int | None,
        _slurm_option("GPUs of each shard; none for the CPU. (Default: 1.)", "--gpus-per-shard", metavar="G", least=0),
    ] = None,
    card: Annotated[
        str | None, _slurm_option("What GPUs the nodes have, as `htrkit estimate` takes it.", "--gpu", metavar="CARD")
    ] = None,
    cpus: Annotated[
        int | None,
        _slurm_option("Cores of each shard. (Default: 8 a GPU.)", "--cpus-per-shard", metavar="C", least=1),
    ] = None,
    time: Annotated[
        str | None, _slurm_option("Time limit of a shard. (Default: from the estimate.)", "--time", metavar="HH:MM:SS")
    ] = None,
    memory: Annotated[
        str | None, _slurm_option("Memory of a shard. (Default: from the estimate.)", "--mem", metavar="64G")
    ] = None,
    partition: Annotated[str | None, _slurm_option("As sbatch takes it.", "--partition", metavar="P")] = None,
    account: Annotated[str | None, _slurm_option("As sbatch takes it.", "--account", metavar="A")] = None,
    most_running: Annotated[
        int | None, _slurm_option("No more shards at once than these.", "--max-running", metavar="M", least=1)
    ] = None,
    extra: Annotated[
        list[str] | None,
        _slurm_option(
            'Another `#SBATCH` line: --extra "--constraint=l40s". Several times for more.', "--extra", metavar="LINE"
        ),
    ] = None,
    output: Annotated[
        Path | None, _slurm_option("Write the script to a file, not to stdout.", "--output", metavar="FILE")
    ] = None,
    submit: Annotated[
        bool, typer.Option("--submit", help="Hand the script to sbatch, too.", rich_help_panel=PANEL)
    ] = False,
    typed: Typed,
) -> None:
    """Write the batch script of a Slurm array: each of its tasks is one shard of this run.

    It is checked first what can be known on this machine. Submitted again, the same script goes on with what is left.
    """
    from htrkit.cli.cluster_script import Asked, carry_out

    asked = Asked(
        inputs=tuple(inputs),
        out=out,
        typed=typed,
        shards=shards,
        gpus=gpus,
        card=card,
        cpus=cpus,
        time=time,
        memory=memory,
        partition=partition,
        account=account,
        most_running=most_running,
        extra=tuple(extra or ()),
    )
    carry_out(asked, output, submit=submit)


def recut(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The OUT of a run in shards.", show_default=False)],
    *,
    shards: Annotated[
        int, typer.Option("--shards", min=1, metavar="M", help="How many new shards.", show_default=False)
    ],
) -> None:
    """Share out anew what dead shards and those that never ran have left; living ones keep their pages."""
    from htrkit.cli import cluster_recut

    cluster_recut.recut(out, shards=shards)


app.command("slurm", cls=PlainCommand)(at_the_edge(slurm))
app.command("recut", cls=PlainCommand)(at_the_edge(recut))
