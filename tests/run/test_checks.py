"""All that stands in the way is gathered, and refused at once."""

import pytest

from htrkit.domain.errors import OutputHeld, PreflightRefused, SetUpRefused, UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.run.checks import Checks


def refused(error: Exception) -> None:
    raise error


def test_a_check_that_finds_nothing_gives_what_it_found() -> None:
    checks = Checks()
    assert checks.made("device", lambda: "cpu") == "cpu"
    checks.add(Finding("batch", Severity.WARNING, "large", "Take less."))
    checks.refuse_blocked()
    assert checks.exit_code is ExitCode.DONE


def test_every_check_that_fails_is_a_blocker_with_its_mend_and_none_stops_the_next() -> None:
    checks = Checks()
    for code in ("model", "device"):
        assert (
            checks.made(code, lambda code=code: refused(PreflightRefused(f"no {code}", mend=f"Give a {code}."))) is None
        )
    with pytest.raises(SetUpRefused, match=r"no model no device Give a model\. Give a device\.") as caught:
        checks.refuse_blocked()
    assert [(one.code, one.severity) for one in caught.value.findings] == [
        ("model", Severity.BLOCKER),
        ("device", Severity.BLOCKER),
    ]
    assert caught.value.exit_code is ExitCode.PREFLIGHT


def test_what_is_known_better_later_is_said_instead_of_what_was_found_first() -> None:
    checks = Checks()
    checks.add(Finding("computing", Severity.NOTE, "openvino"), Finding("batch", Severity.WARNING, "large", "Take"))
    checks.say_instead(Finding("computing", Severity.BLOCKER, "openvino cannot", "Take torch."))
    assert [one.message for one in checks.findings] == ["openvino cannot", "large"]
    assert checks.exit_code is ExitCode.PREFLIGHT


def test_a_blocker_without_an_error_blocks_too() -> None:
    checks = Checks()
    checks.add(Finding("slow-cpu", Severity.BLOCKER, "slow", "Allow it."))
    with pytest.raises(SetUpRefused):
        checks.refuse_blocked()


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ((OutputHeld("held", mend=""),), ExitCode.PREFLIGHT),
        ((UsageProblem("what?", mend=""),), ExitCode.USAGE),
        ((UsageProblem("what?", mend=""), PreflightRefused("no", mend="")), ExitCode.USAGE),
        ((PreflightRefused("no", mend=""), UsageProblem("what?", mend="")), ExitCode.USAGE),
    ],
)
def test_what_nobody_knows_is_usage_and_all_else_a_refusal(errors: tuple[Exception, ...], code: ExitCode) -> None:
    checks = Checks()
    for error in errors:
        checks.made("any", lambda error=error: refused(error))
    assert checks.exit_code is code


def test_said_quietly_only_the_blockers_are_left() -> None:
    findings = [Finding("a", Severity.NOTE, "note"), Finding("b", Severity.BLOCKER, "no", "Mend it.")]
    quiet = SetUpRefused(findings, ExitCode.USAGE).quietly()
    assert (quiet.findings, quiet.exit_code) == (tuple(findings[1:]), ExitCode.USAGE)
