"""PAGE's `custom` attribute as Transkribus writes it: `readingOrder {index:3;} structure {type:heading;}`."""

import re

from lxml import etree

_ENTRY = re.compile(r"([^\s{}]+)\s*\{([^{}]*)\}")
_ESCAPE = re.compile(r"\\u(00[2-7][0-9a-fA-F])")


def custom_word(element: etree._Element, entry: str, key: str) -> str | None:
    """Give what the first entry of a name that has the key says there; None where it says nothing."""
    for name, body in _ENTRY.findall(element.get("custom", "")):
        for pair in body.split(";") if name == entry else ():
            left, _, right = pair.partition(":")
            if left.strip() == key and right.strip():
                return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), right.strip())
    return None
