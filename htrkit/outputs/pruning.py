"""Makes a document valid by taking out what its schema refuses, piece by piece, and never a line or its text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from htrkit.outputs.schemas import Schema, loaded

_ROUNDS = 60
"""libxml2 tells of one unexpected child of an element at a time."""
_ATTRIBUTE = re.compile(r"Element '[^']*', attribute '([^']+)'")


@dataclass(frozen=True, slots=True)
class Removed:
    """An attribute or an element that the schema refused."""

    owner: etree._Element
    """The element that it stood in."""
    name: str
    """Without its namespace."""
    content: str
    """An attribute's value, an element as XML."""


def make_valid(
    root: etree._Element, schema: Schema, *, precious: frozenset[str], keep: Callable[[Removed], None]
) -> bool:
    """Take out what the schema refuses and hand each piece to `keep`; say whether the document is valid then.

    `precious` are the local names of elements that are never taken out, alone or inside another: where the schema
    wants them gone, the answer is no.
    """
    checker = loaded(schema)
    for _ in range(_ROUNDS):
        if checker.validate(root):
            return True
        refused = _refused(root, checker.error_log)
        if not refused:
            return False
        for element, attribute in refused:
            removed = _remove_attribute(element, attribute) if attribute else _remove_element(element, precious)
            if removed is None:
                return False
            keep(removed)
    return False


def _refused(root: etree._Element, errors: etree._ListErrorLog) -> list[tuple[etree._Element, str]]:
    """Give each refused piece once: an element, and the name of its attribute or nothing."""
    prefixes = {prefix: uri for element in root.iter("*") for prefix, uri in element.nsmap.items() if prefix}
    found: dict[tuple[etree._Element, str], None] = {}
    for error in errors:
        places = root.xpath(error.path, namespaces=prefixes) if error.path else []
        if isinstance(places, list) and places and isinstance(places[0], etree._Element):  # noqa: SLF001 - lxml's only name for it
            named = _ATTRIBUTE.match(error.message)
            attribute = named.group(1) if named and named.group(1) in places[0].attrib else ""
            found[places[0], attribute] = None
    elements = {element for element, attribute in found if not attribute}
    return [(element, name) for element, name in found if not name or element not in elements]


def _remove_attribute(element: etree._Element, name: str) -> Removed:
    return Removed(element, etree.QName(name).localname, str(element.attrib.pop(name)))


def _remove_element(element: etree._Element, precious: frozenset[str]) -> Removed | None:
    owner = element.getparent()
    if owner is None or any(etree.QName(inner).localname in precious for inner in element.iter("*")):
        return None
    content = etree.tostring(element, encoding="unicode", with_tail=False)
    owner.remove(element)
    return Removed(owner, etree.QName(element).localname, content)
