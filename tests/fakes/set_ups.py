"""Set-ups of runs on devices that exist nowhere, for the guardrails to look at."""

from htrkit.config.settings import Settings
from htrkit.core.guarded import Guard, Guarded, PageFacts
from htrkit.core.guardrails import guardrail_findings
from htrkit.domain.device import Device, Memory
from htrkit.domain.engine import DeviceKind, EngineRow
from htrkit.domain.finding import Finding
from htrkit.engines.catalog import KRAKEN
from htrkit.engines.figures import SEGMENTER

GB = 10**9


def cpu(*, free_gb: float = 60, cores: int = 2) -> Device:
    return Device(DeviceKind.CPU, device="cpu", cores=cores, memory=held(64, free_gb))


def card(index: int = 0, *, free_gb: float = 46, name: str = "NVIDIA L40S", capability: str | None = "8.9") -> Device:
    memory = held(46, free_gb)
    return Device(DeviceKind.CUDA, device=f"cuda:{index}", name=name, compute_capability=capability, memory=memory)


def held(total_gb: float, free_gb: float) -> Memory:
    total, free = round(total_gb * GB), round(free_gb * GB)
    return Memory(total, total - free, free)


def set_up(
    row: EngineRow = KRAKEN, *devices: Device, pages: int = 10, without_lines: int = 0, **settings: object
) -> Guarded:
    facts = PageFacts(pages, without_lines)
    return Guarded(Settings.model_validate(settings), row, devices or (card(),), facts, SEGMENTER)


def found(guarded: Guarded, *codes: Guard) -> list[Finding]:
    """Those of the codes named; without one, all but what is always said of an engine."""
    findings = guardrail_findings(guarded)
    return [one for one in findings if (one.code in codes if codes else one.code != Guard.ENGINE)]


def only(guarded: Guarded, code: Guard) -> Finding:
    (finding,) = found(guarded, code)
    return finding
