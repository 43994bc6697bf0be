"""The exact ground truth as PAGE XML 2019-07-15: regions, lines, baselines, texts and their order."""

from xml.etree import ElementTree as ET

import cv2
import numpy as np

from .setting import WrittenBlock
from .sheet import Sheet
from .warp import Warp
from .writing import Curve, WrittenLine

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
MADE = "2025-01-01T00:00:00"
"""A fixed time: the same sheet gives the same bytes."""


def make_truth(sheet: Sheet, blocks: list[WrittenBlock], warp: Warp) -> bytes:
    """Describe the finished page in its upright pixels."""
    root = ET.Element("PcGts", xmlns=NAMESPACE)
    facts = ET.SubElement(root, "Metadata")
    said = {"Creator": "htrkit examples", "Created": MADE, "LastChange": MADE, "Comments": sheet.source}
    for name, text in said.items():
        ET.SubElement(facts, name).text = text
    width, height = (str(side) for side in sheet.size)
    page = ET.SubElement(root, "Page", imageFilename=sheet.image_name, imageWidth=width, imageHeight=height)
    order = ET.SubElement(ET.SubElement(page, "ReadingOrder"), "OrderedGroup", id="order")
    for number, block in enumerate(blocks, 1):
        ET.SubElement(order, "RegionRefIndexed", index=str(number - 1), regionRef=f"r{number}")
        page.append(_region(f"r{number}", block, sheet, warp))
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def _region(name: str, block: WrittenBlock, sheet: Sheet, warp: Warp) -> ET.Element:
    region = ET.Element("TextRegion", id=name, type=block.kind, primaryLanguage=sheet.language)
    outlines = [_outline(line, warp) for line in block.lines]
    hull = cv2.convexHull(np.concatenate(outlines).astype(np.float32))[:, 0]
    ET.SubElement(region, "Coords", points=_points(hull, sheet))
    for number, (line, outline) in enumerate(zip(block.lines, outlines, strict=True), 1):
        entry = ET.SubElement(region, "TextLine", id=f"{name}l{number}")
        ET.SubElement(entry, "Coords", points=_points(outline, sheet))
        ET.SubElement(entry, "Baseline", points=_points(warp.points(line.baseline), sheet))
        ET.SubElement(ET.SubElement(entry, "TextEquiv"), "Unicode").text = line.text
    return region


def _outline(line: WrittenLine, warp: Warp) -> Curve:
    return warp.points(np.concatenate([line.above, line.below[::-1]]))


def _points(curve: Curve, sheet: Sheet) -> str:
    inside = np.clip(np.rint(curve), 0, np.array(sheet.size) - 1).astype(int)
    # Two points that round to the same pixel are one.
    kept = [point for index, point in enumerate(inside.tolist()) if not index or point != inside[index - 1].tolist()]
    return " ".join(f"{x},{y}" for x, y in kept)
