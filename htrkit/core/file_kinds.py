"""What a file or folder is by its name alone: a picture, an XML file, or nothing that a page is made of."""

from pathlib import PurePath

from htrkit.domain.found import FileKind

_KINDS = {
    FileKind.IMAGE: ".jpg .jpeg .png .tif .tiff .webp .bmp .jp2 .j2k .jpx .gif",
    FileKind.PDF: ".pdf",
    FileKind.XML: ".xml",
}
_KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}
_LITTER = {
    "thumbs.db": "previews that Windows made",
    "@eadir": "previews that a disk station made",
    "__macosx": "what a Mac adds to an archive",
}
NO_PAGE = "neither an image nor PAGE nor ALTO"


def kind_of(name: str) -> FileKind | None:
    """Give what the file is by its suffix, in any case; None for all that no page is made of."""
    return _KIND_OF.get(PurePath(name).suffix.lower())


def litter(name: str) -> str | None:
    """Give why a file or folder met on a walk is passed over whatever it holds; None for one that is looked at."""
    return "hidden" if name.startswith(".") else _LITTER.get(name.lower())
