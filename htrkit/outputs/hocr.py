"""hOCR 1.2: the page as HTML, with boxes, baselines and confidences in titles (http://kba.github.io/hocr-spec/1.2/)."""

from lxml import etree

from htrkit.domain.geometry import Box, Points, bounding_box
from htrkit.domain.page import Direction, PageRecord
from htrkit.domain.renderers import RenderOptions
from htrkit.outputs.languages import language_code
from htrkit.outputs.page_metadata import reading_facts
from htrkit.outputs.printed import PrintedLine, PrintedPage, PrintedRegion, fraction, printed
from htrkit.outputs.text import xml_text

_XHTML = "http://www.w3.org/1999/xhtml"
_DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
    ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'
)
_CAPABILITIES = "ocr_page ocr_carea ocr_line ocrx_word ocrp_lang ocrp_dir"


class Hocr:
    """XHTML, which browsers show and XML parsers read.

    Regions are `ocr_carea`, lines `ocr_line`, words `ocrx_word`. A line without words holds its text itself.
    """

    name = "hocr"
    suffix = ".html"

    def render(self, page: PageRecord, options: RenderOptions) -> bytes:
        """Give the whole file."""
        shown = printed(page, options.text_form)
        root = etree.Element(_tag("html"), nsmap={None: _XHTML})  # type: ignore[dict-item]  # lxml's default prefix
        _write_head(root, shown)
        _write_page(etree.SubElement(root, _tag("body")), shown)
        etree.indent(root)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True, doctype=_DOCTYPE) + b"\n"


def _tag(name: str) -> str:
    return f"{{{_XHTML}}}{name}"


def _write_head(root: etree._Element, page: PrintedPage) -> None:
    head = etree.SubElement(root, _tag("head"))
    etree.SubElement(head, _tag("title")).text = xml_text(page.record.image.name)
    etree.SubElement(head, _tag("meta"), {"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"})
    facts = ", ".join(f"{name} {value}" for name, value in reading_facts(page.record.reading) if name != "htrkit")
    languages = {page.record.layout.language, *(line.language for line in page.record.lines)}
    codes = sorted(code for language in languages if (code := language_code(language)))
    fields = (
        ("ocr-system", f"htrkit {xml_text(page.record.reading.htrkit_version)} ({facts})"),
        ("ocr-capabilities", _CAPABILITIES),
        ("ocr-number-of-pages", "1"),
        ("ocr-langs", " ".join(codes) or "unknown"),
        ("ocr-scripts", "unknown"),
    )
    for name, content in fields:
        etree.SubElement(head, _tag("meta"), name=name, content=content)


def _write_page(body: etree._Element, page: PrintedPage) -> None:
    image = page.record.image
    whole = Box(0, 0, page.size.width, page.size.height)
    element = etree.SubElement(body, _tag("div"), {"class": "ocr_page", "id": page.ids.take("page_1")})
    element.set("title", f"image {_quoted(image.name)}; {_bbox(whole)}; ppageno {image.frame or 0}")
    for region in page.regions:
        _write_region(element, region, page)


def _write_region(above: etree._Element, region: PrintedRegion, page: PrintedPage) -> None:
    area = etree.SubElement(above, _tag("div"), {"class": "ocr_carea", "id": region.id})
    area.set("title", _bbox(bounding_box(region.boundary)))
    for line in region.lines:
        _write_line(area, line, page)


def _write_line(area: etree._Element, line: PrintedLine, page: PrintedPage) -> None:
    box = bounding_box(line.boundary)
    element = etree.SubElement(area, _tag("span"), {"class": "ocr_line", "id": line.id})
    element.set("title", "; ".join(part for part in (_bbox(box), _baseline(line.baseline, box)) if part))
    direction = line.given.direction or page.record.layout.direction
    if direction in {Direction.LTR, Direction.RTL}:
        element.set("dir", direction.value)
    if language := language_code(line.given.language):
        element.set("lang", language)
    if not line.words:
        element.text = line.text
    for number, word in enumerate(line.words, start=1):
        name = page.ids.take(f"{line.id}_w{number}")
        made = etree.SubElement(element, _tag("span"), {"class": "ocrx_word", "id": name})
        confidence = fraction(word.confidence)
        sure = "" if confidence is None else f"; x_wconf {round(100 * confidence)}"
        made.set("title", _bbox(bounding_box(word.polygon)) + sure)
        made.text = word.text


def _bbox(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"


def _baseline(points: Points, box: Box) -> str:
    """Give slope and offset of the line from the first point to the last, from the box's bottom left corner.

    A baseline that goes straight down has no slope, and hOCR no way to tell of it.
    """
    if not points or points[0][0] == points[-1][0]:
        return ""
    (x, y), (end_x, end_y) = points[0], points[-1]
    slope = round((end_y - y) / (end_x - x), 4)
    offset = round(y + slope * (box.left - x) - box.bottom)
    return f"baseline {slope:g} {offset}"


def _quoted(name: str) -> str:
    """Give the image's name in quotes; what would end them or the property is percent-encoded, as in an address."""
    return '"' + xml_text(name).replace('"', "%22").replace(";", "%3B") + '"'
