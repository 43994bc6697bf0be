"""Runs on disk as they lie there after a run: a plan, a journal, and whole outputs, without a network."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from htrkit.core.report import Report, report_of
from htrkit.core.report_facts import ModelFact, RunFacts, SettingFact
from htrkit.core.report_pages import PlannedPage
from htrkit.domain.events import Event, PageDone, PageFailed, Record, WrittenFile
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.journal.journal import Journal


def at(second: int) -> str:
    """Give a time in the first hour of 2026."""
    return f"2026-01-01T00:{second // 60:02d}:{second % 60:02d}Z"


def records(*events: Event) -> list[Record]:
    """Stamp events a second apart."""
    return [Record(at(second), event) for second, event in enumerate(events)]


def done(key: str, *, seconds: float = 1.0, files: tuple[WrittenFile, ...] = (), **others: object) -> PageDone:
    page = PageDone(PageKey(key), 3, 40, 0.9, seconds, {"open": 0.25, "segment": seconds - 0.25}, files)
    return replace(page, **others)  # type: ignore[arg-type]


def failed(key: str, failure: FailureClass = FailureClass.BROKEN, *, message: str = "ends early") -> PageFailed:
    return PageFailed(PageKey(key), f"in/{key}.jpg", failure, Step.OPEN, message, 1)


def facts(*keys: str) -> RunFacts:
    return RunFacts(
        run_id="r1",
        started=at(0),
        pages=tuple(PlannedPage(PageKey(key), f"in/{key}.jpg") for key in keys),
        inputs=("in",),
        settings=(SettingFact("engine", "kraken", "default"),),
        models=(ModelFact("recognition", "latin-modern", "ab" * 32),),
        versions=(("htrkit", "0.1.0"),),
        machine=(("python", "3.11"),),
    )


def report_on(keys: Sequence[str], *events: Event, out: str = "OUT") -> Report:
    """Give the report of a run of those pages and events."""
    return report_of(out, facts(*keys), records(*events))


def write_run(out: Path, keys: Iterable[str], *events: Event) -> Path:
    """Write a run's plan and journal; give OUT."""
    (out / ".htrkit").mkdir(parents=True, exist_ok=True)
    plan = {
        "schema": 2,
        "run_id": "r1",
        "started": at(0),
        "settings": {"formats": {"value": ["txt", "page"], "origin": "default"}, "pages": {"value": None}},
        "model": {"name": "latin-modern", "sha256": "ab" * 32},
        "versions": {"htrkit": "0.1.0"},
        "inputs": ["in"],
        "pages": [{"key": key, "path": f"in/{key}.jpg"} for key in keys],
    }
    (out / ".htrkit" / "run.json").write_text(json.dumps(plan))
    with Journal(out / ".htrkit" / "journal.jsonl") as journal:
        for record in records(*events):
            journal(record)
    return out
