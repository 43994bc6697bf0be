"""Which of a page's XML files is taken, where it has several."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from htrkit.core.pairing import SIDECAR_FOLDERS, Pair


def by_page(pairs: Iterable[Pair], pages: int) -> Mapping[int, tuple[Pair, ...]]:
    """Give the XML files of each page of an image file, from 0, the one to take first.

    One that is for the file as a whole goes with the first page; one for a page that is not there, with none.
    """
    groups: dict[int, list[Pair]] = defaultdict(list)
    for one in pairs:
        if 0 <= (one.page or 0) < pages:
            groups[one.page or 0].append(one)
    return {page: best_first(group) for page, group in groups.items()}


def best_first(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Order the XML files of one page: beside the image, in page/, in alto/, elsewhere; the first with lines leads."""
    ordered = sorted(pairs, key=lambda one: (_distance(one), one.tie))  # stable: else as they were found
    taken = next((one for one in ordered if one.xml.facts.has_lines), None)
    return tuple(ordered) if taken is None else (taken, *(one for one in ordered if one is not taken))


def _distance(one: Pair) -> int:
    folder = one.xml.file.folder
    if folder == one.image.folder:
        return 0
    name = folder.rpartition("/")[2].lower()
    return 1 + (SIDECAR_FOLDERS.index(name) if name in SIDECAR_FOLDERS else len(SIDECAR_FOLDERS))
