"""The journal: what is written is read, a torn tail is forgiven, damage in the middle is not."""

import os
from pathlib import Path

import pytest

from htrkit.domain.errors import HtrkitError, OutputUnwritable
from htrkit.domain.events import Event, PageDone, PageRemade, PageStarted, Record, RunResumed, WrittenFile
from htrkit.domain.names import PageKey
from htrkit.journal.journal import Journal, read
from tests.fakes.power import ROOT, FileSynced, FolderSynced, Grown, Power

FILE = WrittenFile("txt/a.txt", 12, "ab" * 32)
RECORDS = [
    Record("2026-01-01T00:00:00Z", PageStarted(PageKey("a"), 1)),
    Record("2026-01-01T00:00:01Z", PageDone(PageKey("a"), 3, 40, 0.9, 1.0, {"open": 0.5}, (FILE,))),
    Record("2026-01-01T00:00:02Z", PageStarted(PageKey("é/b"), 1)),
]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / ".htrkit" / "journal.jsonl"
    with Journal(path) as write:
        for record in RECORDS:
            write(record)
    return path


def test_what_is_written_is_read(journal: Path) -> None:
    values = list(read(journal))
    assert [value["event"] for value in values] == ["PageStarted", "PageDone", "PageStarted"]
    assert values[1]["files"] == [{"path": "txt/a.txt", "size": 12, "sha256": "ab" * 32}]
    assert values[2]["key"] == "é/b"


def test_appending_goes_on_where_the_last_run_stopped(journal: Path) -> None:
    with Journal(journal) as write:
        write(RECORDS[0])
    assert len(list(read(journal))) == 4


def test_a_last_line_torn_at_any_byte_is_forgiven(journal: Path) -> None:
    whole = journal.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(last, len(whole)):
        journal.write_bytes(whole[:cut])
        assert len(list(read(journal))) == 2


def test_a_changed_byte_in_the_middle_is_an_error_that_names_the_line(journal: Path) -> None:
    content = bytearray(journal.read_bytes())
    content[20] ^= 1
    journal.write_bytes(content)
    with pytest.raises(HtrkitError, match="line 1 is damaged"):
        list(read(journal))


def test_a_disk_that_refuses_ends_the_run_and_says_so() -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device, not a path of ours
        pytest.skip("no /dev/full here")
    with pytest.raises((OutputUnwritable, OSError)), Journal(Path("/dev/full")) as write:
        write(RECORDS[1])


def test_a_place_where_no_journal_can_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OutputUnwritable, match="file"):
        Journal(tmp_path / "file" / "journal.jsonl")


def test_opening_makes_the_name_and_what_was_written_before_safe() -> None:
    disk = Power()
    Journal(ROOT / "OUT" / ".htrkit" / "journal.jsonl", disk=disk)

    kinds = [type(operation) for operation in disk.operations[-4:]]
    assert kinds == [FileSynced, FolderSynced, FolderSynced, FolderSynced]


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        (PageStarted(PageKey("a"), 1), [Grown, FileSynced]),
        (PageDone(PageKey("a"), 3, 40, 0.9, 1.0, {}, (FILE,)), [Grown, FileSynced]),
        (PageRemade(PageKey("a"), (FILE,)), [Grown, FileSynced]),
        (RunResumed("r1", 2, 1, "f"), [Grown]),
    ],
)
def test_what_others_build_on_is_synced_and_the_rest_left_to_the_system(event: Event, kinds: list[type]) -> None:
    disk = Power()
    write = Journal(ROOT / "journal.jsonl", disk=disk)
    before = len(disk.operations)
    write(Record("2026-01-01T00:00:00Z", event))

    assert [type(operation) for operation in disk.operations[before:]] == kinds
