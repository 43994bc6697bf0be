"""ALTO's description: the picture's name, and who read the page with what."""

from lxml import etree

from htrkit.core.xml_ids import Ids
from htrkit.domain.page import PageRecord
from htrkit.files.xml import local_name
from htrkit.outputs.alto_dialect import tag
from htrkit.outputs.page_metadata import date_time, reading_facts
from htrkit.outputs.text import xml_text


def write_description(root: etree._Element, record: PageRecord, ids: Ids) -> None:
    """Name the picture and add this reading to what the document tells of its making."""
    description = root.find(tag("Description"))
    if description is None:
        description = etree.Element(tag("Description"))
        root.insert(0, description)
    unit = _child(description, "MeasurementUnit", 0)
    unit.text = "pixel"
    image = _child(description, "sourceImageInformation", 1)
    _child(image, "fileName", 0).text = xml_text(record.image.name)
    description.append(_processing(record, ids))


def _child(parent: etree._Element, name: str, place: int) -> etree._Element:
    """Give the child, made at its place among the elements where it is missing."""
    child = parent.find(tag(name))
    if child is None:
        child = etree.Element(tag(name))
        elements = [element for element in parent if local_name(element)]
        parent.insert(parent.index(elements[place]) if place < len(elements) else len(parent), child)
    return child


def _processing(record: PageRecord, ids: Ids) -> etree._Element:
    step = etree.Element(tag("Processing"), ID=ids.take("htrkit_1"))
    reading = record.reading
    texts = (
        ("processingCategory", "contentGeneration"),
        ("processingDateTime", date_time(reading.run_started)),
        ("processingStepDescription", "recognition"),
        ("processingStepSettings", "; ".join(f"{name}: {value}" for name, value in reading_facts(reading))),
    )
    for name, text in texts:
        etree.SubElement(step, tag(name)).text = text
    software = etree.SubElement(step, tag("processingSoftware"))
    etree.SubElement(software, tag("softwareName")).text = "htrkit"
    etree.SubElement(software, tag("softwareVersion")).text = xml_text(reading.htrkit_version)
    return step
