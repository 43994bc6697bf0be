"""What preflight found, as people and programs read it."""

from collections.abc import Sequence
from dataclasses import asdict

import orjson

from htrkit.domain.finding import Finding, Severity
from htrkit.ui.words import counted

FINDINGS_SCHEMA = 1
MOST_OF_A_CODE = 10
"""Findings of one code that are told one by one; a shelf of broken scans would scroll all others away."""


def told_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Give the findings to tell: the worst first, and of many with one code the first few and a count."""
    order = list(reversed(Severity))
    told: list[Finding] = []
    seen: dict[str, int] = {}
    for finding in sorted(findings, key=lambda one: order.index(one.severity)):
        seen[finding.code] = seen.get(finding.code, 0) + 1
        if seen[finding.code] <= MOST_OF_A_CODE:
            told.append(finding)
    for code, number in seen.items():
        if number > MOST_OF_A_CODE:
            more = counted(number - MOST_OF_A_CODE, "more finding")
            told.append(Finding(code, Severity.NOTE, f"{more} `{code}`; --json lists all."))
    return tuple(told)


def findings_document(findings: Sequence[Finding], *, pages: int | None) -> str:
    """Give all findings as JSON; `pages` is null where they could not be counted."""
    document = {"schema": FINDINGS_SCHEMA, "pages": pages, "findings": [asdict(finding) for finding in findings]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
