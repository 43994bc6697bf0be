"""What programs may rely on in `--progress json`: every event, its fields and their types, pinned by hand.

A field that goes, or changes its meaning, needs another EVENT_SCHEMA; a new field or event is added here and in the
reference.
"""

from dataclasses import fields
from typing import get_args, get_type_hints

import orjson
import pytest
from hypothesis import given

from htrkit.domain.events import Event, Record
from htrkit.ui.event_lines import EVENT_SCHEMA, EventLines, Refused, Summary
from tests.fakes.events import EVENTS

AT = "2026-11-25T07:00:00Z"
PINNED = {
    "BatchResized": {
        "server": "str",
        "step": "Step",
        "was": "int",
        "now": "int",
        "item_bytes": "int",
    },
    "BatchShrunk": {
        "server": "str",
        "step": "Step",
        "was": "int",
        "now": "int",
        "item_bytes": "int",
    },
    "DeviceEnough": {
        "device": "str",
        "used_share": "float",
    },
    "DeviceFed": {
        "server": "str",
        "step": "Step",
        "batches": "int",
        "items": "int",
        "room": "int",
        "useful": "float",
        "padded": "float",
        "seconds": "float",
    },
    "DeviceShort": {
        "device": "str",
        "used_share": "float",
        "free_bytes": "int",
    },
    "ItemMoved": {
        "server": "str",
        "step": "Step",
    },
    "MachineSampled": {
        "total_bytes": "int",
        "free_bytes": "int",
        "ahead_bytes": "int",
        "devices": "tuple[DeviceSample, ...]",
        "processes": "tuple[ProcessSample, ...]",
    },
    "MemoryEnough": {
        "used_share": "float",
    },
    "MemoryShort": {
        "used_share": "float",
        "free_bytes": "int",
    },
    "PageDone": {
        "key": "PageKey",
        "lines": "int",
        "characters": "int",
        "confidence": "float | None",
        "seconds": "float",
        "step_seconds": "dict[str, float]",
        "files": "tuple[WrittenFile, ...]",
        "flags": "tuple[str, ...]",
        "reasons": "tuple[htrkit.domain.page.Note, ...]",
        "attempts": "int",
        "worker": "str",
        "device": "str",
    },
    "PageFailed": {
        "key": "PageKey",
        "image": "str",
        "failure": "FailureClass",
        "step": "Step",
        "message": "str",
        "attempts": "int",
        "stack": "str",
    },
    "PageRemade": {
        "key": "PageKey",
        "files": "tuple[WrittenFile, ...]",
    },
    "PageRetried": {
        "key": "PageKey",
        "failure": "FailureClass",
        "step": "Step",
        "message": "str",
    },
    "PageSkipped": {
        "key": "PageKey",
        "reason": "str",
    },
    "PageStarted": {
        "key": "PageKey",
        "attempt": "int",
    },
    "PageStruck": {
        "key": "PageKey",
        "step": "Step",
        "cause": "str",
        "strikes": "int",
        "stack": "str",
    },
    "Refused": {
        "what": "str",
        "mend": "str",
        "exit_code": "int",
    },
    "RunContinued": {
        "paused_seconds": "float",
    },
    "RunDraining": {
        "reason": "str",
    },
    "RunEnded": {
        "selected": "int",
        "done": "int",
        "failed": "int",
        "skipped": "int",
        "not_run": "int",
        "reason": "str",
        "exit_code": "int",
    },
    "RunPaused": {
        "reason": "str",
    },
    "RunResumed": {
        "run_id": "str",
        "pages": "int",
        "left": "int",
        "fingerprint": "str",
    },
    "RunStarted": {
        "run_id": "str",
        "pages": "int",
        "fingerprint": "str",
    },
    "ServerGivenUp": {
        "server": "str",
        "message": "str",
    },
    "ServerLost": {
        "server": "str",
        "cause": "str",
        "keys": "tuple[PageKey, ...]",
    },
    "ServerStarted": {
        "server": "str",
        "pid": "int",
        "seconds": "float",
    },
    "Summary": {
        "selected": "int",
        "done": "int",
        "failed": "int",
        "skipped": "int",
        "not_run": "int",
        "flagged": "int",
        "blank": "int",
        "retried": "int",
        "lines": "int",
        "characters": "int",
        "confidence": "float | None",
        "failures": "Mapping[str, int]",
        "seconds": "float",
        "out": "str",
        "formats": "tuple[str, ...]",
        "resume": "str | None",
        "reason": "str",
        "exit_code": "int",
        "what": "str",
        "mend": "str",
    },
    "WorkerGivenUp": {
        "worker": "str",
        "message": "str",
    },
    "WorkerLost": {
        "worker": "str",
        "cause": "str",
        "key": "PageKey | None",
    },
    "WorkerRetired": {
        "worker": "str",
        "reason": "str",
    },
    "WorkerStarted": {
        "worker": "str",
        "pid": "int",
        "seconds": "float",
        "device": "str",
    },
}

KINDS = {kind.__name__: kind for kind in (*get_args(Event), Summary, Refused)}
_MODULES = ("htrkit.domain.names.", "htrkit.domain.failure.", "htrkit.domain.events.", "htrkit.domain.sample.")


def type_words(hint: object) -> str:
    """Give a type as it is written, without its modules."""
    words = hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)
    for module in (*_MODULES, "collections.abc."):
        words = words.replace(module, "")
    return words.replace("typing.Optional[PageKey]", "PageKey | None")


def test_the_schema_is_the_one_that_is_pinned_here() -> None:
    assert EVENT_SCHEMA == 1


def test_every_event_is_pinned() -> None:
    assert sorted(KINDS) == sorted(PINNED)


@pytest.mark.parametrize("name", sorted(PINNED))
def test_an_event_has_the_fields_that_are_pinned(name: str) -> None:
    hints = get_type_hints(KINDS[name])

    assert {field.name: type_words(hints[field.name]) for field in fields(KINDS[name])} == PINNED[name]


@given(EVENTS)
def test_every_event_is_one_line_with_its_schema_time_name_and_fields(event: Event) -> None:
    said: list[str] = []
    EventLines(said.append)(Record(AT, event))

    (line,) = said
    assert "\n" not in line
    document = orjson.loads(line)
    assert list(document)[:3] == ["schema", "at", "event"]
    assert (document["schema"], document["at"], document["event"]) == (1, AT, type(event).__name__)
    assert list(document)[3:] == list(PINNED[type(event).__name__])


def test_the_last_line_is_the_summary() -> None:
    said: list[str] = []
    summary = Summary(
        selected=3,
        done=1,
        failed=1,
        skipped=0,
        not_run=1,
        flagged=0,
        blank=0,
        retried=2,
        lines=41,
        characters=2000,
        confidence=0.93,
        failures={"broken": 1},
        seconds=12.5,
        out="out",
        formats=("json", "txt"),
        resume="htrkit resume out",
        reason="interrupted",
        exit_code=130,
    )
    EventLines(said.append).close(summary, at=AT)

    document = orjson.loads(said[0])
    assert (document["event"], document["failures"], document["formats"]) == ("Summary", {"broken": 1}, ["json", "txt"])
    assert list(document)[3:] == list(PINNED["Summary"])
