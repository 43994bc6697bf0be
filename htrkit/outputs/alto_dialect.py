"""ALTO's two versions, and the small things that all of its elements share."""

from dataclasses import dataclass

from lxml import etree

from htrkit.domain.geometry import Box, Points
from htrkit.domain.renderers import Target
from htrkit.outputs.schemas import Schema

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HOME = "http://www.loc.gov/standards/alto/v4"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version of ALTO; all of version 4 share a namespace."""

    version: str
    schema: Schema

    @property
    def is_new(self) -> bool:
        """Whether there are directions, a reading order and a page's language (since 4.3 and 4.4)."""
        return self.schema is Schema.ALTO_44


ALTO_42 = Dialect("4.2", Schema.ALTO_42)
ALTO_44 = Dialect("4.4", Schema.ALTO_44)

BLOCKS = frozenset({"TextBlock", "Illustration", "GraphicalElement", "ComposedBlock"})


def dialect_of(target: Target) -> Dialect:
    """Give the version that a target reads."""
    match target:
        case Target.ESCRIPTORIUM:
            return ALTO_42
        case Target.STANDARD | Target.TRANSKRIBUS:
            return ALTO_44


def tag(name: str) -> str:
    """Give an element's name with its namespace."""
    return f"{{{NAMESPACE}}}{name}"


def new_document(dialect: Dialect) -> etree._Element:
    """Give an empty root that names its schema."""
    nsmap: dict[str | None, str] = {None: NAMESPACE, "xsi": _XSI}
    root = etree.Element(tag("alto"), nsmap=nsmap)  # type: ignore[arg-type]  # None is lxml's default prefix
    name_schema(root, dialect)
    return root


def name_schema(root: etree._Element, dialect: Dialect) -> None:
    """Say where the document's schema is published, and its version."""
    file = f"alto-{dialect.version.replace('.', '-')}.xsd"
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {_HOME}/{file}")
    root.set("SCHEMAVERSION", dialect.version)


def points_text(points: Points) -> str:
    """Give points as eScriptorium and kraken write them: `x y x y`."""
    return " ".join(f"{x} {y}" for x, y in points)


def set_box(element: etree._Element, box: Box) -> None:
    """Give an element its place in whole pixels."""
    element.set("HPOS", str(box.left))
    element.set("VPOS", str(box.top))
    element.set("WIDTH", str(box.width))
    element.set("HEIGHT", str(box.height))
