"""PAGE's `custom` attribute as Transkribus writes it: `readingOrder {index:0;} structure {type:heading;}`."""

import re

_ENTRY = re.compile(r"([^\s{}]+)\s*\{([^{}]*)\}")
_ESCAPED = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "{};"})
"""What would end an entry early; Transkribus escapes it in the same way."""


def with_reading_order(custom: str | None, index: int) -> str:
    """Give the attribute with the element's place, from 0, and everything else that it says."""
    others = [entry for entry in _entries(custom) if not entry.startswith("readingOrder ")]
    return " ".join([f"readingOrder {{index:{index};}}", *others])


def with_structure(custom: str | None, label: str) -> str:
    """Give the attribute with a type that PAGE has no word for, unless it tells of one already."""
    entries = _entries(custom)
    if any(entry.startswith("structure ") for entry in entries):
        return custom or ""
    return " ".join([*entries, f"structure {{type:{label.translate(_ESCAPED)};}}"])


def _entries(custom: str | None) -> list[str]:
    """Give the attribute's entries; text outside of entries, which nobody reads, stands as it is at the end."""
    if not custom:
        return []
    rest = " ".join(_ENTRY.sub(" ", custom).split())
    return [f"{name} {{{body}}}" for name, body in _ENTRY.findall(custom)] + ([rest] if rest else [])
