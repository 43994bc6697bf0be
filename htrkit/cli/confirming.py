"""The one question that htrkit asks: whether a run that will take very long should begin."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from htrkit.domain.finding import Finding
    from htrkit.ui.console import Streams

AGREED = frozenset({"y", "yes"})


def confirm(findings: Sequence["Finding"], screen: "Streams", *, said: bool) -> None:
    """Ask where a guardrail wants it confirmed; raises PreflightRefused where the answer is no, or there is none.

    `said` tells whether the findings are on the screen already.
    """
    from htrkit.core.guarded import Guard
    from htrkit.domain.errors import PreflightRefused

    asked = [finding for finding in findings if finding.code == Guard.CONFIRM]
    if not asked:
        return
    for finding in () if said else asked:
        screen.say(finding.message)
    screen.say("Begin? [y/N]")
    if sys.stdin is None or sys.stdin.readline().strip().lower() not in AGREED:
        raise PreflightRefused("Not begun: nothing was read.", mend="Begin it with --yes, or take fewer pages.")
