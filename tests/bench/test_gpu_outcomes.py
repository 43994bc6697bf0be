"""The table of the GPU check shows every check with its figures, and what is wrong decides the exit status."""

import json
from dataclasses import asdict

from bench.gpu.outcomes import Figure, Findings, Outcome, Result, document, exit_status, result_from, result_of, table

PASSED = Result("text", Outcome.PASS, 12.34, "", (Figure("lines", 66), Figure("apart", 0.00123, "of 1")))
FAILED = Result("memory", Outcome.FAIL, 3.0, "kraken takes twice as much")
SKIPPED = Result("killed server", Outcome.SKIPPED, 0.0, "needs CUDA")


def test_the_table_has_a_row_for_each_check_and_its_figures_below() -> None:
    assert table([PASSED, FAILED, SKIPPED]).splitlines() == [
        "check          result   seconds  figures",
        "text           pass        12.3  lines 66",
        "                                 apart 0.00123 of 1",
        "memory         fail         3.0  kraken takes twice as much",
        "killed server  skipped      0.0  needs CUDA",
    ]


def test_only_a_check_that_failed_makes_the_command_fail() -> None:
    assert exit_status([PASSED, SKIPPED]) == 0
    assert exit_status([PASSED, FAILED, SKIPPED]) == 1


def test_whatever_is_wrong_fails_a_check_and_is_said() -> None:
    assert result_of("text", Findings((Figure("lines", 1),)), 1.0).outcome is Outcome.PASS
    found = result_of("text", Findings(wrong=("one", "two")), 1.0)
    assert (found.outcome, found.said) == (Outcome.FAIL, "one; two")


def test_a_result_comes_back_from_json_as_it_was() -> None:
    for result in (PASSED, FAILED, SKIPPED):
        assert result_from(json.loads(json.dumps(asdict(result)))) == result


def test_the_document_holds_machine_and_checks() -> None:
    held = document([PASSED, FAILED], [Figure("card", "NVIDIA L40S")], 20.04)
    assert held["machine"] == {"card": "NVIDIA L40S"}
    assert held["seconds"] == 20.0
    checks = json.loads(json.dumps(held))["checks"]
    assert [check["outcome"] for check in checks] == ["pass", "fail"]
