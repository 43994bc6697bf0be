"""A picture file with its frames: which pages it has, and which XML files go with each."""

from collections.abc import Mapping
from dataclasses import dataclass

from htrkit.core.pairing import Pair
from htrkit.core.ranking import by_page
from htrkit.run.pictures_found import Subject


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture file, its frames that are pages (or PDF pages), and the XML files of each page."""

    subject: Subject
    frames: tuple[int, ...]
    """From 0, as the file counts them; never none."""
    sidecars: Mapping[int, tuple[Pair, ...]]
    """By the page's place in `frames`; the one to take first."""

    @property
    def wanted(self) -> tuple[int, ...]:
        """The places in `frames` that become pages: all, or those that numbered XML files alone ask for."""
        if self.subject.lent and self.sidecars and all(one.page is not None for one in self.subject.pairs):
            return tuple(sorted(self.sidecars))
        return tuple(range(len(self.frames)))


def sheet_of(subject: Subject, frames: tuple[int, ...]) -> Sheet:
    """Give each XML file of a picture to its page."""
    return Sheet(subject, frames, by_page(subject.pairs, len(frames)))
