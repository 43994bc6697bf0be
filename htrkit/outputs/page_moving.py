"""Moves a given PAGE document into the version and the pixels that are written."""

import re

from lxml import etree

from htrkit.core.points import Scale, fitted_points, scale_between
from htrkit.domain.geometry import Size
from htrkit.files.xml import XmlRefused, local_name, parse_xml
from htrkit.outputs.custom import with_structure
from htrkit.outputs.page_dialect import Dialect, points_text

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NAMESPACE = re.compile(r"""(["'])https?://schema\.primaresearch\.org/PAGE/gts/pagecontent/[^"'\s]*\1""")
_NO_NAMESPACE = re.compile(r"<PcGts(?=[\s>])")
_GOOD_POINTS = re.compile(r"([0-9]+,[0-9]+ )+([0-9]+,[0-9]+)")
_SCRIPTS = {
    "Arabic": "Arab - Arabic",
    "Bengali": "Beng - Bengali",
    "Chinese-simplified": "Hans - Han (Simplified variant)",
    "Chinese-traditional": "Hant - Han (Traditional variant)",
    "Cyrillic": "Cyrl - Cyrillic",
    "Devangari": "Deva - Devanagari (Nagari)",
    "Ethiopic": "Ethi - Ethiopic",
    "Greek": "Grek - Greek",
    "Gujarati": "Gujr - Gujarati",
    "Gurmukhi": "Guru - Gurmukhi",
    "Hebrew": "Hebr - Hebrew",
    "Latin": "Latn - Latin",
    "Thai": "Thai - Thai",
}
"""What 2013 and 2019 call the same script (ScriptSimpleType in both schemas)."""


def moved(source: str, dialect: Dialect, size: Size) -> etree._Element | None:
    """Give the document's root in the dialect and in the picture's pixels; None where it cannot be read."""
    text = _NAMESPACE.sub(f'"{dialect.namespace}"', _DECLARATION.sub("", source))
    if f'"{dialect.namespace}"' not in text:
        text = _NO_NAMESPACE.sub(f'<PcGts xmlns="{dialect.namespace}"', text, count=1)
    try:
        root = parse_xml(text.encode("utf-8", "replace"))
    except XmlRefused:
        return None
    sheet = root.find(dialect.tag("Page"))
    if root.tag != dialect.tag("PcGts") or sheet is None:
        return None
    _gather_points(root, dialect)
    _fit(root, scale_between(sheet.get("imageWidth"), sheet.get("imageHeight"), size), size)
    _translate(root, dialect)
    return root


def _gather_points(root: etree._Element, dialect: Dialect) -> None:
    """Turn the points of 2010, an element each, into the attribute of later versions."""
    for point in list(root.iter(dialect.tag("Point"))):
        owner = point.getparent()
        if owner is not None:
            before = owner.get("points")
            owner.set("points", f"{before or ''} {point.get('x')},{point.get('y')}".strip())
            owner.remove(point)


def _fit(root: etree._Element, scale: Scale, size: Size) -> None:
    for element in root.iter("*"):
        text = element.get("points")
        if text is None:
            continue
        points = fitted_points(text, scale, size)
        written = points_text(points)
        if points and (written != text or not _GOOD_POINTS.fullmatch(text)):
            element.set("points", written)


def _translate(root: etree._Element, dialect: Dialect) -> None:
    """Say in one version what the other says in another way."""
    forth = _SCRIPTS if dialect.is_new else {new: old for old, new in _SCRIPTS.items()}
    for element in list(root.iter("*")):
        for attribute in ("primaryScript", "secondaryScript", "script"):
            if (script := element.get(attribute)) in forth:
                element.set(attribute, forth[script])
        match local_name(element):
            case "Relation":
                _translate_relation(element, dialect)
            case "MapRegion" | "CustomRegion" as kind if not dialect.is_new:
                element.tag = dialect.tag("UnknownRegion")
                element.set("custom", with_structure(element.get("custom"), str(element.attrib.pop("type", kind))))
            case _:
                pass


def _translate_relation(relation: etree._Element, dialect: Dialect) -> None:
    """2013 names two regions alike, 2019 tells source from target and wants an id."""
    ends = [child for child in relation if local_name(child).endswith("RegionRef")]
    names = ("SourceRegionRef", "TargetRegionRef") if dialect.is_new else ("RegionRef", "RegionRef")
    for end, name in zip(ends, names, strict=False):
        end.tag = dialect.tag(name)
    if dialect.is_new:
        relation.set("id", relation.get("id", "relation_1"))
    else:
        relation.attrib.pop("id", "")
        relation.set("type", relation.get("type", "link"))
