"""Settings that the chosen engine does not listen to: nobody should wonder why they change nothing."""

from collections.abc import Iterator

from htrkit.config.choices import ExecutorKind, WorkforceKind
from htrkit.config.layers import Resolved
from htrkit.domain.engine import EngineRow
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.engines.catalog import ENGINES

OF_ONE_ENGINE = (
    "language_model",
    "language_model_weight",
    "processor",
    "adapter",
    "prompt",
    "max_new_tokens",
    "party_prompt",
    "party_languages",
)
"""What some engine takes and others cannot."""


DEFAULT = "default"


def option_findings(resolved: Resolved, row: EngineRow) -> Iterator[Finding]:
    """Give a warning for every such setting that was given; of engines of other packages nothing is known."""
    if row not in ENGINES:
        return
    for name in OF_ONE_ENGINE:
        if name not in row.options and resolved.origins.get(name, DEFAULT) != DEFAULT:
            who = " and ".join(one.name for one in ENGINES if name in one.options)
            message = f"The setting {name} is given, and the engine {row.name} has no use for it."
            yield Finding(
                Code.SETTINGS, Severity.WARNING, message, f"Leave it out, or take an engine that does: {who}."
            )


def placement_findings(resolved: Resolved) -> Iterator[Finding]:
    """Say where the settings of a cluster contradict each other, or lead nowhere."""
    settings = resolved.settings
    if settings.executor is ExecutorKind.LOCAL and settings.address is not None:
        message = "An address is given, and pages are read on this machine."
        yield Finding(Code.SETTINGS, Severity.WARNING, message, "Say --executor ray, or leave --address out.")
    if settings.executor is ExecutorKind.RAY:
        message = "Pages are read on the nodes of a cluster: their devices are looked at there, when the run begins."
        yield Finding(Code.SETTINGS, Severity.NOTE, message)
    if settings.executor is ExecutorKind.RAY and settings.workforce is WorkforceKind.INLINE:
        message = "--executor ray reads on other machines, and --workforce inline in this process."
        yield Finding(Code.SETTINGS, Severity.BLOCKER, message, "Leave one of them out.")
