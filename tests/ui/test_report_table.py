"""The report on a screen: every failure by name, the next command, and nothing that steers a terminal."""

from dataclasses import replace

from htrkit.core.report import Report
from htrkit.core.report_damage import Damage, DamageKind, Verified
from htrkit.domain.events import (
    PageRetried,
    PageStarted,
    PageStruck,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    WorkerGivenUp,
    WorkerLost,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.ui.report_table import report_table
from tests.fakes.journals import done, failed, report_on

STARTED = RunStarted("r1", 3, "f")
A, B = PageKey("a"), PageKey("b")


def damaged(report: Report, *damages: Damage) -> Report:
    return replace(report, verified=Verified(4, 2048, damages))


def test_a_report_tells_outcome_accounting_models_versions_and_settings() -> None:
    text = report_table(report_on(["a"], STARTED, done("a"), RunEnded(1, 1, 0, 0, 0, "finished", 0)))

    for words in (
        "finished; exit code 0",
        "selected 1 = done 1 + failed 0 + skipped 0 + not run 0",
        "latin-modern",
        "htrkit  ",
        "engine   kraken  default",
    ):
        assert words in text
    assert "FAILURES" not in text
    assert "next" not in text


def test_every_failed_page_is_named_with_its_reason_and_the_command_to_type() -> None:
    text = report_table(
        report_on(
            ["a", "b", "c"],
            STARTED,
            failed("a"),
            failed("b", FailureClass.LOCKED, message="needs a password"),
            failed("c"),
            RunEnded(3, 0, 3, 0, 0, "finished", 4),
            out="my scans",
        )
    )

    assert "FAILURES 3/3\n  2  broken: " in text
    assert "htrkit resume 'my scans' --retry-failed --class broken" in text
    assert text.index("2  broken") < text.index("1  locked")
    assert "in/b.jpg  locked  open       1  needs a password" in text


def test_a_run_that_was_cut_off_shows_how_to_go_on() -> None:
    text = report_table(report_on(["a", "b"], STARTED, PageStarted(A, 1), done("a"), PageStarted(B, 1)))

    assert "no end is written: it is going on, or was cut off; last entry 2026-01-01T00:00:03Z" in text
    assert "next     htrkit resume OUT" in text
    assert "IN HAND 1: b" in text


def test_a_run_that_has_not_begun_says_so() -> None:
    assert "not begun" in report_table(report_on(["a"]))


def test_retried_flagged_and_slow_pages_are_listed() -> None:
    text = report_table(
        report_on(
            ["a", "b"],
            STARTED,
            PageStruck(A, Step.SEGMENT, "SIGSEGV", 1),
            PageRetried(A, FailureClass.UNREADABLE, Step.OPEN, "Input/output error"),
            done("a", seconds=61.0),
            done("b", flags=("repetition",)),
        )
    )

    assert "RETRIED 1" in text
    assert "SIGSEGV (segment); unreadable (open): Input/output error" in text
    assert "FLAGGED 1: repetition 1" in text
    assert "a                 61.0      3  segment 60.8" in text


def test_workers_and_devices_stand_apart() -> None:
    text = report_table(
        report_on([], STARTED, done("a", worker="w0", device="cuda:0"), done("b", worker="w1", device="cuda:1"))
    )

    assert "pages  lines  on cuda:0  on cuda:1" in text
    assert "w1      cuda:1      1      3" in text


def test_what_happened_to_the_run_is_told_and_of_much_the_latest() -> None:
    lost = WorkerLost("w0", "SIGKILL", A)
    events = [lost] * 20 + [WorkerGivenUp("w1", "no CUDA"), RunPaused("disk full"), RunContinued(90), RunDraining("x")]
    text = report_table(report_on(["a"], STARTED, *events, RunResumed("r1", 1, 1, "f")))

    assert "and 4 before:\n" in text
    assert text.count("worker w0 was lost: SIGKILL, with a in hand") == 16
    for words in ("worker w1 was given up: no CUDA", "paused: disk full", "went on after 1 min 30 s"):
        assert words in text


def test_a_paused_and_a_draining_run_say_why() -> None:
    assert "outcome  paused: disk full; last" in report_table(report_on(["a"], STARTED, RunPaused("disk full")))
    assert "finishing the pages in hand: SIGTERM" in report_table(report_on(["a"], STARTED, RunDraining("SIGTERM")))


def test_whole_files_are_said_to_be_whole() -> None:
    text = report_table(damaged(report_on(["a"], STARTED, done("a"))))

    assert "VERIFIED 4 promised files, 2.0 kB: all are as they were written" in text


def test_damaged_files_are_named_with_the_command_that_makes_them_again() -> None:
    damage = Damage(A, "page/a.xml", DamageKind.TRUNCATED, "3 bytes of 9")
    text = report_table(damaged(report_on(["a"], STARTED, done("a")), damage))

    assert "DAMAGED 1 of 4 promised files" in text
    assert "page/a.xml  truncated  3 bytes of 9" in text
    assert "htrkit resume OUT" in text


def test_nothing_from_outside_steers_the_terminal() -> None:
    hostile = "\x1b[2J\u202eevil\r\n\x07"
    text = report_table(
        report_on(
            ["a"],
            STARTED,
            PageStruck(A, Step.OPEN, hostile, 1),
            replace(failed("a", message=hostile), image=hostile),
            done("b", flags=(hostile,), worker=hostile, device=hostile),
            WorkerLost(hostile, hostile),
            RunEnded(2, 1, 1, 0, 0, hostile, 4),
            out=f"OUT{hostile}",
        )
    )

    assert not [sign for sign in text if not sign.isprintable() and sign != "\n"]


def test_a_long_message_is_cut_to_one_line() -> None:
    text = report_table(report_on(["a"], STARTED, failed("a", message="word\n" * 200)))

    assert max(map(len, text.splitlines())) < 250
    assert "…" in text
