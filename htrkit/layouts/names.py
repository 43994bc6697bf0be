"""Ids of a document made unique and legal, so that records and outputs can refer to them; references follow."""

from collections.abc import Container

from lxml import etree

from htrkit.core.xml_ids import Ids
from htrkit.files.xml import local_name

IDS = ("id", "ID", "pcGtsId")
REFERENCES = ("regionRef", "REF", "IDNEXT", "TAGREFS", "STYLEREFS", "PROCESSINGREFS", "PROCESSING")
LINE = "TextLine"


def make_ids_unique(root: etree._Element, *, attribute: str, regions: Container[str]) -> None:
    """Give every element that has an id one of its own, and every line and region without one the next free `l1`, `r1`.

    `attribute` is the id's: `id` in PAGE, `ID` in ALTO; `regions` are the local names of their elements.
    """
    ids = Ids()
    renamed: dict[str, str] = {}
    nameless: list[etree._Element] = []
    for element in root.iter("*"):
        if (local_name(element) == LINE or local_name(element) in regions) and not element.get(attribute, "").strip():
            nameless.append(element)
            continue
        for name in IDS:
            if (old := element.get(name)) is not None:
                renamed.setdefault(old, new := ids.take(old))
                element.set(name, new)
    _name(nameless, attribute, ids)
    if any(old != new for old, new in renamed.items()):
        _follow(root, renamed)


def _name(nameless: list[etree._Element], attribute: str, ids: Ids) -> None:
    numbers = {"l": 0, "r": 0}
    for element in nameless:
        letter = "l" if local_name(element) == LINE else "r"
        numbers[letter] += 1
        while (name := f"{letter}{numbers[letter]}") in ids.taken:
            numbers[letter] += 1
        element.set(attribute, ids.take(name))


def _follow(root: etree._Element, renamed: dict[str, str]) -> None:
    for element in root.iter("*"):
        for name in REFERENCES:
            if (old := element.get(name)) is not None:
                # An id with a space in it, which no list can hold, is looked for whole first.
                new = renamed.get(old) or " ".join(renamed.get(part, part) for part in old.split())
                element.set(name, new)
