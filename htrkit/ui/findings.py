"""What preflight found, as people and programs read it."""

from collections.abc import Sequence
from dataclasses import asdict, replace

import orjson

from htrkit.core.prospect import Prospect
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.trial import NO_TRIAL, Trial
from htrkit.ui.finding_reasons import why_of
from htrkit.ui.plan_preview import characters_of, first_text
from htrkit.ui.words import counted

FINDINGS_SCHEMA = 1
MOST_OF_A_CODE = 10
"""Findings of one code that are told one by one; a shelf of broken scans would scroll all others away."""


def told_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Give the findings to tell: the worst first, and of many with one code the first few and a count.

    Why something matters is said with the first of its code.
    """
    order = list(reversed(Severity))
    told: list[Finding] = []
    seen: dict[str, int] = {}
    for finding in sorted(findings, key=lambda one: order.index(one.severity)):
        seen[finding.code] = seen.get(finding.code, 0) + 1
        if seen[finding.code] == 1:
            told.append(finding if finding.severity is Severity.NOTE else explained(finding))
        elif seen[finding.code] <= MOST_OF_A_CODE:
            told.append(finding)
    for code, number in seen.items():
        if number > MOST_OF_A_CODE:
            more = counted(number - MOST_OF_A_CODE, "more finding")
            told.append(Finding(code, Severity.NOTE, f"{more} `{code}`; --json lists all."))
    return tuple(told)


def explained(finding: Finding) -> Finding:
    """Give the finding with why it matters: in its own words, or in those that hold for its code."""
    return finding if finding.why else replace(finding, why=why_of(finding.code))


def findings_document(
    findings: Sequence[Finding], *, pages: int | None, prospect: Prospect | None = None, trial: Trial = NO_TRIAL
) -> str:
    """Give all findings as JSON; `pages` is null where they could not be counted, and so is what is not known."""
    document = {
        "schema": FINDINGS_SCHEMA,
        "pages": pages,
        "findings": [asdict(explained(finding)) for finding in findings],
        "plan": None if prospect is None else asdict(prospect),
        "trial": _trial(trial),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _trial(trial: Trial) -> object:
    """Give what was read; null where nothing was."""
    record = trial.record
    if record is None:
        return None
    pace = trial.pages_a_minute
    return {
        "page": record.key,
        "lines": len(record.lines),
        "characters": characters_of(record),
        "confidence": record.confidence,
        "seconds": trial.seconds,
        "start_seconds": trial.start_seconds,
        "pages_per_minute": None if pace is None else round(pace, 2),
        "memory_bytes": trial.memory_bytes or None,
        "text": first_text(record),
        "notes": [asdict(note) for note in record.all_notes],
    }
