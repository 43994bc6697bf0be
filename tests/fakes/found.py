"""Files as a walk would find them, without a disk."""

from htrkit.core.file_kinds import kind_of
from htrkit.domain.found import FileKind, FoundFile, SeenXml, XmlFacts, XmlKind


def found(path: str, root: str | None = "/vol") -> FoundFile:
    """Give a file at an absolute path."""
    return FoundFile(path, kind_of(path) or FileKind.IMAGE, path.rpartition("/")[0] or "/", root)


def xml(
    path: str,
    image: str | None = None,
    *,
    lines: bool = True,
    problem: str | None = None,
    root: str | None = "/vol",
    kind: XmlKind = XmlKind.PAGE,
) -> SeenXml:
    """Give an XML file that names an image."""
    return SeenXml(found(path, root), XmlFacts(kind, image=image, has_lines=lines, problem=problem))
