"""Folders of tiny files: images of no content, and XML that names them."""

from collections.abc import Mapping
from pathlib import Path

_PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_LINE = "<TextRegion id='r'><TextLine id='l'><Coords points='0,0 1,1'/></TextLine></TextRegion>"


def page_xml(image: str | None, *, lines: bool = True) -> str:
    """Give the least PAGE file that names an image."""
    named = "" if image is None else f" imageFilename='{image}'"
    return f"<PcGts xmlns='{_PAGE}'><Page{named}>{_LINE if lines else ''}</Page></PcGts>"


def grown(folder: Path, *names: str, xml: Mapping[str, str | None] | None = None) -> Path:
    """Write empty files, and PAGE files with the images that they name."""
    contents = {**dict.fromkeys(names, ""), **{name: page_xml(image) for name, image in (xml or {}).items()}}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder
