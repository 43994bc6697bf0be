"""Reads outputs as other programs do, and says what is wrong with them beyond what a schema sees."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from htrkit.domain.geometry import Points, Size
from htrkit.domain.names import LineId, RegionId
from htrkit.domain.page import LayoutKind, LayoutOrigin, Line, PageRecord, Region, RegionKind
from htrkit.domain.renderers import Renderer, RenderOptions
from htrkit.outputs.schemas import Schema, loaded
from tests.fakes.pages import page, scaled

_REFERENCES = ("regionRef", "TAGREFS", "STYLEREFS", "PROCESSINGREFS", "IDNEXT", "PROCESSING", "REF")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as written: its id, its text, the texts of its words."""

    id: str
    text: str
    words: tuple[str, ...]


def parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def schema_faults(root: etree._Element, schema: Schema) -> list[str]:
    checker = loaded(schema)
    checker.validate(root)
    return [f"{error.path}: {error.message}" for error in checker.error_log]


def id_faults(root: etree._Element) -> list[str]:
    """Say which ids are used twice, and which references lead nowhere."""
    ids = [element.get(name, "") for element in root.iter("*") for name in ("id", "ID") if name in element.attrib]
    faults = [f"{name} is used twice" for name in {name for name in ids if ids.count(name) > 1}]
    for element in root.iter("*"):
        named = [name for attribute in _REFERENCES for name in element.get(attribute, "").split()]
        faults += [f"{name} is not there" for name in named if name not in ids]
    return faults


def point_faults(root: etree._Element, size: Size) -> list[str]:
    """Say which points lie outside the page."""
    faults = []
    for element in root.iter("*"):
        for attribute in ("points", "POINTS", "BASELINE"):
            numbers = [int(float(number)) for number in re.split(r"[ ,]", element.get(attribute, "")) if number]
            faults += [f"{x},{y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True) if not _on(x, y, size)]
        if "HPOS" in element.attrib:
            left, top = int(element.get("HPOS", "")), int(element.get("VPOS", ""))
            right, bottom = left + int(element.get("WIDTH", "")), top + int(element.get("HEIGHT", ""))
            if not (0 <= left <= right <= size.width and 0 <= top <= bottom <= size.height):
                faults.append(f"box {left} {top} {right} {bottom}")
    return faults


def page_lines(root: etree._Element) -> list[ReadLine]:
    found = []
    for element in root.iter("{*}TextLine"):
        words = tuple(word.findtext("{*}TextEquiv/{*}Unicode", "") for word in element.iterfind("{*}Word"))
        found.append(ReadLine(element.get("id", ""), element.findtext("{*}TextEquiv/{*}Unicode", ""), words))
    return found


def alto_lines(root: etree._Element) -> list[ReadLine]:
    """Join strings and spaces as kraken does."""
    found = []
    for element in root.iter("{*}TextLine"):
        parts = [" " if part.tag.endswith("}SP") else part.get("CONTENT", "") for part in element if _is_text(part)]
        words = tuple(part.strip() for part in parts if part != " ")
        found.append(ReadLine(element.get("ID", ""), "".join(parts), words))
    return found


def kraken_lines(path: Path) -> list[tuple[str, str]]:
    """Give ids and texts as kraken reads them, in its order; an empty string of ALTO is a space to it."""
    from kraken.lib.xml import XMLPage  # noqa: PLC0415 - ten seconds that only slow tests pay

    read = XMLPage(path)
    orders = [
        name for name, order in read.reading_orders.items() if order["level"] == "line" and "implicit" not in name
    ]
    explicit = [name for name in orders if len(read.reading_orders[name]["order"]) == len(read.lines)]
    lines = read.get_sorted_lines(explicit[0] if explicit else "line_implicit")
    return [(line.id, line.text if line.text != " " else "") for line in lines]


def _is_text(element: etree._Element) -> bool:
    return etree.QName(element).localname in {"String", "SP"}


def _on(x: int, y: int, size: Size) -> bool:
    return 0 <= x < size.width and 0 <= y < size.height


def record_of(document: str, *, image: str = "0311.jpg", text: str = "{} neu") -> PageRecord:
    """Give a record as the sidecar's reader would for a document in pixels, with a text for every line."""
    root = parsed(document.encode())
    is_page = root.tag.endswith("PcGts")
    sheet = root.find(".//{*}Page")
    assert sheet is not None
    names = ("imageWidth", "imageHeight") if is_page else ("WIDTH", "HEIGHT")
    size = Size(*(int(sheet.get(name, "0")) for name in names))
    kinds = [*RegionKind] if is_page else ["TextBlock"]
    regions = tuple(_region_of(element) for kind in kinds for element in sheet.iter(f"{{*}}{kind}"))
    lines = [_line_of(element) for element in sheet.iter("{*}TextLine")]
    read = tuple(replace(line, text=text.format(line.given_text).strip(), confidence=0.75) for line in lines)
    origin = LayoutOrigin(LayoutKind.PAGE_XML if is_page else LayoutKind.ALTO, "0311.xml")
    return page(*read, regions=regions, origin=origin.kind, source_xml=document, image=image, size=size)


def _region_of(element: etree._Element) -> Region:
    kind = etree.QName(element).localname
    name = element.get("id") or element.get("ID", "")
    return Region(RegionId(name), _points_of(element), RegionKind(kind) if kind in [*RegionKind] else RegionKind.TEXT)


def _line_of(element: etree._Element) -> Line:
    owner = element.getparent()
    assert owner is not None
    baseline = element.find("{*}Baseline")
    given = element.findtext("{*}TextEquiv/{*}Unicode") if "id" in element.attrib else None
    if given is None:
        given = "".join(part.get("CONTENT", " ") for part in element if _is_text(part))
    return Line(
        id=LineId(element.get("id") or element.get("ID", "")),
        boundary=_points_of(element),
        baseline=_points(baseline.get("points", "") if baseline is not None else element.get("BASELINE", "")),
        region=RegionId(owner.get("id") or owner.get("ID", "")),
        given_text=given,
    )


def _points_of(element: etree._Element) -> Points:
    coords = element.find("{*}Coords")
    polygon = element.find("{*}Shape/{*}Polygon")
    written = coords.get("points", "") if coords is not None else ""
    return _points(polygon.get("POINTS", "") if polygon is not None else written)


def _points(text: str) -> Points:
    numbers = [int(float(number)) for number in re.split(r"[ ,]+", text) if number]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def sound(
    renderer: Renderer, document: str, options: RenderOptions, *, schema: Schema, times: int = 1
) -> etree._Element:
    """Give what becomes of a document whose lines were read, at so many times its size; nothing is wrong with it."""
    record = scaled(record_of(document), times)
    root = parsed(renderer.render(record, options))
    assert schema_faults(root, schema) == []
    assert id_faults(root) == []
    assert point_faults(root, record.image.size) == []
    return root


def squeezed(root: etree._Element, path: str) -> list[str]:
    """Give the elements as they are written, but for namespaces and line ends."""
    return [
        re.sub(r"\s+xmlns(:\w+)?=\"[^\"]*\"|\n\s*", "", etree.tostring(found, encoding="unicode", with_tail=False))
        for found in root.findall(path)
    ]
