"""A light look at an XML file, to pair it with its image: read only as far as its kind, its image and a first line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from lxml import etree

from htrkit.domain.found import XmlFacts, XmlKind
from htrkit.files.no_picture import NoPicture
from htrkit.files.regular import opened_regular
from htrkit.files.xml import local_name, namespace

_CHUNK_BYTES = 4096
"""Most PAGE and ALTO files have their first line in the first."""
_ROOTS = {"pcgts": XmlKind.PAGE, "alto": XmlKind.ALTO, "mets": XmlKind.METS}
_PAGE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ALTO_VERSION = re.compile(r"(?:ns-v|alto-)(\d+(?:-\d+)*)")
_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def probe(path: str) -> XmlFacts:
    """Tell what the file is; one that cannot be opened or parsed is told by `problem`, and nothing is raised.

    Nothing is fetched or expanded, and a DOCTYPE is a problem. What follows the first line is not read.
    """
    look = _Look()
    try:
        with opened_regular(path) as file:
            look.read(file)
    except NoPicture as trouble:
        look.problem = trouble.cause
    except (etree.XMLSyntaxError, ValueError) as error:
        look.problem = f"not well-formed XML ({error})"
    return XmlFacts(look.kind, look.version, look.image, has_lines=look.has_lines, problem=look.problem)


@dataclass(slots=True)
class _Look:
    """What was seen so far."""

    kind: XmlKind = XmlKind.UNKNOWN
    version: str | None = None
    image: str | None = None
    has_lines: bool = False
    problem: str | None = None

    def read(self, file: BufferedReader) -> None:
        """Read until all is known; raises what lxml and the disk raise."""
        for event, element in _events(file):
            if self.kind is XmlKind.UNKNOWN:
                self._see_root(element)
            elif event == "start":
                self._see_start(element)
            else:
                self._see_end(element)
            if self.has_lines or self.kind in {XmlKind.METS, XmlKind.OTHER}:
                return

    def _see_root(self, root: etree._Element) -> None:
        self.kind = _ROOTS.get(local_name(root).lower(), XmlKind.OTHER)
        self.version = _version(self.kind, root)
        if root.getroottree().docinfo.internalDTD is not None:
            self.problem = "it carries a DOCTYPE, which PAGE and ALTO never have"

    def _see_start(self, element: etree._Element) -> None:
        match local_name(element):
            case "Page" if self.kind is XmlKind.PAGE:
                self.image = _name(element.get("imageFilename"))
            case "TextLine":
                self.has_lines = True

    def _see_end(self, element: etree._Element) -> None:
        if self.kind is XmlKind.ALTO and local_name(element) == "fileName":
            above = element.getparent()
            if above is not None and local_name(above) == "sourceImageInformation":
                self.image = self.image or _name(element.text)


def _events(file: BufferedReader) -> Iterator[tuple[str, etree._Element]]:
    """Give the elements' starts and ends, as chunks of the file come in."""
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        try:
            parser.feed(chunk)
        finally:  # what was read before an error counts
            for event, element in parser.read_events():
                if isinstance(element, etree._Element):  # noqa: SLF001 - lxml's elements have no public type
                    yield event, element
    parser.close()


def _version(kind: XmlKind, root: etree._Element) -> str | None:
    """Give the schema's version, as far as the root element tells it."""
    told = f"{namespace(root)} {root.get(_LOCATION, '')}"
    match kind:
        case XmlKind.PAGE:
            date = _PAGE_DATE.search(told)
            return date.group() if date else None
        case XmlKind.ALTO:
            versions = [version.replace("-", ".") for version in _ALTO_VERSION.findall(told)]
            return root.get("SCHEMAVERSION") or max(versions, key=len, default=None)
        case XmlKind.METS | XmlKind.OTHER | XmlKind.UNKNOWN:
            return None


def _name(text: str | None) -> str | None:
    """Give a name without the white space around it; None for an empty one."""
    return (text or "").strip() or None
