"""Parses a sidecar and makes it fit to refer to: known namespaces, unique ids."""

import re
from dataclasses import dataclass
from hashlib import sha256

from lxml import etree

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.files.xml import XmlRefused, local_name, namespace, parse_xml
from htrkit.layouts.alto_drawing import BLOCKS, alto_drawing
from htrkit.layouts.drawing import Drawing
from htrkit.layouts.names import make_ids_unique
from htrkit.layouts.page_drawing import KINDS, page_drawing

_KNOWN_NAMESPACE = re.compile(
    r"https?://schema\.primaresearch\.org/PAGE/gts/pagecontent/.*"
    r"|https?://www\.loc\.gov/standards/alto/ns-v[0-9]+#|https?://schema\.ccs-gmbh\.com/ALTO"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is read, and its text as it is kept."""

    name: str
    sha256: str
    drawing: Drawing
    text: str


def read_document(content: bytes, *, name: str) -> Document:
    """Read PAGE or ALTO of any version; raises PageProblem, class sidecar."""
    try:
        root = parse_xml(content)
    except XmlRefused as error:
        raise _refused(name, str(error)) from error
    _drop_unknown_namespace(root)
    drawing = _drawing(root, name)
    text = etree.tostring(root.getroottree(), encoding="unicode")
    return Document(name, sha256(content).hexdigest(), drawing, text)


def _drawing(root: etree._Element, name: str) -> Drawing:
    match local_name(root).lower():
        case "pcgts":
            make_ids_unique(root, attribute="id", regions=KINDS)
            return page_drawing(root)
        case "alto":
            make_ids_unique(root, attribute="ID", regions=BLOCKS)
            return alto_drawing(root)
        case _:
            raise _refused(name, f"it is neither PAGE nor ALTO, its root is `{local_name(root)}`")


def _drop_unknown_namespace(root: etree._Element) -> None:
    """Take away a namespace that is neither PAGE's nor ALTO's own: outputs know what to do with documents without."""
    home = namespace(root)
    if not home or _KNOWN_NAMESPACE.fullmatch(home):
        return
    for element in root.iter("*"):
        if namespace(element) == home:
            element.tag = local_name(element)
    etree.cleanup_namespaces(root)


def _refused(name: str, cause: str) -> PageProblem:
    return PageProblem(
        f"{name}: {cause}.",
        mend="Mend the file, leave it out, or let Kraken find the lines with `-s kraken`.",
        failure=FailureClass.SIDECAR,
        step=Step.LAYOUT,
    )
