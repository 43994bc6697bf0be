"""A page reader takes one page from its picture to its record: open, layout, recognise."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from htrkit.config.choices import Segmenter
from htrkit.core.alarms import Alarm, text_alarms
from htrkit.core.alarms_script import Scripts
from htrkit.core.out_of_memory import is_out_of_memory
from htrkit.domain.errors import HtrkitError, PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import Layout, Note, PageRecord, Reading
from htrkit.domain.source import PageSource
from htrkit.domain.stages import Inference, OpenPage, Stage
from htrkit.files.ink import has_ink
from htrkit.files.pictures import Opened, open_picture
from htrkit.run.given_layout import NO_LINES, no_layout, sidecar_layout, whole_picture
from htrkit.run.input_watch import InputWatch
from htrkit.run.step_times import StepTimes


@dataclass(frozen=True, slots=True)
class Networks:
    """What reads; `segmenter` loads its network when first asked."""

    segmenter: Callable[[], Stage]
    recogniser: Stage
    inference: Inference


@dataclass(frozen=True, slots=True)
class ReadingWishes:
    """What the settings say about reading a page."""

    segmenter: Segmenter
    dpi: int
    max_megapixels: float
    scripts: Scripts | None = None
    """What the text should be written in; None for whatever is there."""
    whole_pages: bool = False
    """Whether the recogniser takes pages whole, so that nobody need find lines."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page's record, and the picture that it was read from."""

    record: PageRecord
    opened: Opened


class PageReader:
    """Holds one page at a time."""

    def __init__(self, networks: Networks, wishes: ReadingWishes, reading: Reading, *, below: str = "") -> None:
        self._networks = networks
        self._wishes = wishes
        self._reading = reading
        self._inputs = InputWatch()
        self._below = below

    def read(self, source: PageSource, times: StepTimes) -> ReadPage:
        """Read the page; raises PageProblem."""
        with as_page_problems(source, times):
            with self._inputs.watched(source), times.of(Step.OPEN):
                opened = open_picture(source, dpi=self._wishes.dpi, max_megapixels=self._wishes.max_megapixels)
                opened = replace(opened, facts=opened.facts.without(self._below))
            page = OpenPage(source.key, opened.image)
            with self._inputs.watched(source), times.of(Step.LAYOUT):
                layout, notes = self._given_layout(source, page)
            if layout is None:
                with times.of(Step.SEGMENT):
                    layout = self._through(Step.SEGMENT, self._networks.segmenter(), page)
            with times.of(Step.RECOGNISE):
                page = replace(page, layout=layout)
                layout = self._through(Step.RECOGNISE, self._networks.recogniser, page)
        said = (*notes, *_notes(layout, opened, self._wishes.scripts))
        record = PageRecord(source.key, opened.facts, layout, self._reading, said)
        return ReadPage(record, opened)

    def _given_layout(self, source: PageSource, page: OpenPage) -> tuple[Layout | None, tuple[Note, ...]]:
        """Give the lines that need no network, or None where Kraken must find them; and what should be said of it.

        Without lines, whoever reads pages as a whole gets a layout with none.
        """
        match self._wishes.segmenter:
            case Segmenter.KRAKEN:
                return None, ()
            case Segmenter.NONE:
                return (NO_LINES if self._wishes.whole_pages else whole_picture(page)), ()
            case Segmenter.SIDECAR:
                if not source.sidecars:
                    raise no_layout(source)
                return sidecar_layout(source, page.size), ()
            case Segmenter.AUTO:
                layout = sidecar_layout(source, page.size) if source.sidecars else None
                if self._wishes.whole_pages:
                    return layout or NO_LINES, ()
                if layout is None or layout.lines:
                    return layout, ()
                message = f"{layout.origin.name} has no lines, so that Kraken was asked for them."
                return None, (Note("sidecar-without-lines", message),)

    def _through(self, step: Step, stage: Stage, page: OpenPage) -> Layout:
        prepared = stage.prepare(page)
        return stage.finish(prepared, self._networks.inference.results(step, stage, prepared.items))


@contextmanager
def as_page_problems(source: PageSource, times: StepTimes) -> Iterator[None]:
    """Turn whatever a page makes the libraries raise into that page's failure, so that the others go on."""
    try:
        yield
    except HtrkitError:
        raise
    except Exception as error:
        memory = is_out_of_memory(error)
        raise PageProblem(
            f"{source.key}: {type(error).__name__}: {error}.",
            mend="This machine has too little memory for it." if memory else "Please report this with its image.",
            failure=FailureClass.OOM if memory else FailureClass.BUG,
            step=times.now,
        ) from error


def _notes(layout: Layout, opened: Opened, scripts: Scripts | None) -> tuple[Note, ...]:
    unread = [line for line in layout.lines if line.unread is not None]
    notes = [Note("line-unread", str(line.unread), line=line.id, flag=True) for line in unread]
    if not any(line.text.strip() for line in layout.lines):
        notes.append(_without_text(layout, opened))
    return (*notes, *text_alarms(layout.lines, scripts))


def _without_text(layout: Layout, opened: Opened) -> Note:
    """A blank page is no trouble; ink in which nobody found a line, or read a word, is."""
    what = "text" if layout.lines else "line"
    if has_ink(opened.image):
        return Note(
            Alarm.EMPTY_PAGE, f"No {what} was found on {opened.facts.name}, though there is ink on it.", flag=True
        )
    return Note("blank-page", f"No {what} was found on {opened.facts.name}, and no ink.")
