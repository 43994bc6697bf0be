"""Reads the XML document that Churro writes for a page: its lines, and what each of them is."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from htrkit.domain.page import Note
from htrkit.engines.page_text import PageText, TextLine
from htrkit.engines.wrappers import from_markdown
from htrkit.files.xml import local_name

REPAIRED = "xml-repaired"
"""The code of the note on a page whose model wrote XML that is not well-formed."""
NOT_ON_THE_PAGE = frozenset(
    {"Metadata", "Language", "WritingDirection", "PhysicalDescription", "Description", "TranscriptionNote"}
)
"""What speaks of the page and is not written on it."""
NOT_READ = frozenset({"Deletion", "Illegible", "Gap"})
"""What the scribe struck out, or the model could not read: Churro's own flattener leaves it out as well."""
PLAIN = frozenset({"HistoricalDocument", "Page", "Body", "Section", "Column", "Paragraph", "Line"})
"""Elements that say nothing of what a line in them is."""
NAMED = frozenset(
    {"Header", "Footer", "MarginalNote", "Heading", "Title", "Footnote", "Signature", "Date", "PageNumber"}
    | {"List", "Item", "Table", "Row", "Cell", "Figure", "Caption", "Stamp"}
)
"""Elements that begin a line, and are what a line in them is called."""
LINE = "Line"
_BEGIN = re.compile(r"<\?xml|<HistoricalDocument|<Page\b|<Body\b|<Paragraph\b|<Line\b|<Header\b")
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);)")
_HTML_NAME = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*;")
_BARE_LESS = re.compile(r"<(?![A-Za-z/!?])")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def from_churro(written: str, confidence: float | None = None) -> PageText:
    """Give the lines of Churro's document, which is kept as structure; what is no such document is read as Markdown.

    A document that is not well-formed gives the lines that libxml2 recovers, and a note with a flag says so. Every line
    has the confidence of the whole.
    """
    begin = _BEGIN.search(written)
    if begin is None:
        return from_markdown(written, confidence)
    document = _NOT_XML.sub("", written[begin.start() :])
    document = _HTML_NAME.sub(lambda name: html.escape(html.unescape(name.group()), quote=False), document)
    document = _BARE_LESS.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", document))
    root, notes = _parsed(document)
    lines = _lines(root) if root is not None else ()
    return PageText(tuple(replace(line, confidence=confidence) for line in lines), written, notes)


def _parsed(document: str) -> tuple[etree._Element | None, tuple[Note, ...]]:
    content = document.rstrip().removesuffix("```").encode()
    try:
        return etree.fromstring(content, _parser(recover=False)), ()
    except etree.XMLSyntaxError:
        message = "The model's XML is not well-formed: the lines are those that could be recovered."
        inside = content if content.startswith(b"<?xml") else b"<HistoricalDocument>" + content
        return etree.fromstring(inside, _parser(recover=True)), (Note(REPAIRED, message, flag=True),)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _lines(root: etree._Element) -> Iterator[TextLine]:
    """Walk through the document; a line ends where an element that is more than a word begins or ends."""
    pieces: list[str] = []
    kinds: list[str | None] = [None]
    hidden = inside_line = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = local_name(element)
        is_hidden, is_line = name in NOT_ON_THE_PAGE or name in NOT_READ, name == LINE
        is_block = is_line or name in NAMED or name in PLAIN
        step = 1 if event == "start" else -1
        if is_block:
            yield from _ended(pieces, kinds[-1])
            if event == "start":
                kinds.append(name if name in NAMED else kinds[-1])
            else:
                kinds.pop()
        hidden += step * is_hidden
        inside_line += step * is_line
        said = (element.text if event == "start" else element.tail) or ""
        if not hidden:
            pieces.append(said.replace("\n", " ") if inside_line else said)
    yield from _ended(pieces, None)


def _ended(pieces: list[str], kind: str | None) -> Iterator[TextLine]:
    """Give what has come together since the last line's end; outside of `Line` its own line breaks count."""
    text = "".join(pieces)
    pieces.clear()
    for line in text.splitlines():
        if said := " ".join(line.split()):
            yield TextLine(said, kind=kind)
