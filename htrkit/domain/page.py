"""The page record: everything true of a page and its text, from which every output is made."""

from dataclasses import dataclass, replace
from enum import StrEnum

from htrkit.domain.geometry import Points, Size
from htrkit.domain.names import LineId, PageKey, RegionId

RECORD_SCHEMA = 2
"""The version of the page record; raised when a reader of the old one would go wrong."""


class Direction(StrEnum):
    """How a line is read, and how lines follow each other."""

    LTR = "ltr"
    RTL = "rtl"
    TTB = "ttb"


class Orientation(StrEnum):
    """The quarter turn that was applied to a picture to set it upright, clockwise."""

    UPRIGHT = "0"
    QUARTER = "90"
    HALF = "180"
    THREE_QUARTERS = "270"


class RegionKind(StrEnum):
    """What a region holds; the names are those of PAGE XML's elements."""

    TEXT = "TextRegion"
    IMAGE = "ImageRegion"
    GRAPHIC = "GraphicRegion"
    LINE_DRAWING = "LineDrawingRegion"
    TABLE = "TableRegion"
    CHART = "ChartRegion"
    SEPARATOR = "SeparatorRegion"
    MATHS = "MathsRegion"
    CHEM = "ChemRegion"
    MUSIC = "MusicRegion"
    ADVERT = "AdvertRegion"
    NOISE = "NoiseRegion"
    MAP = "MapRegion"
    UNKNOWN = "UnknownRegion"
    CUSTOM = "CustomRegion"


class LayoutKind(StrEnum):
    """Where a page's lines come from."""

    PAGE_XML = "page"
    ALTO = "alto"
    KRAKEN = "kraken"
    WHOLE = "whole"
    """The whole image is one line, or is read without lines."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a page that people should know; `flag` puts the page on the list of those to look at."""

    code: str
    message: str
    line: LineId | None = None
    flag: bool = False


@dataclass(frozen=True, slots=True)
class Character:
    """One recognised sign: its text (mostly one code point), its confidence from 0 to 1, and where it stands."""

    text: str
    confidence: float
    polygon: Points


@dataclass(frozen=True, slots=True)
class Line:
    """A text line; before recognition `text` is empty and `confidence` is None."""

    id: LineId
    boundary: Points
    baseline: Points
    region: RegionId | None = None
    kind: str | None = None
    """The line's type in the layout's own words: `default`, `InterlinearLine`, `heading`."""
    direction: Direction | None = None
    language: str | None = None
    given_text: str | None = None
    """The text that the layout's file already held."""
    text: str = ""
    confidence: float | None = None
    """Mean over the characters, 0 to 1; None where nothing was read or the engine does not tell."""
    characters: tuple[Character, ...] = ()
    unread: str | None = None
    """Why the line could not be read; None for a line that was."""


@dataclass(frozen=True, slots=True)
class Region:
    """An area of the page; `kind` says what it holds, `label` is the layout's own word for it."""

    id: RegionId
    boundary: Points
    kind: RegionKind = RegionKind.TEXT
    label: str | None = None
    """`paragraph`, `marginalia`, `MainZone`."""
    parent: RegionId | None = None


@dataclass(frozen=True, slots=True)
class LayoutOrigin:
    """Who says where the lines are: a person's XML, or a model."""

    kind: LayoutKind
    name: str
    """The XML file's name, or the segmentation model's."""
    sha256: str | None = None
    version: str | None = None
    """The XML's schema version (`2019-07-15`, `4.2`), or the model's."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Regions and lines of a page; the lines stand in reading order."""

    origin: LayoutOrigin
    regions: tuple[Region, ...] = ()
    lines: tuple[Line, ...] = ()
    direction: Direction | None = None
    """The page's reading direction, where the layout tells."""
    language: str | None = None
    source_xml: str | None = None
    """The PAGE or ALTO document that the lines came from, so that what htrkit does not know of it comes back."""
    notes: tuple[Note, ...] = ()
    written: str | None = None
    """What a model that reads whole pages wrote around the text: a document with its marks of structure."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """The picture as it was read, upright and in the size that all points refer to."""

    name: str
    """The file name with its extension, as the outputs cite it (what `--write-images` wrote, where it did)."""
    path: str
    """Where it was found, percent-encoded where it is not printable."""
    sha256: str
    """Of the file's bytes."""
    size: Size
    frame: int | None = None
    """From 0; None for a file that holds one page."""
    turned: Orientation = Orientation.UPRIGHT
    mirrored: bool = False
    dpi: int | None = None
    """For rendered PDF pages: the resolution they were rendered at."""

    def without(self, folder: str) -> "ImageFacts":
        """Cite a picture that was brought below a folder of this machine by the path that it has at home."""
        return replace(self, path=self.path.removeprefix(folder))


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model as an output cites it."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read the page: enough to cite, and to see what changed."""

    engine: str
    engine_version: str
    model: ModelFacts | None = None
    settings: tuple[tuple[str, str], ...] = ()
    """Every setting that can change the text, by name, sorted."""
    htrkit_version: str = ""
    run_started: str = ""
    """The run's start, ISO 8601 in UTC, handed in: the only time inside outputs."""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page, whole: the only truth that outputs are made from."""

    key: PageKey
    image: ImageFacts
    layout: Layout
    reading: Reading
    notes: tuple[Note, ...] = ()
    schema: int = RECORD_SCHEMA

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in reading order."""
        return self.layout.lines

    @property
    def all_notes(self) -> tuple[Note, ...]:
        """The layout's notes and the page's."""
        return self.layout.notes + self.notes

    @property
    def confidence(self) -> float | None:
        """Mean confidence over all characters, 0 to 1; None where no line tells."""
        told = [(line.confidence, max(len(line.text), 1)) for line in self.lines if line.confidence is not None]
        total = sum(weight for _, weight in told)
        return round(sum(value * weight for value, weight in told) / total, 4) if total else None
