"""The text that an ALTO line already holds: its strings, with the spaces and hyphens between them."""

from lxml import etree

from htrkit.files.xml import local_name


def text_of(line: etree._Element) -> str | None:
    """Join a line's strings; where a document writes no spaces, each string is a word. None without any string."""
    strings = [child.get("CONTENT", "") for child in line if local_name(child) == "String"]
    if not strings:
        return None
    gap = "" if _has_spaces(line, strings) else " "
    parts: list[str] = []
    for child in line:
        match local_name(child):
            case "String":
                parts += [gap if parts else "", child.get("CONTENT", "")]
            case "SP":
                parts.append(" ")
            case "HYP":
                parts.append(child.get("CONTENT", "-"))
            case _:
                continue
    return "".join(parts)


def _has_spaces(line: etree._Element, strings: list[str]) -> bool:
    """Say whether spaces are written: as elements, or in the strings as our own outputs write tabs and the like."""
    return any(local_name(child) == "SP" for child in line) or any(text != text.strip() for text in strings)
