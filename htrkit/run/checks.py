"""Gathers what stands in the way of a run, so that all of it is said at once and not one thing a try."""

from collections.abc import Callable
from typing import TypeVar

from htrkit.domain.errors import HtrkitError, SetUpRefused, UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity

Found = TypeVar("Found")


class Checks:
    """Gathers findings; a check that raises an HtrkitError has found a blocker."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._usage = False

    def made(self, code: str, check: Callable[[], Found]) -> Found | None:
        """Give what the check gives; None where it found a blocker."""
        try:
            return check()
        except HtrkitError as error:
            self.findings.append(Finding(code, Severity.BLOCKER, error.what, error.mend))
            self._usage = self._usage or isinstance(error, UsageProblem)
            return None

    def add(self, *findings: Finding) -> None:
        """Take in findings that come without an error."""
        self.findings += findings

    def say_instead(self, *findings: Finding) -> None:
        """Take in findings in the place of what was found under their codes before: more is known now."""
        codes = {one.code for one in findings}
        places = [place for place, one in enumerate(self.findings) if one.code in codes]
        first = places[0] if places else len(self.findings)
        after = [one for one in self.findings[first:] if one.code not in codes]
        self.findings[first:] = [*findings, *after]

    @property
    def exit_code(self) -> ExitCode:
        """What the blockers come to: usage where something was asked for that is not there, else a refusal."""
        if self._usage:
            return ExitCode.USAGE
        blocked = any(one.severity is Severity.BLOCKER for one in self.findings)
        return ExitCode.PREFLIGHT if blocked else ExitCode.DONE

    def refuse_blocked(self) -> None:
        """Let nothing begin that a blocker stands in the way of; raises SetUpRefused with all findings."""
        if self.exit_code is not ExitCode.DONE:
            raise SetUpRefused(self.findings, self.exit_code)
