"""What a journal tells last, read from its end."""

from pathlib import Path

import pytest

from htrkit.domain.events import RunEnded, RunStarted
from htrkit.journal.journal import Journal
from htrkit.journal.last_line import FIRST_BYTES, last_event
from tests.fakes.journals import done, failed, records

ENDED = RunEnded(1, 1, 0, 0, 0, "finished", 0)


def write(place: Path, *events: object) -> None:
    with Journal(place) as journal:
        for record in records(*events):  # type: ignore[arg-type]
            journal(record)


def test_the_last_whole_line_is_named(tmp_path: Path) -> None:
    place = tmp_path / "journal.jsonl"
    write(place, RunStarted("r", 1, "f"), done("a"))
    assert last_event(place) == "PageDone"
    write(place, ENDED)
    assert last_event(place) == "RunEnded"


def test_a_torn_end_is_passed_over(tmp_path: Path) -> None:
    place = tmp_path / "journal.jsonl"
    write(place, RunStarted("r", 1, "f"), ENDED)
    place.write_bytes(place.read_bytes() + b'{"at":"2026-01-01T00:00:0')

    assert last_event(place) == "RunEnded"


@pytest.mark.parametrize("longer", [0, FIRST_BYTES, 100 * FIRST_BYTES])
def test_a_line_may_be_longer_than_a_look(tmp_path: Path, longer: int) -> None:
    place = tmp_path / "journal.jsonl"
    write(place, RunStarted("r", 1, "f"), failed("a", message="x" * longer))

    assert last_event(place) == "PageFailed"


@pytest.mark.parametrize("content", [None, b"", b"torn", b"damaged\n"])
def test_a_journal_without_a_whole_line_says_nothing(tmp_path: Path, content: bytes | None) -> None:
    place = tmp_path / "journal.jsonl"
    if content is not None:
        place.write_bytes(content)

    assert last_event(place) == ""
