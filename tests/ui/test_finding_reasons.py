"""Every code that a finding may have is known to the documentation, with why it matters."""

import ast
import importlib.util
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from htrkit.core.guarded import Guard
from htrkit.domain.failure import FailureClass
from htrkit.domain.finding_code import Code, page_code
from htrkit.ui.finding_reasons import NOTES, REASONS, why_of

ROOT = Path(__file__).parents[2]
ENUMS: dict[str, type[StrEnum]] = {"Guard": Guard, "Code": Code}
OF_READING = {
    "line-outline-made",
    *("short-lines-dropped", "specks-dropped", "rings-dropped", "tangles-dropped", "lines-dropped"),
}
"""Notes that only a page that was read can have: they are in its record, and no findings."""


def calls(name: str, files: str = "**/*.py") -> Iterator[tuple[str, ast.expr]]:
    """Give the first argument of every call of a name in the code, with its file."""
    for path in sorted((ROOT / "htrkit").glob(files)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _called(node.func) == name:
                yield path.name, node.args[0]


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def codes_of(name: str, files: str = "**/*.py") -> set[str]:
    found = set()
    for _, first in calls(name, files):
        match first:
            case ast.Constant(value=str(code)):
                found.add(code)
            case ast.Attribute(value=ast.Name(id=enum), attr=member) if enum in ENUMS:
                found.add(ENUMS[enum][member].value)
            case _:
                pass
    return found


@pytest.fixture(scope="module")
def page() -> str:
    """The page of the documentation, as it is made."""
    spec = importlib.util.spec_from_file_location("made_from_code", ROOT / "docs" / "made_from_code.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.findings_page())


def test_every_code_in_the_code_is_documented(page: str) -> None:
    codes = codes_of("Finding") | codes_of("made") | {page_code(one) for one in FailureClass}
    assert len(codes) > 40
    assert {code for code in codes if f"`{code}`" not in page} == set()
    assert codes <= set(REASONS)


def test_every_note_about_a_pages_xml_is_documented(page: str) -> None:
    notes = (codes_of("Note", "layouts/*.py") | codes_of("Note", "run/page_check.py")) - OF_READING
    assert len(notes) > 4
    assert notes <= set(NOTES)
    assert {code for code in NOTES if f"`{code}`" not in page} == set()


def test_no_finding_has_a_code_of_its_own_that_the_documentation_cannot_know() -> None:
    """One that is put together when it is found must be one of a class of failures, or a note's."""
    made = {(file, ast.unparse(first)) for file, first in calls("Finding") if not _is_known(first)}
    assert made == {
        ("checks.py", "code"),
        ("findings.py", "code"),
        ("page_findings.py", "finding.code"),
        ("page_findings.py", "note.code"),
        ("page_findings.py", "page_code(trouble.failure)"),
    }


def _is_known(first: ast.expr) -> bool:
    match first:
        case ast.Constant() | ast.Attribute(value=ast.Name(id="Guard" | "Code")):
            return True
        case _:
            return False


def test_why_is_a_sentence_for_every_code_and_for_what_has_none() -> None:
    assert all(why.endswith(".") and why[0].isupper() for why in [*REASONS.values(), why_of("anything")])
