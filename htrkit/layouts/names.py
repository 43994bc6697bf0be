"""Ids of a document made unique and legal, so that records and outputs can refer to them; references follow."""

from lxml import etree

from htrkit.core.xml_ids import Ids
from htrkit.files.xml import local_name

IDS = ("id", "ID", "pcGtsId")
REFERENCES = ("regionRef", "REF", "IDNEXT", "TAGREFS", "STYLEREFS", "PROCESSINGREFS", "PROCESSING")


def make_ids_unique(root: etree._Element, *, lines: str, regions: frozenset[str]) -> None:
    """Give every element with an id one of its own, and every line and region that has none a new one."""
    attribute = "ID" if local_name(root) == "alto" else "id"
    nameless = [
        element
        for element in root.iter("*")
        if local_name(element) in {lines, *regions} and not element.get(attribute, "").strip()
    ]
    ids = Ids()
    renamed: dict[str, str] = {}
    for element in root.iter("*"):
        for name in IDS:
            if (old := element.get(name)) is not None and element not in nameless:
                new = ids.take(old)
                renamed.setdefault(old, new)
                element.set(name, new)
    for number, element in enumerate(nameless, 1):
        letter = "l" if local_name(element) == lines else "r"
        element.set(attribute, ids.take(f"{letter}{number}"))
    if any(old != new for old, new in renamed.items()):
        _follow(root, renamed)


def _follow(root: etree._Element, renamed: dict[str, str]) -> None:
    for element in root.iter("*"):
        for name in REFERENCES:
            if (old := element.get(name)) is not None:
                # An id with a space in it, which no list can hold, is looked for whole first.
                new = renamed.get(old) or " ".join(renamed.get(part, part) for part in old.split())
                element.set(name, new)
