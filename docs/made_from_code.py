"""Reference pages made from the code, so that they cannot say anything else than it does."""

import ast
import inspect
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import get_args

from htrkit.cli.setting_options import ROWS
from htrkit.config.meanings import MEANINGS
from htrkit.config.settings import Settings, text_changing
from htrkit.domain import events, exits, failure, page
from htrkit.engines.catalog import ENGINES


def write_reference(folder: Path) -> None:
    """Write every made page; a page that is the same already keeps its time, so that Sphinx leaves it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "settings.md": settings_page(),
        "engines.md": engines_page(),
        "exit-codes.md": words_page("Exit codes", exits.ExitCode),
        "failures.md": words_page("Failure classes", failure.FailureClass),
        "events.md": events_page(),
        "record.md": record_page(),
    }
    for name, text in pages.items():
        place = folder / name
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")


def settings_page() -> str:
    """Give every setting: name, option, values, default, meaning."""
    flags = {row.setting: ", ".join(f"`{flag}`" for flag in row.flags) for row in ROWS}
    schema = Settings.model_json_schema()["properties"]
    rows = [
        (
            f"`{name}`",
            flags.get(name, ""),
            f"`{_default(schema[name].get('default'))}`",
            "yes" if name in text_changing() else "",
            MEANINGS[name],
        )
        for name in MEANINGS
    ]
    head = ("setting", "option", "default", "changes the text", "meaning")
    return f"# Settings\n\n{_table(head, rows)}"


def engines_page() -> str:
    """Give the engine table."""
    head = ("engine", "reads", "least device", "batch", "built", "licence", "mind")
    rows = [
        (
            f"[{row.name}]({row.source})",
            str(row.reads),
            str(row.least_device),
            f"{row.batch.least}–{row.batch.most}",  # noqa: RUF001 - a range
            "yes" if row.code else "not yet",
            row.licence,
            " ".join(row.warnings),
        )
        for row in ENGINES
    ]
    return f"# Engines\n\n{_table(head, rows)}"


def words_page(title: str, kind: type) -> str:
    """Give the members of an enumeration with what their docstrings say."""
    meanings = _docstrings(kind)
    rows = [(f"`{member.value}`", member.name, meanings.get(member.name, "")) for member in kind]
    return f"# {title}\n\n{_table(('value', 'name', 'meaning'), rows)}"


def events_page() -> str:
    """Give the events of the journal and of `--progress json`."""
    union = events.Event
    assert isinstance(union, UnionType)
    return "# Events\n\n" + "\n".join(_value_section(kind) for kind in get_args(union))


def record_page() -> str:
    """Give the page record, part by part."""
    parts = [kind for kind in vars(page).values() if is_dataclass(kind) and kind.__module__ == page.__name__]
    head = (
        f"# The page record\n\nSchema version {page.RECORD_SCHEMA}: `json/<page>.json`, one JSON document a page.\n\n"
    )
    return head + "\n".join(_value_section(kind) for kind in reversed(parts))


def _value_section(kind: type) -> str:
    meanings = _docstrings(kind)
    rows = [(f"`{one.name}`", f"`{_type(one.type)}`", meanings.get(one.name, "")) for one in fields(kind)]
    doc = inspect.getdoc(kind) or ""
    return f"## {kind.__name__}\n\n{doc}\n\n{_table(('field', 'type', 'meaning'), rows)}"


def _docstrings(kind: type) -> dict[str, str]:
    """Give what stands under each field of a class."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        target = before.target if isinstance(before, ast.AnnAssign) else None
        target = before.targets[0] if isinstance(before, ast.Assign) else target
        if isinstance(target, ast.Name) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[target.id] = " ".join(str(after.value.value).split())
    return found


def _type(kind: object) -> str:
    return (
        kind.__name__
        if isinstance(kind, type)
        else str(kind).replace("htrkit.domain.page.", "").replace("htrkit.domain.", "")
    )


def _default(value: object) -> str:
    return ",".join(value) if isinstance(value, list) else "-" if value is None else str(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
