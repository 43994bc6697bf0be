"""A page goes from its picture to its files, or fails alone and by name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from PIL import Image, ImageDraw

from htrkit.config.choices import Format, Segmenter
from htrkit.core.alarms_script import Scripts
from htrkit.domain.errors import OutputUnwritable, PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import Reading
from htrkit.domain.renderers import RenderOptions
from htrkit.domain.source import PageSource, SourceKind
from htrkit.outputs.catalog import renderers
from htrkit.outputs.record import decode_record
from htrkit.run.inference import LocalInference
from htrkit.run.page_reader import Networks, PageReader, ReadingWishes
from htrkit.run.page_worker import MOST_OF_A_REASON, MOST_REASONS, PageWorker, Writing
from tests.fakes.stages import FakeReader, FakeSegmenter

READING = Reading("kraken", "7.1.1", FakeReader.model, (), "0.1.0", "2026-11-25T07:00:00Z")
PAGE_XML = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
  <Metadata><Creator>A. Person</Creator><Created>2020-06-20T22:12:24</Created>
    <LastChange>2020-06-20T22:12:24</LastChange></Metadata>
  <Page imageFilename="1.png" imageWidth="{width}" imageHeight="300">
    <TextRegion id="zone" type="marginalia"><Coords points="10,10 190,10 190,290 10,290"/>{lines}</TextRegion>
  </Page></PcGts>"""
LINE = '<TextLine id="mine"><Coords points="20,20 180,20 180,60 20,60"/><Baseline points="20,50 180,50"/></TextLine>'


class Clock:
    """Every look at it is a second later."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1.0
        return self.seconds


class Desk:
    """A worker on a folder, with fakes for networks."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.segmenter = FakeSegmenter()
        self.reader = FakeReader()

    def worker(
        self, segmenter: Segmenter = Segmenter.AUTO, *, write_images: bool = False, scripts: Scripts | None = None
    ) -> PageWorker:
        networks = Networks(lambda: self.segmenter, self.reader, LocalInference(4))
        reader = PageReader(networks, ReadingWishes(segmenter, 72, 200.0, scripts), READING)
        formats = renderers([Format.TXT, Format.PAGE, Format.CSV])
        writing = Writing(formats, RenderOptions(), write_images=write_images, out=self.out)
        return PageWorker(reader, writing, clock=Clock())

    def text(self, key: str) -> str:
        return (self.out / "txt" / f"{key}.txt").read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def scan(tmp_path: Path) -> PageSource:
    picture = Image.new("L", (200, 300), 240)
    ImageDraw.Draw(picture).rectangle((40, 100, 160, 110), fill=10)
    picture.save(tmp_path / "1.png")
    return PageSource(PageKey("box/1"), str(tmp_path / "1.png"), image_name="1.png")


def with_xml(scan: PageSource, *, lines: str = LINE, width: int = 200, content: str | None = None) -> PageSource:
    path = Path(scan.path).with_suffix(".xml")
    path.write_text(PAGE_XML.format(width=width, lines=lines) if content is None else content, encoding="utf-8")
    return replace(scan, sidecars=(str(path),))


def problem(call: Callable[[], object]) -> PageProblem:
    with pytest.raises(PageProblem) as caught:
        call()
    assert caught.value.what
    assert caught.value.mend
    return caught.value


def test_a_page_without_xml_is_segmented_read_and_written(desk: Desk, scan: PageSource) -> None:
    done = desk.worker().work(scan)

    assert desk.text("box/1") == "text of l1\ntext of l2\n"
    assert [file.path for file in done.files] == ["json/box/1.json", "txt/box/1.txt", "page/box/1.xml"]
    assert (done.lines, done.characters, done.confidence, done.flags) == (2, 20, 0.9, ())


def test_the_receipt_tells_sizes_and_the_seconds_of_each_step(desk: Desk, scan: PageSource) -> None:
    done = desk.worker().work(scan)

    assert set(done.step_seconds) == {"open", "layout", "segment", "recognise", "render", "write"}
    assert all(seconds == 1.0 for seconds in done.step_seconds.values())
    assert all((desk.out / file.path).stat().st_size == file.size for file in done.files)


def test_the_lines_of_a_sidecar_are_used_and_its_document_comes_back(desk: Desk, scan: PageSource) -> None:
    desk.worker().work(with_xml(scan))

    assert desk.segmenter.pages == 0
    assert desk.text("box/1") == "text of mine\n"
    xml = (desk.out / "page" / "box" / "1.xml").read_text(encoding="utf-8")
    assert 'type="marginalia"' in xml
    assert "A. Person" in xml


def test_a_sidecar_without_lines_is_segmented_and_said_with_auto(desk: Desk, scan: PageSource) -> None:
    desk.worker().work(with_xml(scan, lines=""))

    record = decode_record((desk.out / "json/box/1.json").read_bytes())
    assert desk.segmenter.pages == 1
    assert [note.code for note in record.notes] == ["sidecar-without-lines"]


def test_a_sidecar_without_lines_gives_an_empty_page_with_sidecar(desk: Desk, scan: PageSource) -> None:
    done = desk.worker(Segmenter.SIDECAR).work(with_xml(scan, lines=""))

    assert (desk.segmenter.pages, done.lines, desk.text("box/1")) == (0, 0, "")
    assert done.flags == ("empty-page",)


def test_kraken_alone_does_not_look_at_the_sidecar(desk: Desk, scan: PageSource) -> None:
    desk.worker(Segmenter.KRAKEN).work(with_xml(scan, content="<torn"))

    assert desk.text("box/1") == "text of l1\ntext of l2\n"


def test_none_takes_the_whole_picture_for_one_line(desk: Desk, scan: PageSource) -> None:
    desk.worker(Segmenter.NONE).work(scan)

    record = decode_record((desk.out / "json/box/1.json").read_bytes())
    (line,) = record.lines
    assert line.boundary == ((0, 0), (199, 0), (199, 299), (0, 299))
    assert record.layout.origin.kind == "whole"


def test_sidecar_alone_fails_a_page_that_has_none(desk: Desk, scan: PageSource) -> None:
    found = problem(lambda: desk.worker(Segmenter.SIDECAR).work(scan))

    assert (found.failure, found.step) == (FailureClass.NO_LAYOUT, Step.LAYOUT)


@pytest.mark.parametrize("segmenter", [Segmenter.AUTO, Segmenter.SIDECAR])
def test_peoples_lines_are_never_replaced_in_silence(desk: Desk, scan: PageSource, segmenter: Segmenter) -> None:
    torn = problem(lambda: desk.worker(segmenter).work(with_xml(scan, content="<torn")))
    sized = problem(lambda: desk.worker(segmenter).work(with_xml(scan, width=900)))
    gone = problem(lambda: desk.worker(segmenter).work(replace(scan, sidecars=(f"{scan.path}.xml",))))

    assert (torn.failure, sized.failure, gone.failure) == (
        FailureClass.SIDECAR,
        FailureClass.SIZE,
        FailureClass.SIDECAR,
    )
    assert desk.segmenter.pages == 0
    assert not desk.out.exists()


def test_a_broken_picture_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"")
    found = problem(lambda: desk.worker().work(PageSource(PageKey("1"), str(tmp_path / "1.png"))))

    assert (found.failure, found.step) == (FailureClass.EMPTY, Step.OPEN)
    assert not desk.out.exists()


def test_a_line_that_cannot_be_read_is_an_empty_line_and_flags_its_page(desk: Desk, scan: PageSource) -> None:
    desk.reader = FakeReader(unread=frozenset({"l1"}))
    done = desk.worker().work(scan)

    record = decode_record((desk.out / "json/box/1.json").read_bytes())
    assert desk.text("box/1") == "\ntext of l2\n"
    assert record.lines[0].unread == "too short"
    assert [(note.code, note.line) for note in record.notes] == [("line-unread", "l1")]
    assert done.flags == ("line-unread",)


def test_ink_without_lines_is_an_alarm_and_a_blank_page_is_none(desk: Desk, scan: PageSource) -> None:
    desk.segmenter = FakeSegmenter(lines=0)
    inked = desk.worker().work(scan)
    Image.new("L", (200, 300), 240).save(scan.path)
    blank = desk.worker().work(replace(scan, key=PageKey("blank")))

    assert inked.flags == ("empty-page",)
    assert [note.message for note in inked.reasons] == ["No line was found on 1.png, though there is ink on it."]
    assert blank.flags == ()
    record = decode_record((desk.out / "json/blank.json").read_bytes())
    assert [note.code for note in record.notes] == ["blank-page"]


def test_ink_and_lines_without_text_are_an_alarm_too(desk: Desk, scan: PageSource) -> None:
    desk.reader = FakeReader(texts={"l1": "", "l2": "  "})
    inked = desk.worker().work(scan)
    Image.new("L", (200, 300), 240).save(scan.path)
    blank = desk.worker().work(replace(scan, key=PageKey("blank")))

    assert (inked.flags, blank.flags) == (("empty-page",), ())
    assert [note.message for note in inked.reasons] == ["No text was found on 1.png, though there is ink on it."]


def test_a_loop_is_in_the_record_and_in_the_receipt(desk: Desk, scan: PageSource) -> None:
    desk.reader = FakeReader(texts={"l2": "et la la la la la la la la"})
    done = desk.worker().work(scan)

    record = decode_record((desk.out / "json/box/1.json").read_bytes())
    assert done.flags == ("repetition",)
    assert done.reasons == record.notes
    assert [(note.line, note.message) for note in record.notes] == [("l2", "The text runs in a loop: “la” 8 times.")]


@pytest.mark.parametrize(
    ("scripts", "flags"),
    [(None, ()), (frozenset({"Latn"}), ("script",)), (frozenset({"Cyrl", "Latn"}), ())],
)
def test_another_script_than_the_declared_is_an_alarm(
    desk: Desk, scan: PageSource, scripts: Scripts | None, flags: tuple[str, ...]
) -> None:
    desk.reader = FakeReader(texts={"l1": "и свет во тьме светит"})
    assert desk.worker(scripts=scripts).work(scan).flags == flags


def test_the_receipt_holds_the_first_reasons_cut_and_the_record_holds_all(desk: Desk, scan: PageSource) -> None:
    desk.segmenter = FakeSegmenter(lines=9)
    desk.reader = FakeReader(unread=frozenset(f"l{number}" for number in range(1, 10)), why="too short " * 100)
    done = desk.worker().work(scan)

    record = decode_record((desk.out / "json/box/1.json").read_bytes())
    assert [len(note.message) for note in done.reasons] == [MOST_OF_A_REASON] * MOST_REASONS
    assert len([note for note in record.notes if note.code == "line-unread"]) == 9
    assert done.flags == ("empty-page", "line-unread")


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [
        (MemoryError(), FailureClass.OOM),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), FailureClass.OOM),
        (ValueError("odd"), FailureClass.BUG),
    ],
)
def test_whatever_libraries_raise_is_the_pages_failure_with_its_step(
    desk: Desk, scan: PageSource, trouble: Exception, failure: FailureClass
) -> None:
    desk.reader = FakeReader(trouble=trouble)
    found = problem(lambda: desk.worker().work(scan))

    assert (found.failure, found.step, found.__cause__) == (failure, Step.RECOGNISE, trouble)


def test_a_stages_own_problem_keeps_its_class(desk: Desk, scan: PageSource) -> None:
    own = PageProblem("strip", mend="cut", failure=FailureClass.LAYOUT, step=Step.SEGMENT)
    desk.reader = FakeReader(trouble=own)

    assert problem(lambda: desk.worker().work(scan)) is own


def test_a_full_disk_is_no_failure_of_the_page(desk: Desk, scan: PageSource) -> None:
    desk.out.write_bytes(b"a file where OUT should be")

    with pytest.raises(OutputUnwritable):
        desk.worker().work(scan)


def test_pages_of_a_file_of_several_are_written_as_images_where_asked(desk: Desk, tmp_path: Path) -> None:
    frames = [Image.new("L", (200, 300), 240), Image.new("L", (210, 310), 240)]
    frames[0].save(tmp_path / "vol.tif", save_all=True, append_images=frames[1:])
    source = PageSource(
        PageKey("vol.p0002"), str(tmp_path / "vol.tif"), SourceKind.IMAGE, frame=1, image_name="vol.p0002.png"
    )
    done = desk.worker(write_images=True).work(source)

    assert "images/vol.p0002.png" in [file.path for file in done.files]
    with Image.open(desk.out / "images" / "vol.p0002.png") as written:
        assert written.size == (210, 310)
    assert 'imageFilename="vol.p0002.png"' in (desk.out / "page" / "vol.p0002.xml").read_text(encoding="utf-8")


def test_images_of_one_page_are_not_written_again(desk: Desk, scan: PageSource) -> None:
    desk.worker(write_images=True).work(scan)

    assert not (desk.out / "images").exists()


def test_a_page_read_twice_is_the_same_in_every_byte(desk: Desk, scan: PageSource) -> None:
    first = desk.worker().work(scan)
    desk.out = desk.out.parent / "again"
    second = desk.worker().work(scan)

    assert first.files == second.files
    assert orjson.loads((desk.out / "json/box/1.json").read_bytes())["reading"]["run_started"] == READING.run_started
