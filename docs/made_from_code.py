"""Reference pages made from the code, so that they cannot say anything else than it does."""

import ast
import inspect
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import get_args

from htrkit.cli.setting_options import ROWS
from htrkit.config.meanings import MEANINGS
from htrkit.config.settings import Settings, text_changing
from htrkit.core.alarms import Alarm
from htrkit.core.driver_findings import DRIVER_FINDINGS
from htrkit.core.guarded import Guard
from htrkit.domain import device, events, exits, failure, page
from htrkit.domain.engine import MemoryModel
from htrkit.domain.finding_code import Code, page_code
from htrkit.engines.catalog import ENGINES
from htrkit.ui.device_document import DEVICES_SCHEMA
from htrkit.ui.finding_reasons import NOTES, why_of


def write_reference(folder: Path) -> None:
    """Write every made page; a page that is the same already keeps its time, so that Sphinx leaves it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "settings.md": settings_page(),
        "engines.md": engines_page(),
        "exit-codes.md": words_page("Exit codes", exits.ExitCode),
        "failures.md": words_page("Failure classes", failure.FailureClass),
        "guardrails.md": words_page("Guardrails", Guard),
        "findings.md": findings_page(),
        "alarms.md": words_page("Quality alarms", Alarm),
        "events.md": events_page(),
        "record.md": record_page(),
        "devices.md": devices_page(),
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
    head = ("engine", "reads", "least device", "batch", "beams", "memory", "minutes", "built", "licence", "mind")
    rows = [
        (
            f"[{row.name}]({row.source})",
            str(row.reads),
            str(row.least_device),
            f"{row.batch.least}–{row.batch.most} ({row.batch.default})",  # noqa: RUF001 - a range
            "" if row.beams_limit is None else str(row.beams_limit),
            _memory(row.memory[0]),
            "" if row.speed.one_card is None else f"{row.speed.one_card:g}",
            "yes" if row.code else "not yet",
            row.licence,
            " ".join(row.warnings),
        )
        for row in ENGINES
    ]
    words = "Memory is of the model and of each item of usual size in a batch; minutes are for 100 pages on one GPU."
    origins = "`htrkit engines NAME` says of each figure whether it was published, calculated or measured, and by whom."
    return f"# Engines\n\n{words} {origins}\n\n{_table(head, rows)}"


def _memory(memory: MemoryModel) -> str:
    return f"{memory.model_bytes / 1e9:.1f} GB + {memory.of_item() / 1e6:.0f} MB an item ({memory.precision})"


def words_page(title: str, kind: type) -> str:
    """Give the members of an enumeration with what their docstrings say."""
    meanings = _docstrings(kind)
    rows = [(f"`{member.value}`", member.name, meanings.get(member.name, "")) for member in kind]
    return f"# {title}\n\n{_table(('value', 'name', 'meaning'), rows)}"


def findings_page() -> str:
    """Give every code that a finding of `validate` and `run` may have, and why it matters."""
    pages = {page_code(name): meaning for name, meaning in _meanings(failure.FailureClass).items()}
    parts = {
        "The set-up": _meanings(Code),
        "Guardrails": _meanings(Guard),
        "Pages": pages,
        "The NVIDIA driver": {one.code: one.message for one in DRIVER_FINDINGS},
    }
    heads = ("code", "what it is about", "why it matters")
    tables = [
        f"## {title}\n\n{_table(heads, [(f'`{code}`', said, why_of(code)) for code, said in rows.items()])}"
        for title, rows in parts.items()
    ]
    notes = [(f"`{code}`", said) for code, said in NOTES.items()]
    words = f"## PAGE and ALTO files\n\n{why_of('')}\n\n{_table(('code', 'what was seen'), notes)}"
    return "# Codes of findings\n\n" + "\n".join([*tables, words])


def _meanings(kind: type[StrEnum]) -> dict[str, str]:
    said = _docstrings(kind)
    return {member.value: said.get(member.name, "") for member in kind}


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


def devices_page() -> str:
    """Give the document of `htrkit gpus --json`, part by part, and the words in it."""
    parts = [device.Machine, device.Device, device.Memory, device.Holder, device.Health]
    words = [device.DeviceState, device.DriverState, device.Recovery]
    fields_of = f"Schema version {DEVICES_SCHEMA} (`schema`); the document has the fields of *Machine*."
    batches = (
        "Each of its `devices` has `batches` besides: the batch size of each engine, 0 where it does not fit or cannot "
        "run there, null where it is not known; empty for a device that cannot be chosen."
    )
    head = f"# What `htrkit gpus --json` tells\n\n{fields_of} {batches} What the driver does not tell is null.\n\n"
    return head + "\n".join([*map(_value_section, parts), *map(_word_section, words)])


def _word_section(kind: type[StrEnum]) -> str:
    meanings = _docstrings(kind)
    rows = [(f"`{member.value}`", meanings.get(member.name, "")) for member in kind]
    return f"## {kind.__name__}\n\n{inspect.getdoc(kind) or ''}\n\n{_table(('value', 'meaning'), rows)}"


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
        else str(kind)
        .replace("htrkit.domain.page.", "")
        .replace("htrkit.domain.device.", "")
        .replace("htrkit.domain.", "")
    )


def _default(value: object) -> str:
    return ",".join(value) if isinstance(value, list) else "-" if value is None else str(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
