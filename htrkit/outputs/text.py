"""What becomes of text on its way out: its normal form, and what XML and screens must not be given."""

import re
import unicodedata

from htrkit.domain.renderers import TextForm

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_ON_SCREENS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def normalized(text: str, form: TextForm) -> str:
    """Give the text in a Unicode normal form, or as it is."""
    match form:
        case TextForm.NONE:
            return text
        case TextForm.NFC:
            return unicodedata.normalize("NFC", text)
        case TextForm.NFD:
            return unicodedata.normalize("NFD", text)


def xml_text(text: str) -> str:
    """Give the text on one line and without what XML forbids: breaks and tabs become spaces, controls go.

    The C1 controls are allowed by XML 1.0 (https://www.w3.org/TR/xml/#charsets) and discouraged; they go as well.
    """
    return _CONTROLS.sub("", _BREAKS.sub(" ", text))


def line_text(text: str) -> str:
    """Give the text on one line for a plain text file: breaks and tabs become spaces, controls U+FFFD."""
    return _CONTROLS.sub(REPLACEMENT, _BREAKS.sub(" ", text))


def visible(text: str) -> str:
    """Give the text as a screen may show it: whatever would steer a terminal or turn the line is U+FFFD."""
    return _NOT_ON_SCREENS.sub(REPLACEMENT, text)


def encodable(text: str) -> str:
    """Give the text without lone surrogates, which no encoding of Unicode has, as U+FFFD."""
    return _SURROGATES.sub(REPLACEMENT, text)
