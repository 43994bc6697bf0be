"""What a run would find on the nodes of a cluster, looked at from a machine that is none of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from htrkit.config.choices import ExecutorKind
from htrkit.config.layers import Layer
from htrkit.config.settings import Settings
from htrkit.core.device_seen import Seen, TorchBuild
from htrkit.core.guarded import Guard
from htrkit.core.planned_cards import SPEEDS_KNOWN_FOR, PlannedCards, planned_cards
from htrkit.devices.processor import processor
from htrkit.domain.device import Device, DriverState, Machine
from htrkit.domain.errors import UsageProblem
from htrkit.domain.finding import Finding, Severity
from htrkit.run.estimation_looks import CORES_A_CARD
from htrkit.run.preflight import Request

CPU = "cpu"


@dataclass(frozen=True, slots=True)
class Nodes:
    """What each shard has: GPUs of a kind, and cores."""

    cards: PlannedCards | None
    """None for a run on the CPU, or by an inference server."""
    cores: int
    assumed: bool
    """Whether nobody has said which GPUs the nodes have."""

    @property
    def gpus(self) -> int:
        """GPUs of each shard."""
        return 0 if self.cards is None else self.cards.count

    def seen(self) -> Seen:
        """Give a node as if this process ran on it; of its driver and its torch nothing is known."""
        cpu = replace(processor(look_seconds=None), cores=self.cores, memory=None)
        driver = DriverState.READY if self.gpus else DriverState.ABSENT
        return Seen(Machine(driver, None, None, (*self._gpus(), cpu)))

    def _gpus(self) -> Sequence[Device]:
        devices = self.cards.devices if self.cards is not None else ()
        return [replace(one, uuid=f"GPU-of-a-node-{number}") for number, one in enumerate(devices)]


def nodes_for(settings: Settings, *, gpus: int | None, cpus: int | None, card: str | None) -> Nodes:
    """Give what each shard has, from what was asked for; raises UsageProblem where wishes contradict each other."""
    if settings.executor is not ExecutorKind.LOCAL:
        raise UsageProblem(
            f"--executor {settings.executor}: a shard on Slurm reads on the node that it was given.",
            mend="Leave it out, or begin the run with `htrkit run` and without `cluster slurm`.",
        )
    without = "an inference server reads" if settings.server is not None else ""
    without = without or ("-d cpu" if settings.devices.strip().lower() == CPU else "")
    if without and (gpus or card is not None):
        raise UsageProblem(
            f"--gpus-per-shard and --gpu: {without}, and GPUs would stand idle.", mend="Leave one of them away."
        )
    if card is not None and (":" in card or gpus == 0):
        raise UsageProblem(
            f"--gpu {card}: it names the kind of the GPUs, and --gpus-per-shard their number.",
            mend=f"Write --gpu {card.partition(':')[0]} --gpus-per-shard N.",
        )
    count = 0 if without else 1 if gpus is None else gpus
    cards = planned_cards(f"{card or SPEEDS_KNOWN_FOR}:{count}") if count else None
    return Nodes(cards, cpus or _cores(settings, count), assumed=count > 0 and card is None)


def _cores(settings: Settings, gpus: int) -> int:
    if isinstance(settings.jobs, int):
        return settings.jobs * (settings.threads if isinstance(settings.threads, int) else 1)
    return CORES_A_CARD * max(gpus, 1)


def fitted_to(nodes: Nodes, settings: Settings) -> dict[str, object]:
    """Give the settings that a shard needs besides, so that it takes what it was given and no more.

    A scheduler that does not bind a job to its cores lets it see all of the node's, and all of its GPUs.
    """
    fitted: dict[str, object] = {}
    if not nodes.gpus and settings.server is None and settings.devices.strip().lower() != CPU:
        fitted["device"] = CPU
        if settings.parallel_gpus:
            fitted["parallel_gpus"] = False
    if settings.jobs == "auto" and settings.server is None:
        threads = settings.threads if isinstance(settings.threads, int) else 1
        fitted["jobs"] = max(nodes.cores // threads, 1)
        if settings.threads == "auto" and not nodes.gpus:
            fitted["threads"] = threads
    return fitted


def on_nodes(request: Request, fitted: dict[str, object]) -> Request:
    """Give the request as a shard would make it."""
    return replace(request, typed=(*request.typed, Layer("command line", fitted)), can_ask=False)


def torch_findings(nodes: Nodes, build: TorchBuild | None) -> tuple[Finding, ...]:
    """Warn where the torch that is installed here, and most likely on the nodes, computes on no GPU."""
    if not nodes.gpus or build is None or build.cuda is not None:
        return ()
    message = f"The torch that is installed here, {build.version}, is built without CUDA: with it, GPUs stand idle."
    mend = "Install a torch that is built with CUDA where the nodes find it, or take -d cpu."
    return (Finding(Guard.TORCH, Severity.WARNING, message, mend),)
