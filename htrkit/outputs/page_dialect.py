"""PAGE XML's two versions, and the order in which their schemas want children."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from htrkit.domain.geometry import Points
from htrkit.domain.page import RegionKind
from htrkit.domain.renderers import Target
from htrkit.files.xml import local_name
from htrkit.outputs.schemas import Schema, enumerated

_BASE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version of PAGE XML."""

    version: str
    schema: Schema

    @property
    def namespace(self) -> str:
        """The namespace of all elements."""
        return f"{_BASE}{self.version}"

    def tag(self, name: str) -> str:
        """Give an element's name with its namespace."""
        return f"{{{self.namespace}}}{name}"

    @property
    def is_new(self) -> bool:
        """Whether lines have a direction, pages a language, and everything a place for user-defined attributes."""
        return self.schema is Schema.PAGE_2019


PAGE_2013 = Dialect("2013-07-15", Schema.PAGE_2013)
PAGE_2019 = Dialect("2019-07-15", Schema.PAGE_2019)

REGIONS = frozenset(RegionKind)
_LEADS = ("AlternativeImage", "Coords", "Baseline", "Border", "PrintSpace", "ReadingOrder", "Layers", "Relations")
PAGE_ORDER = (*_LEADS, "TextStyle", "UserDefined", "Labels", "Region")
REGION_ORDER = (*_LEADS, "UserDefined", "Labels", "Roles", "Region", "Grid", "TextLine", "TextEquiv", "TextStyle")
LINE_ORDER = (*_LEADS, "Word", "TextEquiv", "TextStyle", "UserDefined", "Labels")
METADATA_ORDER = ("Creator", "Created", "LastChange", "Comments", "UserDefined", "MetadataItem")

_LABELS = {
    RegionKind.TEXT: "TextTypeSimpleType",
    RegionKind.GRAPHIC: "GraphicsTypeSimpleType",
    RegionKind.CHART: "ChartTypeSimpleType",
}


def dialect_of(target: Target) -> Dialect:
    """Give the version that a target reads."""
    match target:
        case Target.TRANSKRIBUS:
            return PAGE_2013
        case Target.STANDARD | Target.ESCRIPTORIUM:
            return PAGE_2019


def new_document(dialect: Dialect) -> etree._Element:
    """Give an empty root that names its schema."""
    nsmap: dict[str | None, str] = {None: dialect.namespace, "xsi": _XSI}
    root = etree.Element(dialect.tag("PcGts"), nsmap=nsmap)  # type: ignore[arg-type]  # None is lxml's default prefix
    name_schema(root, dialect)
    return root


def name_schema(root: etree._Element, dialect: Dialect) -> None:
    """Say where the document's schema is published."""
    root.set(f"{{{_XSI}}}schemaLocation", f"{dialect.namespace} {dialect.namespace}/pagecontent.xsd")


def is_type_of(label: str, kind: RegionKind, dialect: Dialect) -> bool:
    """Say whether the schema's own list of a region's types has the label."""
    if kind is RegionKind.CUSTOM:
        return dialect.is_new
    return kind in _LABELS and label in enumerated(dialect.schema, _LABELS[kind])


def points_text(points: Points) -> str:
    """Give points as PAGE writes them: `x,y x,y`."""
    return " ".join(f"{x},{y}" for x, y in points)


def arrange(element: etree._Element, order: Sequence[str]) -> None:
    """Put an element's children in the schema's order; equals keep theirs, a comment stays before what follows it."""
    ranks: list[int] = []
    for child in reversed(element):
        name = local_name(child)
        if name:
            ranks.append(_rank(name, order))
        else:
            ranks.append(ranks[-1] if ranks else len(order))
    ranks.reverse()
    if ranks != sorted(ranks):
        children = sorted(zip(ranks, range(len(ranks)), element, strict=True), key=lambda entry: entry[:2])
        element[:] = [child for *_, child in children]


def _rank(name: str, order: Sequence[str]) -> int:
    name = "Region" if name in REGIONS else name
    return order.index(name) if name in order else len(order)
