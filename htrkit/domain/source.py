"""A page as the plan knows it, before anything of it was opened."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.names import PageKey


class SourceKind(StrEnum):
    """What a page's picture is taken from."""

    IMAGE = "image"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class PageSource:
    """One page of the plan: where its picture is, and the XML files that tell of it."""

    key: PageKey
    path: str
    """As the operating system has it (surrogate escapes for bytes that are not UTF-8)."""
    kind: SourceKind = SourceKind.IMAGE
    frame: int | None = None
    """From 0: the TIFF frame or PDF page; None for a file that holds one page."""
    sidecars: tuple[str, ...] = ()
    """Paths of PAGE or ALTO files, the one to take first."""
    image_name: str = ""
    """The name that outputs cite: the file's, or what `--write-images` writes."""
    root: str = ""
    """The INPUT folder that the picture was found below; empty for a file given by itself."""

    @property
    def is_part_of_a_file(self) -> bool:
        """Whether no image file shows this page alone: a page of a PDF, a frame of several."""
        return self.kind is SourceKind.PDF or self.frame is not None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that was found and is no page, with the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What a set of inputs comes to."""

    pages: tuple[PageSource, ...]
    passed_over: tuple[PassedOver, ...] = ()
    warnings: tuple[str, ...] = ()
    """What should be said of the pages' XML: without its image, not used, or taken for what it does not name."""
    folders: tuple[str, ...] = ()
    """Folders that nothing was read in, and why: they cannot be listed, or hold the outputs of a run."""
    collisions: tuple[str, ...] = ()
    """Pages whose outputs would share a name, and what tells them apart."""
    notes: tuple[str, ...] = ()
    """What follows from the settings alone: XML left aside with `-s kraken`."""
    inputs: tuple[str, ...] = ()
    """What was looked at, as typed."""
