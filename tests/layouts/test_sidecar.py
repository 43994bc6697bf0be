"""PAGE and ALTO documents of every version become layouts, or fail their page by name."""

from hashlib import sha256
from itertools import product

import pytest

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass
from htrkit.domain.geometry import Size
from htrkit.domain.page import LayoutKind
from htrkit.layouts.sidecar import read_truth
from tests.fakes.sidecars import (
    ALTO_BLOCK,
    PAGE_NAMESPACE,
    alto,
    codes,
    ids,
    line,
    page,
    read,
    refused,
    region,
)

ONE = page(region("r1", line()))
VERSIONS = ["2010-03-19", "2013-07-15", "2016-07-15", "2017-07-15", "2018-07-15", "2019-07-15", "2024-07-15"]


@pytest.mark.parametrize(
    ("namespace", "version"),
    [
        *((PAGE_NAMESPACE.format(version), version) for version in VERSIONS),
        ("https://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15", "2019-07-15"),
        (PAGE_NAMESPACE.format("next"), None),
        ("urn:our-own", None),
        ("", None),
    ],
)
def test_every_version_of_page_is_read(namespace: str, version: str | None) -> None:
    layout = read(page(region("r1", line()), namespace=namespace))

    assert (layout.origin.kind, layout.origin.version) == (LayoutKind.PAGE_XML, version)
    assert layout.lines[0].boundary == ((100, 100), (900, 100), (900, 150), (100, 150))
    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert layout.notes == ()


@pytest.mark.parametrize(
    ("namespace", "version"),
    [
        ("http://www.loc.gov/standards/alto/ns-v2#", "2"),
        ("http://www.loc.gov/standards/alto/ns-v3#", "3"),
        ("http://www.loc.gov/standards/alto/ns-v4#", "4"),
        ("http://schema.ccs-gmbh.com/ALTO", None),
        ("http://bibnum.bnf.fr/ns/alto_prod", None),
        ("", None),
    ],
)
def test_every_version_of_alto_is_read(namespace: str, version: str | None) -> None:
    layout = read(alto(namespace=namespace))

    assert (layout.origin.kind, layout.origin.version) == (LayoutKind.ALTO, version)
    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert layout.lines[0].given_text == "in principio"
    assert layout.notes == ()


def test_altos_exact_version_is_told_where_the_document_tells_it() -> None:
    assert read(alto().replace("<alto ", '<alto SCHEMAVERSION="4.2" ')).origin.version == "4.2"


def test_prefixes_are_no_matter() -> None:
    prefixed = ONE.replace("<", "<p:").replace("<p:/", "</p:").replace("xmlns=", "xmlns:p=")

    assert ids(read(prefixed)) == ["l1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not well-formed"),
        (b"<PcGts", "not well-formed"),
        (ONE.encode()[:-9], "not well-formed"),
        (b"\x00\x01", "not well-formed"),
        (b"<html/>", "neither PAGE nor ALTO"),
        (b"<mets/>", "neither PAGE nor ALTO"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><PcGts>&x;</PcGts>', "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><PcGts>&y;</PcGts>', "DOCTYPE"),
        (b"<PcGts>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</PcGts>", "not well-formed"),
    ],
)
def test_what_cannot_be_parsed_fails_the_page_by_name(content: bytes, said: str) -> None:
    problem = refused(content)

    assert problem.failure is FailureClass.SIDECAR
    assert said in problem.what


def test_a_document_for_a_picture_of_another_shape_fails_the_page_with_both_sizes() -> None:
    problem = refused(ONE, Size(1000, 900))

    assert problem.failure is FailureClass.SIZE
    assert "1000 x 800" in problem.what
    assert "1000 x 900" in problem.what
    assert "EXIF" not in problem.mend


@pytest.mark.parametrize("size", [Size(800, 1000), Size(1600, 2000)])
def test_a_document_for_the_picture_before_it_was_turned_says_so(size: Size) -> None:
    problem = refused(ONE, size)

    assert problem.failure is FailureClass.SIZE
    assert "EXIF" in problem.mend


@pytest.mark.parametrize("document", [ONE, alto()])
def test_a_document_in_proportion_is_scaled_and_that_is_said(document: str) -> None:
    layout = read(document, Size(2000, 1600))

    assert layout.lines[0].baseline == ((200, 280), (1800, 280))
    assert layout.lines[0].boundary == ((200, 200), (1800, 200), (1800, 300), (200, 300))
    assert codes(layout) == ["sidecar-scaled"]
    assert "1000 x 800" in layout.notes[0].message
    assert "2000 x 1600" in layout.notes[0].message


def test_one_per_cent_is_in_proportion_and_two_are_not() -> None:
    assert codes(read(ONE, Size(1007, 800))) == ["sidecar-scaled"]
    assert refused(ONE, Size(1020, 800)).failure is FailureClass.SIZE


@pytest.mark.parametrize(
    "size", ["", 'imageWidth="0" imageHeight="0"', 'imageWidth="x" imageHeight="-3"', 'imageWidth="1000"']
)
def test_a_document_that_tells_no_size_is_taken_as_it_is_and_that_is_said(size: str) -> None:
    layout = read(page(region("r1", line()), size=size))

    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert codes(layout) == ["sidecar-without-size"]


@pytest.mark.parametrize("unit", ["mm10", "inch1200", " MM10 "])
def test_other_units_are_converted_by_the_sizes(unit: str) -> None:
    layout = read(alto(unit=unit), Size(500, 400))

    assert layout.lines[0].baseline == ((50, 70), (450, 70))
    assert unit.strip().lower() in layout.notes[0].message


@pytest.mark.parametrize("size", ["", 'WIDTH="0" HEIGHT="0"'])
def test_other_units_without_a_size_fail_the_page_by_name(size: str) -> None:
    problem = refused(alto(unit="mm10", size=size))

    assert problem.failure is FailureClass.SIZE
    assert "mm10" in problem.what


@pytest.mark.parametrize("unit", ["pixel", " Pixel ", ""])
def test_pixels_are_pixels_and_so_is_nothing(unit: str) -> None:
    assert read(alto(unit=unit)).notes == ()


@pytest.mark.parametrize("document", [page(region("r1")), page(""), alto(""), '<PcGts xmlns="x"/>', "<alto/>"])
def test_a_document_without_lines_has_none(document: str) -> None:
    assert read(document).lines == ()


def test_of_several_pages_the_first_is_taken_and_that_is_flagged() -> None:
    document = ONE.replace("</Page>", '</Page><Page imageWidth="9" imageHeight="9"/>')
    layout = read(document)

    assert ids(layout) == ["l1"]
    assert [(note.code, note.flag) for note in layout.notes] == [("several-pages", True)]


def test_the_origin_names_the_file_and_its_bytes() -> None:
    origin = read(ONE).origin

    assert (origin.name, origin.sha256) == ("1.xml", sha256(ONE.encode()).hexdigest())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_any_encoding_that_is_declared_is_read(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    text = "<TextEquiv><Unicode>é</Unicode></TextEquiv>"
    layout = read((head + page(region("r1", line(inner=text)))).encode(encoding))

    assert layout.lines[0].given_text == "é"
    assert "é" in (layout.source_xml or "")


def test_truth_is_read_in_its_own_size_and_without_one_in_that_of_its_points() -> None:
    far = line(inner='<Coords points="100,100 2900,100 2900,150"/><Baseline points="100,140 2900,140"/>')
    sized = read_truth(page(region("r1", far)).encode(), name="t.xml")
    unsized = read_truth(page(region("r1", far), size="").encode(), name="t.xml")

    assert sized.lines[0].baseline == ((100, 140), (999, 140))
    assert unsized.lines[0].baseline == ((100, 140), (2900, 140))
    assert unsized.notes == ()


def test_truth_is_read_whatever_its_unit() -> None:
    assert read_truth(alto(unit="mm10", size="").encode(), name="t.xml").lines[0].given_text == "in principio"
    assert read_truth(b"<PcGts/>", name="t.xml").lines == ()


def test_truth_that_cannot_be_parsed_is_refused() -> None:
    with pytest.raises(PageProblem, match="not well-formed"):
        read_truth(b"<torn", name="t.xml")


def test_a_thousand_lines_are_read_in_the_documents_order() -> None:
    names = [f"l{row}_{column}" for row, column in product(range(20), range(50))]

    assert ids(read(page(region("r1", *map(line, names))))) == names


def test_alto_and_page_of_the_same_line_are_the_same() -> None:
    ours, theirs = read(ONE).lines[0], read(alto(ALTO_BLOCK)).lines[0]

    assert (ours.boundary, ours.baseline) == (theirs.boundary, theirs.baseline)
