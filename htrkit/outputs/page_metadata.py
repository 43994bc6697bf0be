"""PAGE's metadata: who read the page, with what, and when."""

import re
from datetime import UTC, datetime

from lxml import etree

from htrkit.domain.page import PageRecord, Reading
from htrkit.outputs.page_dialect import METADATA_ORDER, Dialect, arrange
from htrkit.outputs.text import xml_text

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_NEVER = "1970-01-01T00:00:00Z"
"""For a record that does not say when its run began."""


def write_metadata(root: etree._Element, record: PageRecord, dialect: Dialect) -> None:
    """Say who read the page; a given creator, date of creation and comment stay."""
    metadata = root.find(dialect.tag("Metadata"))
    if metadata is None:
        metadata = etree.Element(dialect.tag("Metadata"))
        root.insert(0, metadata)
    when = date_time(record.reading.run_started)
    program = f"htrkit {record.reading.htrkit_version}".strip()
    _set(metadata, dialect, "Creator", _text(metadata, dialect, "Creator") or program)
    created = _text(metadata, dialect, "Created")
    _set(metadata, dialect, "Created", created if _is_date_time(created) else when)
    _set(metadata, dialect, "LastChange", when)
    if dialect.is_new:
        _add_step(metadata, record.reading, dialect, when)
    else:
        _add_comment(metadata, record.reading, dialect)
    arrange(metadata, METADATA_ORDER)


def date_time(moment: str) -> str:
    """Give a time in UTC as XML Schema wants it."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return _NEVER


def reading_facts(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Give engine, model, its hash and htrkit's version by name, each as XML may hold it."""
    model = reading.model
    facts = (
        ("engine", f"{reading.engine} {reading.engine_version}".strip()),
        ("model", model.name if model else ""),
        ("sha256", model.sha256 if model else ""),
        ("htrkit", reading.htrkit_version),
    )
    return tuple((name, xml_text(value)) for name, value in facts if value)


def _add_step(metadata: etree._Element, reading: Reading, dialect: Dialect, when: str) -> None:
    step = etree.SubElement(
        metadata,
        dialect.tag("MetadataItem"),
        {"type": "processingStep", "name": "recognition", "value": xml_text(reading.engine), "date": when},
    )
    labels = etree.SubElement(step, dialect.tag("Labels"))
    for name, value in reading_facts(reading):
        etree.SubElement(labels, dialect.tag("Label"), {"type": name, "value": value})


def _add_comment(metadata: etree._Element, reading: Reading, dialect: Dialect) -> None:
    """Say in words what the version of 2013 has no element for, once."""
    said = _text(metadata, dialect, "Comments")
    comment = "recognition: " + ", ".join(f"{name} {value}" for name, value in reading_facts(reading))
    if comment not in said:
        _set(metadata, dialect, "Comments", f"{said}\n{comment}" if said else comment)


def _text(metadata: etree._Element, dialect: Dialect, name: str) -> str:
    return metadata.findtext(dialect.tag(name)) or ""


def _set(metadata: etree._Element, dialect: Dialect, name: str, text: str) -> None:
    found = metadata.find(dialect.tag(name))
    if found is None:
        found = etree.SubElement(metadata, dialect.tag(name))
    found.text = text if text.isprintable() else "\n".join(xml_text(line) for line in text.splitlines())


def _is_date_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _DATE_TIME.fullmatch(text) is not None
