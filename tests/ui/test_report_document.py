"""The report as JSON and CSV: whole, strict, and safe to open."""

import csv
import io
import json
from dataclasses import replace

from htrkit.core.report import Report
from htrkit.core.report_damage import Damage, DamageKind, Verified
from htrkit.domain.events import PageSkipped, PageStruck, RunEnded, RunStarted, WorkerLost
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.ui.report_csv import REPORT_COLUMNS, report_csv
from htrkit.ui.report_document import REPORT_SCHEMA, report_document
from tests.fakes.journals import done, failed, report_on

A = PageKey("a")
FLAGGED = done("b", flags=("repetition",), worker="w0", device="cpu")


def whole() -> Report:
    report = report_on(
        ["a", "b", "c", "d"],
        RunStarted("r1", 4, "f"),
        PageStruck(A, Step.SEGMENT, "SIGSEGV", 1),
        failed("a", message="=cmd|' /C calc'!A0"),
        FLAGGED,
        PageSkipped(PageKey("c"), "its files are in OUT already"),
        WorkerLost("w0", "SIGKILL"),
        RunEnded(4, 1, 1, 1, 1, "interrupted", 130),
    )
    return replace(report, verified=Verified(2, 9, (Damage(FLAGGED.key, "txt/b.txt", DamageKind.MISSING, "gone"),)))


def test_the_document_tells_outcome_counts_failures_and_every_page() -> None:
    document = json.loads(report_document(whole()))

    assert document["schema"] == REPORT_SCHEMA
    assert (document["course"], document["reason"], document["exit_code"]) == ("ended", "interrupted", 130)
    assert document["counts"] == {"selected": 4, "done": 1, "failed": 1, "skipped": 1, "not_run": 1}
    assert document["failures"] == [
        {
            "class": "broken",
            "stage": "open",
            "pages": 1,
            "next": "htrkit resume OUT --retry-failed --class broken",
        }
    ]
    assert [page["state"] for page in document["pages"]] == ["failed", "done", "skipped", "not run"]
    assert document["pages"][0]["setbacks"] == ["SIGSEGV (segment)"]
    assert document["pages"][1]["flags"] == ["repetition"]
    assert document["verified"]["damages"][0]["kind"] == "missing"
    assert document["incidents"][0]["cause"] == "SIGKILL"


def test_what_was_not_asked_or_not_measured_is_null() -> None:
    document = json.loads(report_document(report_on(["a"])))

    assert document["verified"] is None
    assert document["seconds_a_page"] is None
    assert document["exit_code"] is None
    assert document["pages"][0]["ended_at"] is None


def test_the_document_bears_a_folder_whose_name_is_no_text() -> None:
    assert json.loads(report_document(report_on(["a"], out="OUT\udcff")))["out"] == "OUT%FF"


def test_the_table_has_a_row_for_each_page() -> None:
    rows = list(csv.DictReader(io.StringIO(report_csv(whole()), newline="")))

    assert tuple(rows[0]) == REPORT_COLUMNS
    assert [(row["page"], row["state"]) for row in rows] == [
        ("a", "failed"),
        ("b", "done"),
        ("c", "skipped"),
        ("d", "not run"),
    ]
    assert (rows[0]["class"], rows[0]["stage"], rows[0]["setbacks"]) == ("broken", "open", "SIGSEGV (segment)")
    assert (rows[1]["lines"], rows[1]["worker"], rows[1]["flags"]) == ("3", "w0", "repetition")
    assert rows[1]["damaged"] == "txt/b.txt (missing)"
    assert rows[2]["error"] == "its files are in OUT already"


def test_a_spreadsheet_runs_nothing_of_the_table() -> None:
    rows = list(csv.DictReader(io.StringIO(report_csv(whole()), newline="")))

    assert rows[0]["error"].startswith("'=")
