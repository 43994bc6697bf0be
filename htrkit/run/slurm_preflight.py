"""The preflight of a run on other machines: everything that `validate` knows, held against the nodes' devices."""

from collections.abc import Sequence
from pathlib import Path

from htrkit.core.device_seen import TorchBuild
from htrkit.core.shown import shown
from htrkit.domain.errors import SetUpRefused, UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.run.out_folder import OutFolder
from htrkit.run.page_findings import BEFORE_A_RUN, Closely, Told
from htrkit.run.preflight import Request
from htrkit.run.slurm_again import refuse_other_plan
from htrkit.run.slurm_nodes import Nodes, torch_findings
from htrkit.run.validation import Validation, validated

STDIN = "-"
_HELD_BY_ITSELF = frozenset({Code.OUT, Code.OUT_HELD})
"""What is found in the OUT of a run whose shards go on."""


def checked_for_nodes(
    request: Request, nodes: Nodes, *, shards: int, told: Told, build: TorchBuild | None
) -> tuple[Finding, ...]:
    """Give what should be known before the shards are submitted; `request` is a shard's own.

    Raises UsageProblem for inputs that no shard can see, for what the shards in OUT were not planned for, and for more
    shards than pages, OutputHeld for an OUT that is another run's, SetUpRefused for whatever else stands in the way.
    """
    if STDIN in request.inputs:
        raise UsageProblem("-: a job has no stdin.", mend="Write the paths into a file, and give it as @list.txt.")
    goes_on = request.out is not None and has_shards(request.out)
    if request.out is not None and goes_on:
        refuse_other_plan(request, OutFolder(request.out), shards=shards)
    elif request.out is not None:
        OutFolder(request.out).refuse_held()
    found = validated(request, Closely(bounds=BEFORE_A_RUN, told=told), seen=nodes.seen())
    findings = (*torch_findings(nodes, build), *_kept(found.findings, goes_on=goes_on))
    if any(one.severity is Severity.BLOCKER for one in findings):
        raise SetUpRefused(findings, _code(found))
    _refuse_idle(found, shards)
    return findings


def has_shards(out: Path) -> bool:
    """Tell whether OUT holds a run that was cut into shards: its script may be written anew."""
    return OutFolder(out).cut(1).is_file()


def _kept(findings: Sequence[Finding], *, goes_on: bool) -> Sequence[Finding]:
    return [one for one in findings if not (goes_on and one.code in _HELD_BY_ITSELF)]


def _code(found: Validation) -> ExitCode:
    return found.exit_code if found.exit_code is not ExitCode.DONE else ExitCode.PREFLIGHT


def _refuse_idle(found: Validation, shards: int) -> None:
    pages = len(found.selection.pages) if found.selection is not None else 0
    if shards > pages:
        raise UsageProblem(
            f"--shards {shards}: there are {pages} pages, and shards without any would wait in the queue for nothing.",
            mend=f"Take --shards {pages} or fewer.",
        )


def log_folder(out: Path) -> Path:
    """Give the folder of the tasks' logs, and make it: Slurm starts no job whose log it cannot write."""
    folder = OutFolder(out.absolute()).slurm
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(
            f"{shown(folder)}: cannot be made ({error.strerror}).", mend="Mend the folder's rights, or give another -o."
        ) from error
    return folder
