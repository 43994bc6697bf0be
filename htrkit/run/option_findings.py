"""Settings that the chosen engine does not listen to: nobody should wonder why they change nothing."""

from collections.abc import Iterator

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
