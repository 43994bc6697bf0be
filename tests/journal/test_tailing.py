"""A journal read as it grows, whoever cuts it or puts another in its place."""

from pathlib import Path
from zlib import crc32

import pytest

from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import Event, Record, RunStarted
from htrkit.journal.journal import Journal
from htrkit.journal.lines import encode
from htrkit.journal.replay import JournalUnknown
from htrkit.journal.tailing import Grown, Tail
from tests.fakes.journals import at, done, failed

START = RunStarted("r", 9, "f")


def record(event: Event, second: int = 0) -> Record:
    return Record(at(second), event)


def line(event: Event) -> bytes:
    return encode(record(event))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_a_journal_that_is_not_there_yet_is_waited_for(path: Path) -> None:
    tail = Tail(path)
    assert tail.look() == Grown()
    path.write_bytes(line(START))

    assert tail.look() == Grown((record(START),))


def test_each_look_gives_what_was_added(path: Path) -> None:
    tail = Tail(path)
    with Journal(path) as journal:
        journal(record(START))
        assert tail.look().records == (record(START),)
        assert tail.look().records == ()
        journal(record(done("a")))
        journal(record(failed("b")))

    assert tail.look() == Grown((record(done("a")), record(failed("b"))))


def test_a_line_that_is_half_there_is_left_for_later(path: Path) -> None:
    tail = Tail(path)
    content = line(START) + line(done("a"))
    for length in range(len(content)):
        path.write_bytes(content[:length])
        tail.look()
    path.write_bytes(content)

    assert Tail(path).look().records == (record(START), record(done("a")))
    assert tail.look().records == (record(done("a")),)


def test_another_journal_in_its_place_is_read_from_its_beginning(path: Path) -> None:
    tail = Tail(path)
    path.write_bytes(line(START) + line(done("a")))
    tail.look()
    path.rename(path.with_suffix(".old"))
    path.write_bytes(line(START))

    assert tail.look() == Grown((record(START),), anew=True)


def test_a_journal_that_is_gone_for_a_moment_is_the_same_when_it_is_back(path: Path) -> None:
    tail = Tail(path)
    path.write_bytes(line(START))
    tail.look()
    path.rename(path.with_suffix(".away"))
    assert tail.look() == Grown()
    path.with_suffix(".away").rename(path)

    assert tail.look() == Grown()


def test_a_journal_that_was_cut_and_written_on_is_read_from_its_beginning(path: Path) -> None:
    tail = Tail(path)
    path.write_bytes(line(START) + line(done("a")) + line(done("b")))
    tail.look()
    with path.open("r+b") as file:
        file.truncate(len(line(START)))
        file.seek(0, 2)
        file.write(line(failed("longer-than-what-stood-there")) * 3)

    grown = tail.look()
    assert grown.anew
    assert len(grown.records) == 4


def test_a_torn_end_is_waited_for_until_somebody_mends_it(path: Path) -> None:
    tail = Tail(path)
    path.write_bytes(line(START) + b"\0" * 30 + b"\n")

    assert tail.look().records == (record(START),)
    assert tail.look().records == ()


def test_damage_before_whole_lines_is_an_error_that_names_the_line(path: Path) -> None:
    path.write_bytes(line(START) + b"damaged\n" + line(done("a")))

    with pytest.raises(HtrkitError, match=r"line 2 is damaged"):
        Tail(path).look()


def test_what_this_version_does_not_know_is_an_error(path: Path) -> None:
    path.write_bytes(line(START))
    tail = Tail(path)
    tail.look()
    with path.open("ab") as file:
        file.write(_unknown())

    with pytest.raises(JournalUnknown, match=r"line 2"):
        tail.look()


def _unknown() -> bytes:
    head = b'{"at":"2026-01-01T00:00:00Z","event":"PageSung"'
    return head + b',"crc":"%08x"}\n' % crc32(head)
