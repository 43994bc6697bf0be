"""What PAGE and ALTO readers share: the first sheet, elements by their names, words that are handed down."""

import re
from collections.abc import Container, Iterator

from lxml import etree

from htrkit.domain.page import Note
from htrkit.files.xml import local_name, namespace

_PAGE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ALTO_VERSION = re.compile(r"(?:ns-v|alto-)(\d+(?:-\d+)*)")
_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def first_sheet(root: etree._Element) -> tuple[etree._Element, tuple[Note, ...]]:
    """Give the element of the document's page, or the root where there is none; further pages are told in a note."""
    sheets = [element for element in root.iter("*") if local_name(element) == "Page"]
    if len(sheets) < 2:
        return (sheets[0] if sheets else root), ()
    message = f"The document holds {len(sheets)} pages; the first is taken."
    return sheets[0], (Note("several-pages", message, flag=True),)


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Give the children of a name, in any namespace."""
    return (child for child in element if local_name(child) == name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Give the first child of a name, in any namespace."""
    return next(children(element, name), None)


def id_above(element: etree._Element, names: Container[str], attribute: str) -> str | None:
    """Give the id of the nearest element around that has one of the names."""
    return next((above.get(attribute) for above in element.iterancestors() if local_name(above) in names), None)


def nearest(element: etree._Element, attribute: str) -> str | None:
    """Give what an element, or the nearest one around it, says in an attribute."""
    said = (one.get(attribute) for one in (element, *element.iterancestors()))
    return next((words for words in said if words), None)


def page_version(root: etree._Element) -> str | None:
    """Give PAGE's version, a date, as far as the root element tells it."""
    date = _PAGE_DATE.search(f"{namespace(root)} {root.get(_LOCATION, '')}")
    return date.group() if date else None


def alto_version(root: etree._Element) -> str | None:
    """Give ALTO's version, as exactly as the root element tells it."""
    found = _ALTO_VERSION.findall(f"{namespace(root)} {root.get(_LOCATION, '')}")
    versions = [version.replace("-", ".") for version in found]
    return root.get("SCHEMAVERSION") or max(versions, key=len, default=None)
