"""A run's report as one JSON document."""

from collections.abc import Mapping
from dataclasses import asdict

import orjson

from htrkit.core.report import Report
from htrkit.core.report_advice import retry_command
from htrkit.core.report_pages import PageStory
from htrkit.domain.events import PageDone, PageFailed, PageSkipped
from htrkit.domain.failure import FailureClass
from htrkit.ui.report_shards import shard_document
from htrkit.ui.report_words import next_steps
from htrkit.ui.words import shown

REPORT_SCHEMA = 1


def report_document(report: Report) -> str:
    """Give the report as JSON; times are ISO 8601 in UTC, durations seconds, and what is not known is null."""
    facts = report.facts
    document = {
        "schema": REPORT_SCHEMA,
        "out": shown(report.out),
        "run_id": facts.run_id,
        "started": facts.started,
        "course": report.course,
        "reason": report.reason,
        "exit_code": report.exit_code,
        "counts": {"selected": report.counts.selected, **asdict(report.counts)},
        "seconds": report.seconds,
        "sittings": [asdict(one) for one in report.sittings],
        "next": next_steps(report),
        "shards": [shard_document(one, report.out) for one in report.shards],
        "failures": [_group(group.failure, group.step, group.pages, report) for group in report.failures],
        "flags": [{"flag": flag, "pages": number} for flag, number in report.flags],
        "seconds_a_page": None if report.times is None else asdict(report.times),
        "step_seconds": report.steps,
        "slowest": [page.key for page in report.slowest],
        "workers": [asdict(one) for one in report.shares],
        "throughput": asdict(report.throughput),
        "incidents": [
            {"at": one.at, "event": type(one.event).__name__, **asdict(one.event)} for one in report.incidents
        ],
        "pages": [_page(page) for page in report.pages],
        "verified": None if report.verified is None else asdict(report.verified),
        "inputs": facts.inputs,
        "models": [asdict(one) for one in facts.models],
        "versions": dict(facts.versions),
        "machine": dict(facts.machine),
        "settings": {one.name: {"value": one.value, "origin": one.origin} for one in facts.settings},
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _group(failure: FailureClass, step: str, pages: int, report: Report) -> Mapping[str, object]:
    command = retry_command(failure, shown(report.out))
    return {"class": failure, "stage": step, "pages": pages, "next": command}


def _page(page: PageStory) -> Mapping[str, object]:
    head = {
        "key": page.key,
        "image": page.image,
        "state": page.state,
        "ended_at": page.ended_at or None,
        "in_hand": page.in_hand,
        "setbacks": page.setbacks,
    }
    match page.end:
        case PageDone():
            return head | {
                "lines": page.end.lines,
                "characters": page.end.characters,
                "confidence": page.end.confidence,
                "seconds": page.end.seconds,
                "worker": page.end.worker,
                "device": page.end.device,
                "flags": page.end.flags,
                "reasons": [{"code": one.code, "line": one.line, "message": one.message} for one in page.end.reasons],
                "attempts": page.end.attempts,
            }
        case PageFailed():
            return head | {
                "class": page.end.failure,
                "stage": page.end.step,
                "error": page.end.message,
                "stack": page.end.stack,
                "attempts": page.end.attempts,
            }
        case PageSkipped():
            return head | {"reason": page.end.reason}
        case None:
            return head
