"""What was found on disk before pages are made of it: files that may be pages, and XML files that may tell of them."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.source import PassedOver


class FileKind(StrEnum):
    """What a file is by its name."""

    IMAGE = "image"
    PDF = "pdf"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file below an INPUT folder, or an INPUT itself; nothing of it was opened."""

    path: str
    """As it was typed or walked to, with surrogate escapes for bytes that are not UTF-8."""
    kind: FileKind
    folder: str
    """The folder it stands in, absolute and without symlinks, so that two ways to one folder are seen as one."""
    root: str | None = None
    """The INPUT folder it was found below; None for a file given by itself."""
    tree: tuple[str, ...] = ()
    """The folders between the INPUT folder and the file."""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Found:
    """What all INPUTs come to on disk."""

    files: tuple[FoundFile, ...]
    """In the order of the INPUTs, and in natural order in each; no file twice."""
    passed_over: tuple[PassedOver, ...] = ()
    warnings: tuple[str, ...] = ()
    roots: int = 0
    """How many INPUT folders there are."""


class XmlKind(StrEnum):
    """What an XML file is by its root element."""

    PAGE = "page"
    ALTO = "alto"
    METS = "mets"
    OTHER = "other"
    UNKNOWN = "unknown"
    """It cannot be parsed as far as its root element, or not be read at all."""


@dataclass(frozen=True, slots=True)
class XmlFacts:
    """What a light look at an XML file tells."""

    kind: XmlKind
    version: str | None = None
    """The schema's: `2019-07-15` (PAGE), `4` or `4.2` (ALTO)."""
    image: str | None = None
    """The image that it names, whole as written: a name, a path or a URL."""
    has_lines: bool = False
    problem: str | None = None
    """Why it cannot be parsed; None where nothing was found wrong as far as it was read."""


@dataclass(frozen=True, slots=True)
class SeenXml:
    """An XML file and what a light look at it told."""

    file: FoundFile
    facts: XmlFacts
