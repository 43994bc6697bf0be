"""A page worker takes one page through all its steps: it is read, rendered and written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from htrkit.domain.events import PageDone, WrittenFile
from htrkit.domain.failure import Step
from htrkit.domain.page import PageRecord
from htrkit.domain.renderers import Renderer, RenderOptions
from htrkit.domain.source import PageSource
from htrkit.files.atomic import Aside, write_unit
from htrkit.files.pictures import save_picture
from htrkit.run.page_reader import PageReader, ReadPage, as_page_problems
from htrkit.run.promises import IMAGE_SUFFIX, IMAGES
from htrkit.run.step_times import Entered, StepTimes, nobody


@dataclass(frozen=True, slots=True)
class Writing:
    """What is made of a page's record, and where it goes."""

    renderers: tuple[Renderer, ...]
    options: RenderOptions
    write_images: bool
    out: Path


class PageWorker:
    """Holds one page at a time."""

    def __init__(
        self, reader: PageReader, writing: Writing, *, clock: Callable[[], float], entered: Entered = nobody
    ) -> None:
        self._reader = reader
        self._writing = writing
        self._clock = clock
        self._entered = entered

    def work(self, source: PageSource) -> PageDone:
        """Read the page and write its files; raises PageProblem for the page, OutputUnwritable for the run."""
        times = StepTimes(self._clock, self._entered)
        start = self._clock()
        page = self._reader.read(source, times)
        with as_page_problems(source, times), times.of(Step.RENDER):
            files = self._rendered(source, page)
        with times.of(Step.WRITE):
            written = write_unit(files, out=self._writing.out)
        return _done(page.record, written, times, self._clock() - start)

    def _rendered(self, source: PageSource, page: ReadPage) -> tuple[Aside, ...]:
        record = page.record
        files = [
            Aside(f"{renderer.name}/{record.key}{renderer.suffix}", renderer.render(record, self._writing.options))
            for renderer in self._writing.renderers
        ]
        if self._writing.write_images and source.is_part_of_a_file:
            files.append(Aside(f"{IMAGES}/{record.key}{IMAGE_SUFFIX}", save_picture(page.opened.image)))
        return tuple(files)


MOST_REASONS = 5
"""Notes of a page that the journal holds; the others stand in its record alone."""
MOST_OF_A_REASON = 300
"""Characters of one that it holds: a library's error may be as long as a page."""


def _done(record: PageRecord, written: tuple[WrittenFile, ...], times: StepTimes, seconds: float) -> PageDone:
    flagged = [note for note in record.all_notes if note.flag]
    return PageDone(
        key=record.key,
        lines=len(record.lines),
        characters=sum(len(line.text) for line in record.lines),
        confidence=record.confidence,
        seconds=round(seconds, 4),
        step_seconds=times.seconds,
        files=written,
        flags=tuple(sorted({note.code for note in flagged})),
        reasons=tuple(replace(note, message=note.message[:MOST_OF_A_REASON]) for note in flagged[:MOST_REASONS]),
    )
