"""What kraken reads in a document, we read: the same lines in the same order with the same points and words."""

from pathlib import Path
from typing import Any

import pytest

from htrkit.domain.geometry import Size, clipped
from htrkit.domain.page import Layout, Line
from htrkit.layouts.sidecar import read_sidecar
from tests.fakes.sidecars import SIZE, alto, line, page, region


def kraken_page(path: Path) -> Any:
    from kraken.lib.xml import XMLPage  # noqa: PLC0415 - a slow import for few tests

    return XMLPage(path)


def documents(shared: Path) -> list[Path]:
    found = [path for folder in ("demo", "bench") for path in sorted((shared / "data" / folder).glob("*/*.xml"))]
    return [path for path in found if path.parent.name != "LICENSES"]


def assert_same(path: Path) -> int:
    theirs = kraken_page(path)
    size = Size(*theirs.image_size)
    ours = read_sidecar(path.read_bytes(), name=path.name, image=size)

    compared = 0
    for mine, line_ in zip(ours.lines, theirs.get_sorted_lines(), strict=True):
        boundary, baseline = tuple(map(tuple, line_.boundary)), tuple(map(tuple, line_.baseline))
        on_page = clipped(boundary, size) == boundary and clipped(baseline, size) == baseline
        if on_page:  # kraken cannot cut out the others
            assert (mine.boundary, mine.baseline) == (boundary, baseline)
            compared += 1
        assert_same_words(mine, line_)
    assert_same_regions(ours, theirs, size)
    assert {note.code for note in ours.notes} <= {"points-clipped"}
    return compared


def assert_same_words(mine: Line, theirs: Any) -> None:
    tagged = (theirs.tags or {}).get("type", [{"type": None}])[0]["type"]
    # An empty string is a space to kraken.
    text = "" if theirs.text == " " else theirs.text

    assert (mine.id, mine.region) == (theirs.id, theirs.regions[0])
    assert (mine.kind, mine.given_text) == (tagged, text)
    assert (mine.direction, theirs.base_dir) == (None, None)


def assert_same_regions(ours: Layout, theirs: Any, size: Size) -> None:
    drawn = {
        one.id: (clipped(tuple(map(tuple, one.boundary)), size), kind)
        for kind, group in theirs.regions.items()
        for one in group
    }

    assert {one.id: (one.boundary, one.label or "text") for one in ours.regions} == drawn


@pytest.mark.slow
def test_real_documents_are_read_as_kraken_reads_them(shared: Path) -> None:
    assert sum(assert_same(path) for path in documents(shared)) == 4798


TURNED = 'readingDirection="{}"'


@pytest.mark.slow
@pytest.mark.parametrize(
    "document",
    [
        page(region("r1", line("a"), line("b")) + region("r2", line("c"))),
        page(region("r1", line(more=TURNED.format("right-to-left")))),
        page(region("r1", line(), more=TURNED.format("right-to-left"))),
        page(region("r1", line()), more=TURNED.format("right-to-left")),
        page(region("r1", line(), more=TURNED.format("left-to-right")), more=TURNED.format("right-to-left")),
        page(region("r1", line(inner='<Coords points="1,1 1,1 90,1 90,50 1,50 1,1"/><Baseline points="1,9 80,9"/>'))),
        page(region("r1", line(inner='<Coords points="1,1 90,1 90,50 7"/><Baseline points="1,9 80,9 5"/>'))),
        alto(),
        alto('<TextBlock ID="b" BASEDIRECTION="rtl"><TextLine ID="l" BASELINE="1.9,5.9 80.2,9.99">'
             '<Shape><Polygon POINTS="(1.5 1) (90.7 1.2) (9e1 50.9)"/></Shape></TextLine></TextBlock>'),
    ],
)  # fmt: skip
def test_a_document_made_by_hand_is_read_as_kraken_reads_it(tmp_path: Path, document: str) -> None:
    path = tmp_path / "1.xml"
    path.write_text(document.replace("<Description>", "<Description><sourceImageInformation><fileName>1.jpg</fileName>"
                                     "</sourceImageInformation>"))  # fmt: skip
    ours = read_sidecar(path.read_bytes(), name="1.xml", image=SIZE)
    theirs = kraken_page(path).get_sorted_lines()

    directions = {"L": "ltr", "R": "rtl", None: None}
    assert [(one.id, one.boundary, one.baseline, one.direction) for one in ours.lines] == [
        (one.id, tuple(one.boundary), tuple(one.baseline), directions[one.base_dir]) for one in theirs
    ]


@pytest.mark.slow
def test_kraken_drops_lines_that_we_keep(tmp_path: Path) -> None:
    path = tmp_path / "1.xml"
    path.write_text(page(region("r1", line("a"), line("b", ""), region("r2", line("c")))))

    assert [one.id for one in kraken_page(path).get_sorted_lines()] == ["a"]
    assert len(read_sidecar(path.read_bytes(), name="1.xml", image=SIZE).lines) == 3
