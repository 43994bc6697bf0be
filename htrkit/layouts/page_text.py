"""The text that a PAGE line already holds: what a person chose, else what its words say."""

from lxml import etree

from htrkit.layouts.document_words import child, children
from htrkit.layouts.drawing import index_of


def text_of(line: etree._Element) -> str | None:
    """Give a line's text; without any of its own, its words' with spaces between. None where there is none at all."""
    own = _chosen(line)
    if own is not None:
        return own
    words = [text for word in children(line, "Word") if (text := _word(word)) is not None]
    return " ".join(words) if words else None


def _word(word: etree._Element) -> str | None:
    own = _chosen(word)
    if own is not None:
        return own
    glyphs = [text for glyph in children(word, "Glyph") if (text := _chosen(glyph)) is not None]
    return "".join(glyphs) if glyphs else None


def _chosen(element: etree._Element) -> str | None:
    """Give the text of the TextEquiv with the lowest index, else of the first."""
    found = list(children(element, "TextEquiv"))
    if not found:
        return None
    places = [place for one in found if (place := index_of(one.get("index"))) is not None]
    lowest = min(places, default=None)
    equivalent = next(one for one in found if lowest is None or index_of(one.get("index")) == lowest)
    for name in ("Unicode", "PlainText"):
        text = child(equivalent, name)
        if text is not None:
            return "".join(str(part) for part in text.itertext())
    return ""
