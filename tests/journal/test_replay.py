"""Replay: every event comes back as it was written, and what is not understood is named by its line."""

from dataclasses import fields
from pathlib import Path
from typing import get_args
from zlib import crc32

import orjson
import pytest
from hypothesis import given

from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import Event, PageDone, PageStarted, Record, RunStarted, WrittenFile
from htrkit.domain.names import PageKey
from htrkit.journal import journal
from htrkit.journal.journal import Journal
from htrkit.journal.lines import decode, encode
from htrkit.journal.replay import JournalUnknown, replay
from tests.fakes.events import EVENTS

AT = "2026-01-01T00:00:00Z"
STARTED = Record(AT, RunStarted("r", 2, "f"))
PAGE = Record(AT, PageStarted(PageKey("a"), 1))


def written(path: Path, *records: Record) -> Path:
    with Journal(path) as write:
        for record in records:
            write(record)
    return path


def line(values: dict[str, object]) -> bytes:
    """Give a whole line, with a checksum that fits, that says whatever it likes."""
    head = orjson.dumps(values)[:-1]
    return head + b',"crc":"%08x"}\n' % crc32(head)


@given(event=EVENTS)
def test_every_event_comes_back_as_it_was_written(event: Event, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    record = Record(AT, event)

    assert list(replay(written(path, record))) == [record]


def test_a_torn_last_line_is_forgiven(tmp_path: Path) -> None:
    path = written(tmp_path / "j", STARTED, PAGE)
    path.write_bytes(path.read_bytes()[:-1])

    assert list(replay(path)) == [STARTED]


def test_a_line_that_is_being_written_while_it_is_read_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "j", STARTED, PAGE)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])

    def decode_while_the_run_goes_on(one: bytes) -> dict[str, object]:
        if not one.endswith(b"\n"):
            path.write_bytes(whole + encode(PAGE))
        return decode(one)

    monkeypatch.setattr(journal, "decode", decode_while_the_run_goes_on)

    assert list(replay(path)) == [STARTED]


def test_damage_before_the_last_line_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "j", STARTED, PAGE)
    path.write_bytes(path.read_bytes().replace(b'"r"', b'"s"'))

    with pytest.raises(HtrkitError, match="line 1"):
        list(replay(path))


def test_fields_that_an_older_version_did_not_write_have_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "j"
    file = {"path": "txt/a.txt", "size": 1, "sha256": "00"}
    path.write_bytes(
        line(
            {
                "at": AT,
                "event": "PageDone",
                "key": "a",
                "lines": 1,
                "characters": 2,
                "confidence": None,
                "seconds": 1,
                "step_seconds": {"open": 0.5},
                "files": [file],
            }
        )
    )

    assert [record.event for record in replay(path)] == [
        PageDone(PageKey("a"), 1, 2, None, 1.0, {"open": 0.5}, (WrittenFile("txt/a.txt", 1, "00"),))
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"at": AT, "event": "PageSung", "key": "a"}, r"line 2 .*PageSung"),
        ({"at": AT, "event": ["PageStarted"]}, r"line 2 tells of an event"),
        ({"at": AT, "key": "a"}, r"line 2 tells of an event"),
        ({"at": "yesterday", "event": "PageStarted", "key": "a", "attempt": 1}, r"line 2 has no time"),
        ({"at": "2026-01-01T00:00:00", "event": "PageStarted", "key": "a", "attempt": 1}, r"line 2 has no time"),
        ({"event": "PageStarted", "key": "a", "attempt": 1}, r"line 2 has no time"),
        ({"at": AT, "event": "PageStarted", "key": "a", "attempt": 1, "mood": "glad"}, r"line 2 .*\(mood\)"),
        ({"at": AT, "event": "PageStarted", "key": "a", "attempt": "1"}, r"line 2 .*attempt"),
        ({"at": AT, "event": "PageStarted", "key": "a"}, r"line 2 .*attempt"),
        (
            {
                "at": AT,
                "event": "PageFailed",
                "key": "a",
                "image": "a.jpg",
                "failure": "tired",
                "step": "open",
                "message": "",
                "attempts": 1,
            },
            r"line 2 .*failure",
        ),
    ],
)
def test_what_is_not_understood_is_named_by_its_line(tmp_path: Path, values: dict[str, object], said: str) -> None:
    path = tmp_path / "j"
    path.write_bytes(encode(STARTED) + line(values) + encode(PAGE))

    with pytest.raises(JournalUnknown, match=said) as refused:
        list(replay(path))
    assert refused.value.mend


def test_no_event_has_a_field_that_the_line_itself_needs() -> None:
    assert not {field.name for event in get_args(Event) for field in fields(event)} & {"at", "event", "crc"}


def test_nothing_comes_of_an_empty_journal(tmp_path: Path) -> None:
    assert list(replay(written(tmp_path / "j"))) == []
