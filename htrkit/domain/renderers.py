"""What an output format must be: a pure function from a page record to bytes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from htrkit.domain.page import PageRecord


class Target(StrEnum):
    """Who the XML is for; each reads a dialect of its own."""

    STANDARD = "standard"
    ESCRIPTORIUM = "escriptorium"
    TRANSKRIBUS = "transkribus"


class TextForm(StrEnum):
    """The Unicode normal form of written text."""

    NONE = "none"
    NFC = "nfc"
    NFD = "nfd"


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What the user may choose about an output."""

    target: Target = Target.STANDARD
    text_form: TextForm = TextForm.NONE


class Renderer(Protocol):
    """One output format of one file a page."""

    name: str
    """As typed after `--format`; also the folder below OUT."""
    suffix: str
    """Of the file, with its dot."""

    def render(self, page: PageRecord, options: RenderOptions) -> bytes:
        """Give the whole file."""
