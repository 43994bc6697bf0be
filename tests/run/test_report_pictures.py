"""Pictures for a report: cut out of scans by a process that may die or hang of them, in bounded time."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from htrkit.core.report_pictures import DoubtfulLine, Picture, Thumbnail
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Direction, ImageFacts, Layout, LayoutKind, LayoutOrigin, Line, PageRecord, Reading
from htrkit.domain.source import PageSource
from htrkit.files.hashing import file_sha256
from htrkit.outputs.record import encode_record
from htrkit.run.report_pictures import MOST_DEATHS, Patience, cut_here, cut_in_process
from htrkit.run.report_pictures_cut import LINE_PIXELS, THUMBNAIL_PIXELS, Asked, cut, doubted_in
from htrkit.run.report_pictures_process import cut_what_is_asked, read_asked, read_cut, written_asked, written_cut

PATIENCE = Patience(in_all_seconds=30.0, a_page_seconds=10.0)
SHORT = Patience(in_all_seconds=1.0, a_page_seconds=0.2)


def scan(folder: Path, name: str = "a.png", size: tuple[int, int] = (600, 900)) -> Path:
    path = folder / name
    Image.new("RGB", size, (230, 220, 200)).save(path)
    return path


def asked(path: Path, record: Path | None = None, lines: tuple[str, ...] = ("l1",)) -> Asked:
    source = PageSource(PageKey("a"), str(path))
    if record is None:
        return Asked(source, 300, 200.0)
    return Asked(source, 300, 200.0, str(record), tuple(map(LineId, lines)))


def record(path: Path, *lines: Line, size: tuple[int, int] = (600, 900)) -> Path:
    facts = ImageFacts(path.name, str(path), file_sha256(path), Size(*size))
    page = PageRecord(
        PageKey("a"), facts, Layout(LayoutOrigin(LayoutKind.PAGE_XML, "a.xml"), lines=lines), Reading("kraken", "7")
    )
    place = path.with_suffix(".json")
    place.write_bytes(encode_record(page))
    return place


def line(name: str, confidence: float | None, *, text: str = "word", left: int = 10) -> Line:
    boundary = ((left, 100), (left + 500, 100), (left + 500, 140), (left, 140))
    return Line(LineId(name), boundary, ((left, 130), (left + 500, 130)), text=text, confidence=confidence)


def dimensions(picture: Picture | None) -> tuple[int, int]:
    assert picture is not None
    image = Image.open(io.BytesIO(picture.content))
    assert image.format == "JPEG"
    assert image.size == (picture.width, picture.height)
    return image.size


def test_a_failed_page_becomes_a_small_picture(tmp_path: Path) -> None:
    found = cut(asked(scan(tmp_path)))

    assert isinstance(found, Thumbnail)
    assert dimensions(found.picture) == (147, THUMBNAIL_PIXELS)


def test_a_page_that_cannot_be_decoded_says_why(tmp_path: Path) -> None:
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(b"\xff\xd8\xff\xe0 torn")

    assert cut(asked(torn)) == Thumbnail(None, "no picture: broken")
    assert cut(asked(tmp_path / "gone.jpg")) == Thumbnail(None, "no picture: unreadable")


def test_the_least_confident_lines_are_cut_out(tmp_path: Path) -> None:
    path = scan(tmp_path)
    lines = [line(f"l{number}", 0.9 - number / 100) for number in range(20)]
    place = record(path, *lines, line("none", None), line("empty", 0.1, text=" "))
    doubted = doubted_in(PageKey("a"), place)
    found = cut(asked(path, place, ("l19", "l14")))

    assert [one.line for one in doubted] == [f"l{number}" for number in range(19, 13, -1)]
    assert isinstance(found, tuple)
    assert [(one.line, one.text) for one in found] == [("l14", "word"), ("l19", "word")]
    width, height = dimensions(found[0].picture)
    assert width <= LINE_PIXELS[0]
    assert height <= LINE_PIXELS[1]


def test_a_line_outside_the_page_has_its_text_alone(tmp_path: Path) -> None:
    path = scan(tmp_path)
    (found,) = cut(asked(path, record(path, line("l1", 0.5, left=5000))))  # type: ignore[misc]

    assert isinstance(found, DoubtfulLine)
    assert (found.text, found.picture) == ("word", None)
    assert "outside" in found.cause


def test_without_its_image_a_line_has_its_text_alone(tmp_path: Path) -> None:
    path = scan(tmp_path)
    place = record(path, line("l1", 0.5))
    path.unlink()
    (found,) = cut(asked(path, place))  # type: ignore[misc]

    assert isinstance(found, DoubtfulLine)
    assert (found.text, found.picture, found.cause) == ("word", None, "no picture: unreadable")


def test_another_image_in_its_place_is_not_cut(tmp_path: Path) -> None:
    path = scan(tmp_path)
    place = record(path, line("l1", 0.5))
    Image.new("RGB", (600, 900), (0, 0, 0)).save(path)
    (found,) = cut(asked(path, place))  # type: ignore[misc]

    assert isinstance(found, DoubtfulLine)
    assert "changed" in found.cause


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_without_a_sound_record_there_are_no_lines(tmp_path: Path, content: bytes | None) -> None:
    path, place = scan(tmp_path), tmp_path / "a.json"
    if content is not None:
        place.write_bytes(content)

    assert doubted_in(PageKey("a"), place) == ()
    assert cut(asked(path, place)) == ()


def test_what_is_asked_and_told_travels_as_lines() -> None:
    one = Asked(
        PageSource(PageKey("a"), "b\udcff.jpg", frame=3, sidecars=("c.xml",)), 300, 200.0, "x.json", (LineId("l1"),)
    )
    told: list[Thumbnail | tuple[DoubtfulLine, ...]] = [
        Thumbnail(Picture(b"\xff\xd8", 3, 4), ""),
        Thumbnail(None, "no picture"),
        (DoubtfulLine(PageKey("a"), LineId("l\n1"), "t\u2028", 0.5, Picture(b"x", 1, 2), "", Direction.RTL),),
        (),
    ]

    assert read_asked(written_asked(one)) == one
    assert [read_cut(written_cut(found)) for found in told] == told
    assert all(written_cut(found).count("\n") == 1 for found in told)


def test_the_process_answers_line_by_line(tmp_path: Path) -> None:
    said = io.StringIO()
    cut_what_is_asked([written_asked(asked(scan(tmp_path)))], said)

    assert isinstance(read_cut(said.getvalue()), Thumbnail)


def test_pictures_can_be_cut_here(tmp_path: Path) -> None:
    one = asked(scan(tmp_path))

    assert list(cut_here([one, one], PATIENCE)) == [cut(one), cut(one)]
    assert list(cut_here([one], Patience(in_all_seconds=-1.0))) == []


@pytest.mark.slow
def test_a_process_cuts_what_this_one_would(tmp_path: Path) -> None:
    path = scan(tmp_path)
    wishes = [asked(path), asked(path, record(path, line("l1", 0.5)))]

    assert list(cut_in_process(wishes, PATIENCE)) == [cut(wish) for wish in wishes]


def python(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code


def test_pages_that_kill_the_process_say_so_and_are_few(tmp_path: Path) -> None:
    wishes = [asked(tmp_path / "a.png")] * 10
    command = python("import os, sys; sys.stdin.readline(); os.kill(os.getpid(), 11)")
    found = list(cut_in_process(wishes, PATIENCE, command=command))

    assert found == [Thumbnail(None, "no picture: opening it ended a process (SIGSEGV)")] * MOST_DEATHS


def test_a_page_that_takes_too_long_is_left(tmp_path: Path) -> None:
    command = python("import sys, time; sys.stdin.readline(); time.sleep(60)")
    found = list(cut_in_process([asked(tmp_path / "a.png")], SHORT, command=command))

    assert found == [Thumbnail(None, "no picture: opening it took too long")]


def test_all_pages_together_have_their_limit(tmp_path: Path) -> None:
    command = python("import sys, time; sys.stdin.readline(); time.sleep(60)")
    found = list(cut_in_process([asked(tmp_path / "a.png")] * 50, SHORT, command=command))

    assert 1 <= len(found) <= MOST_DEATHS


@pytest.mark.parametrize("answer", ["[1]", "{}", "no json", '{"picture": 3, "cause": ""}'])
def test_an_answer_that_is_none_counts_as_a_death(tmp_path: Path, answer: str) -> None:
    command = python(f"import sys; sys.stdin.readline(); print({answer!r}, flush=True); sys.stdin.readline()")
    (found,) = list(cut_in_process([asked(tmp_path / "a.png")], PATIENCE, command=command))

    assert isinstance(found, Thumbnail)
    assert found.picture is None


def test_a_process_that_cannot_be_started_gives_no_pictures(tmp_path: Path) -> None:
    assert list(cut_in_process([asked(tmp_path / "a.png")], PATIENCE, command=(str(tmp_path / "none"),))) == []
