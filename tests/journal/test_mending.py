"""What a crash tore off the journal's end is put aside; damage in the middle is refused."""

from pathlib import Path

import pytest

from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.events import PageDone, PageStarted, Record
from htrkit.domain.names import PageKey
from htrkit.journal.journal import Journal, read
from htrkit.journal.lines import encode
from htrkit.journal.mending import JournalDamaged, mend

RECORDS = [
    Record("2026-11-25T07:00:00Z", PageStarted(PageKey("a"), 1)),
    Record("2026-11-25T07:00:01Z", PageStarted(PageKey("b"), 1)),
    Record("2026-11-25T07:00:02Z", PageDone(PageKey("a"), 1, 5, 0.5, 0.1, {}, ())),
]
LINES = [encode(record) for record in RECORDS]
BEFORE = b"".join(LINES[:-1])


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(LINES))
    return path


@pytest.mark.parametrize("tail", [b"", b"\0" * 40, b"\xff\x00{garbage", b"more\ngarbage\n"], ids=repr)
def test_the_last_record_cut_at_every_byte_is_put_aside_whatever_follows(journal: Path, tail: bytes) -> None:
    torn_file = journal.with_suffix(".torn")
    for cut in range(len(LINES[-1])):
        torn = LINES[-1][:cut] + tail
        journal.write_bytes(BEFORE + torn)
        torn_file.unlink(missing_ok=True)

        assert mend(journal) == len(torn)
        assert journal.read_bytes() == BEFORE
        assert (torn_file.read_bytes() if torn else b"") == torn


@pytest.mark.parametrize("tail", [b"\0" * 40, b"\xff\x00{garbage", b"more\ngarbage\n"], ids=repr)
def test_what_follows_a_whole_record_is_cut_and_the_record_kept(journal: Path, tail: bytes) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole + tail)

    assert mend(journal) == len(tail)
    assert journal.read_bytes() == whole


def test_a_mended_journal_is_appended_to_and_read(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:-7])
    mend(journal)
    with Journal(journal) as write:
        write(RECORDS[2])

    assert [values["event"] for values in read(journal)] == ["PageStarted", "PageStarted", "PageDone"]


def test_what_two_crashes_tore_off_is_kept_in_one_file(journal: Path) -> None:
    for torn in (b"first", b"second"):
        journal.write_bytes(b"".join(LINES) + torn)
        mend(journal)

    assert journal.with_suffix(".torn").read_bytes() == b"firstsecond"


def test_a_whole_journal_an_empty_one_and_none_are_left_as_they_are(journal: Path, tmp_path: Path) -> None:
    before = journal.read_bytes()
    (tmp_path / "empty.jsonl").touch()

    assert [mend(journal), mend(tmp_path / "empty.jsonl"), mend(tmp_path / "none.jsonl")] == [0, 0, 0]
    assert journal.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.jsonl", "journal.jsonl"]


@pytest.mark.parametrize("number", [0, 1])
def test_a_changed_byte_anywhere_before_a_whole_line_is_refused_and_nothing_is_cut(journal: Path, number: int) -> None:
    start = sum(map(len, LINES[:number]))
    for at in range(start, start + len(LINES[number]) - 1):
        content = bytearray(b"".join(LINES))
        content[at] ^= 1
        journal.write_bytes(content)

        with pytest.raises(JournalDamaged, match=rf"line {number + 1} is damaged"):
            mend(journal)
        assert journal.read_bytes() == content


def test_several_damaged_lines_before_a_whole_one_are_refused(journal: Path) -> None:
    journal.write_bytes(LINES[0] + b"bad\nworse\n" + LINES[1])

    with pytest.raises(JournalDamaged, match="line 2 is damaged"):
        mend(journal)


def test_a_journal_that_cannot_be_mended_is_said_and_nothing_is_cut(journal: Path) -> None:
    torn = journal.read_bytes()[:-3]
    journal.write_bytes(torn)
    journal.with_suffix(".torn").mkdir()

    with pytest.raises(OutputUnwritable, match="cannot be mended"):
        mend(journal)
    assert journal.read_bytes() == torn
