"""The errors that htrkit raises on purpose; each says what was found and what to do next."""

import traceback
from collections.abc import Sequence

from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.finding import Finding, Severity


class HtrkitError(Exception):
    """An error meant for the user: `what` was found, and `mend` says what to do about it."""

    exit_code = ExitCode.USAGE

    def __init__(self, what: str, *, mend: str) -> None:
        super().__init__(f"{what} {mend}" if mend else what)
        self.what = what
        self.mend = mend


class UsageProblem(HtrkitError):
    """The command line, the environment or a settings file asks for something that is not there."""


class PreflightRefused(HtrkitError):
    """Nothing was processed, since what was asked for could not end well."""

    exit_code = ExitCode.PREFLIGHT


class SetUpRefused(PreflightRefused):
    """Blockers were found; all that was found is in `findings`, and is to be said in place of the error."""

    def __init__(self, findings: Sequence[Finding], exit_code: ExitCode = ExitCode.PREFLIGHT) -> None:
        blockers = [one for one in findings if one.severity is Severity.BLOCKER]
        super().__init__(" ".join(one.message for one in blockers), mend=" ".join(one.mend for one in blockers))
        self.findings = tuple(findings)
        self.exit_code = exit_code

    def quietly(self) -> "SetUpRefused":
        """Give the same with nothing but the blockers."""
        return SetUpRefused([one for one in self.findings if one.severity is Severity.BLOCKER], self.exit_code)


class OutputHeld(HtrkitError):
    """OUT belongs to another run."""

    exit_code = ExitCode.HELD


class RunStopped(HtrkitError):
    """The run cannot go on; what is done is kept and the run can be resumed."""

    exit_code = ExitCode.STOPPED_EARLY


class RunTrouble(RunStopped):
    """Something that all pages share is in trouble: the run pauses until it has passed, and no page is blamed."""

    path = ""
    """The input that must be readable again; empty where it is OUT that is in trouble."""


class OutputUnwritable(RunTrouble):
    """Disk full, read-only or an I/O error on OUT."""


class InputUnreachable(RunTrouble):
    """An I/O error on an input, or the folder of all inputs is gone: a share that is not mounted any more."""

    def __init__(self, what: str, *, mend: str, path: str) -> None:
        super().__init__(what, mend=mend)
        self.path = path


class PageProblem(HtrkitError):
    """One page cannot be read; the others go on."""

    exit_code = ExitCode.FAILED_PAGES

    def __init__(self, what: str, *, mend: str, failure: FailureClass, step: Step, passing: bool = False) -> None:
        super().__init__(what, mend=mend)
        self.failure = failure
        self.step = step
        self.passing = passing

    @property
    def stack(self) -> str:
        """What a library raised behind it, with its stack; empty for a problem that was expected."""
        return "" if self.__cause__ is None else "".join(traceback.format_exception(self.__cause__))
