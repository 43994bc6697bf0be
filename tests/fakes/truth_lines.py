"""The lines that people transcribed on the real pages of the development data."""

import xml.etree.ElementTree as ET  # our own data
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("demo", "bench")


def pages_of(data: Path) -> tuple[tuple[str, ...], ...]:
    """Give each page's lines, from ALTO and PAGE."""
    sheets = sorted(sheet for folder in FOLDERS for sheet in (data / folder).glob("*/*.xml"))
    return tuple(tuple(_lines(ET.parse(sheet).getroot())) for sheet in sheets)  # noqa: S314 - our own data


def _lines(root: ET.Element) -> Iterator[str]:
    for line in root.iter():
        if _name(line) == "TextLine":
            words = [part.get("CONTENT", "") for part in line.iter() if _name(part) == "String"]
            texts = [part.text or "" for part in line.iter() if _name(part) == "Unicode"]
            yield " ".join(words) or (texts[-1] if texts else "")


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
