"""A report from disk: runs that ended, go on, or were cut off, and what cannot be read."""

from pathlib import Path

import pytest

from htrkit.core.report import Course
from htrkit.domain.errors import HtrkitError, UsageProblem
from htrkit.domain.events import PageStarted, Record, RunEnded, RunStarted
from htrkit.domain.names import PageKey
from htrkit.journal.journal import Journal
from htrkit.run.following import followed
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import reported
from tests.fakes.journals import at, done, write_run

STARTED = RunStarted("r1", 2, "f")
ENDED = RunEnded(2, 2, 0, 0, 0, "finished", 0)


def test_plan_and_journal_become_a_report(tmp_path: Path) -> None:
    report = reported(OutFolder(write_run(tmp_path, ["a", "b"], STARTED, done("a"))))

    assert report.counts.identity == "selected 2 = done 1 + failed 0 + skipped 0 + not run 1"
    assert [(one.name, one.value, one.origin) for one in report.facts.settings] == [
        ("formats", "txt,page", "default"),
        ("pages", "", ""),
    ]
    assert [(model.role, model.name) for model in report.facts.models] == [("recognition", "latin-modern")]
    assert report.facts.versions == (("htrkit", "0.1.0"),)


def test_a_plan_without_a_journal_has_not_begun(tmp_path: Path) -> None:
    out = write_run(tmp_path, ["a"])
    (out / ".htrkit/journal.jsonl").unlink()

    assert reported(OutFolder(out)).course is Course.NOT_BEGUN


def test_a_journal_torn_at_any_byte_of_its_last_line_is_read(tmp_path: Path) -> None:
    out = write_run(tmp_path, ["a", "b"], STARTED, done("a"), PageStarted(PageKey("b"), 1))
    journal = out / ".htrkit/journal.jsonl"
    whole = journal.read_bytes()
    for cut in range(whole.rindex(b"\n", 0, -1) + 1, len(whole)):
        journal.write_bytes(whole[:cut])
        assert reported(OutFolder(out)).counts.done == 1


def test_an_image_whose_name_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    out = write_run(tmp_path, ["a"])
    plan = out / ".htrkit/run.json"
    plan.write_bytes(plan.read_bytes().replace(b"in/a.jpg", b"in/\\udcff\\u001b.jpg"))

    assert reported(OutFolder(out)).pages[0].image == "in/%FF%1B.jpg"


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"pages": 3}', b'{"pages": [{}]}', b'{"pages": [1]}', b"\xff"]
)
def test_a_plan_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    out = write_run(tmp_path, ["a"])
    (out / ".htrkit/run.json").write_bytes(content)

    with pytest.raises(UsageProblem, match=r"run\.json: cannot be read"):
        reported(OutFolder(out))


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="holds no run"):
        reported(OutFolder(tmp_path))


def test_a_journal_damaged_in_the_middle_is_no_report(tmp_path: Path) -> None:
    out = write_run(tmp_path, ["a"], STARTED, done("a"))
    journal = out / ".htrkit/journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"RunStarted", b"RunStorted"))

    with pytest.raises(HtrkitError, match="line 1"):
        reported(OutFolder(out))


def test_a_journal_that_is_no_file_is_named(tmp_path: Path) -> None:
    out = write_run(tmp_path, ["a"])
    (out / ".htrkit/journal.jsonl").unlink()
    (out / ".htrkit/journal.jsonl").mkdir()

    with pytest.raises(UsageProblem, match="cannot be read"):
        reported(OutFolder(out))


def test_a_run_is_followed_until_its_end_and_told_again_only_when_it_has_gone_on(tmp_path: Path) -> None:
    out = write_run(tmp_path, ["a", "b"], STARTED)
    later = iter([(), (done("a"),), (), (done("b"), ENDED)])

    def sleep(_: float) -> None:
        with Journal(out / ".htrkit/journal.jsonl") as journal:
            for event in next(later):
                journal(Record(at(9), event))

    assert [report.counts.done for report in followed(OutFolder(out), sleep=sleep)] == [0, 1, 2]
