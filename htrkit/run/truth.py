"""Ground truth on disk: found by tree and stem, read as lines or as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from htrkit.core.key_parts import folder_part, stem_of
from htrkit.core.keys import folded
from htrkit.core.shown import shown
from htrkit.domain.errors import PageProblem, UsageProblem
from htrkit.domain.page import Layout, PageRecord
from htrkit.layouts.sidecar import read_sidecar, read_truth

SUFFIXES = (".xml", ".txt")
"""The first that a stem has is taken: PAGE and ALTO tell where lines are."""
FORMAT_FOLDERS = frozenset({"page", "alto", "txt"})
"""Folders that stand beside images, or in an OUT, and are no part of the tree."""

INVENTED = frozenset({"baseline-made", "shape-made", "line-off-page", "line-without-place"})
"""Notes of a layout whose baselines nobody drew, so that lines cannot be matched by them."""


class TruthUnusable(Exception):
    """A truth file that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A page's true text, and its lines where the file has them in the picture's pixels."""

    text: str
    layout: Layout | None


@dataclass(frozen=True, slots=True)
class TruthFolder:
    """The truth files below a folder, by tree and stem and by stem alone; names are folded as page keys are."""

    by_place: Mapping[str, Path]
    by_stem: Mapping[str, tuple[Path, ...]]

    def of(self, record: PageRecord) -> Path | None:
        """Give the page's truth; None where there is none, or several might be it."""
        stems = dict.fromkeys((PurePosixPath(record.key).name, stem_of(record.image.name)))
        folder = str(PurePosixPath(record.key).parent)
        for stem in stems:
            place = folded(stem if folder == "." else f"{folder}/{stem}")
            if place in self.by_place:
                return self.by_place[place]
        for stem in stems:
            found = self.by_stem.get(folded(stem), ())
            if len(found) == 1:
                return found[0]
        return None


def truth_folder(folder: Path) -> TruthFolder:
    """Look through a folder; raises UsageProblem where there is none, or nothing in it."""
    if not folder.is_dir():
        raise UsageProblem(f"{shown(folder)}: there is no such folder.", mend="Give the ground truth's folder.")
    by_place: dict[str, Path] = {}
    by_stem: dict[str, dict[Path, None]] = {}
    for path in _files(folder):
        parts = [folder_part(part) for part in path.relative_to(folder).parts[:-1] if part not in FORMAT_FOLDERS]
        stem = stem_of(path.name)
        by_place.setdefault(folded("/".join([*parts, stem])), path)
    for place, path in by_place.items():
        by_stem.setdefault(place.rpartition("/")[2], {})[path] = None
    if not by_place:
        raise UsageProblem(
            f"{shown(folder)}: neither PAGE nor ALTO nor text files are in it.", mend="Give the ground truth's folder."
        )
    return TruthFolder(by_place, {stem: tuple(paths) for stem, paths in by_stem.items()})


def truth_of(path: Path, record: PageRecord) -> Truth:
    """Read a truth file; raises TruthUnusable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TruthUnusable(f"{shown(path)}: cannot be read ({error.strerror})") from error
    if path.suffix.lower() == ".txt":
        return Truth(content.decode("utf-8-sig", "replace"), None)
    name = shown(path.name)
    try:
        layout = read_sidecar(content, name=name, image=record.image.size)
    except PageProblem:
        return _text_only(content, name)
    drawn = INVENTED.isdisjoint(note.code for note in layout.notes)
    return Truth(_text(layout), layout if drawn else None)


def _text_only(content: bytes, name: str) -> Truth:
    """Take the text of a document whose points do not fit the picture."""
    try:
        return Truth(_text(read_truth(content, name=name)), None)
    except PageProblem as problem:
        raise TruthUnusable(problem.what) from problem


def _text(layout: Layout) -> str:
    return "\n".join(line.given_text or "" for line in layout.lines)


def _files(folder: Path) -> Iterator[Path]:
    found = [path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()]
    visible = [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    yield from sorted(visible, key=lambda path: (SUFFIXES.index(path.suffix.lower()), path))
