"""A light look tells an XML's kind, its image and whether it has lines, and nothing in it can do harm."""

import os
from pathlib import Path

import pytest

from htrkit.domain.found import XmlFacts, XmlKind
from htrkit.layouts.probe import probe

PAGE_2019 = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
ALTO_4 = "http://www.loc.gov/standards/alto/ns-v4#"
LOCATION = f'xsi:schemaLocation="{ALTO_4} http://www.loc.gov/standards/alto/v4/alto-4-2.xsd"'
LINE = "<TextRegion id='r'><TextLine id='l'><Coords points='0,0 1,1'/></TextLine></TextRegion>"


def page(inner: str = LINE, *, image: str = "1.jpg", space: str = PAGE_2019, head: str = "") -> str:
    return f'{head}<PcGts xmlns="{space}"><Metadata/><Page imageFilename="{image}">{inner}</Page></PcGts>'


def alto(
    *, name: str = "<fileName>1.jpg</fileName>", line: str = "<TextLine/>", root: str = f'xmlns="{ALTO_4}"'
) -> str:
    source = f"<sourceImageInformation>{name}</sourceImageInformation>"
    return f"<alto {root}><Description>{source}</Description><Layout><Page>{line}</Page></Layout></alto>"


def looked(tmp_path: Path, content: str | bytes) -> XmlFacts:
    path = tmp_path / "x.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return probe(str(path))


def test_a_page_file_is_known(tmp_path: Path) -> None:
    assert looked(tmp_path, page()) == XmlFacts(XmlKind.PAGE, "2019-07-15", "1.jpg", has_lines=True)


def test_an_alto_file_is_known(tmp_path: Path) -> None:
    assert looked(tmp_path, alto()) == XmlFacts(XmlKind.ALTO, "4", "1.jpg", has_lines=True)


@pytest.mark.parametrize(
    ("root", "version"),
    [
        ('SCHEMAVERSION="3.1"', "3.1"),
        ('xmlns="http://www.loc.gov/standards/alto/ns-v2#"', "2"),
        (
            f'xmlns="{ALTO_4}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {LOCATION}',
            "4.2",
        ),
        ("", None),
    ],
)
def test_altos_version_is_told_where_the_root_tells_it(tmp_path: Path, root: str, version: str | None) -> None:
    facts = looked(tmp_path, alto(root=root))

    assert (facts.kind, facts.version) == (XmlKind.ALTO, version)


def test_pages_version_is_its_namespaces_date(tmp_path: Path) -> None:
    assert looked(tmp_path, page(space=PAGE_2019.replace("2019", "2013"))).version == "2013-07-15"
    assert looked(tmp_path, page(space="urn:x")).version is None


@pytest.mark.parametrize("written", ["a b/é.jpg", "https://x.example/1.jpg?a=1&amp;b=2", " 1.jpg "])
def test_the_image_is_told_whole_as_written(tmp_path: Path, written: str) -> None:
    told = written.replace("&amp;", "&").strip()

    assert looked(tmp_path, page(image=written)).image == told
    assert looked(tmp_path, alto(name=f"<fileName>{written}</fileName>")).image == told


@pytest.mark.parametrize("content", [page(image=""), alto(name="<fileName/>"), alto(name=""), "<PcGts/>"])
def test_one_that_names_no_image_names_none(tmp_path: Path, content: str) -> None:
    assert looked(tmp_path, content).image is None


def test_only_the_source_images_file_name_counts(tmp_path: Path) -> None:
    content = alto().replace("<Description>", "<Description><Processing><fileName>log.txt</fileName></Processing>")

    assert looked(tmp_path, content).image == "1.jpg"


@pytest.mark.parametrize("content", [page("<TextRegion id='r'/>"), page(""), alto(line="")])
def test_one_without_lines_has_none(tmp_path: Path, content: str) -> None:
    facts = looked(tmp_path, content)

    assert (facts.image, facts.has_lines, facts.problem) == ("1.jpg", False, None)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<mets xmlns='http://www.loc.gov/METS/'><TextLine/></mets>", XmlKind.METS),
        ("<m:mets xmlns:m='http://www.loc.gov/METS/'/>", XmlKind.METS),
        ("<TEI><TextLine/></TEI>", XmlKind.OTHER),
        ("<!DOCTYPE html><html/>", XmlKind.OTHER),
    ],
)
def test_other_xml_is_told_by_its_root_alone(tmp_path: Path, content: str, kind: XmlKind) -> None:
    facts = looked(tmp_path, f"{content}<<< what follows is not read")

    assert (facts.kind, facts.has_lines) == (kind, False)


def test_what_follows_the_first_line_is_not_read(tmp_path: Path) -> None:
    torn = page(f"{LINE}<TextRegion>{' ' * 100_000}")[:50_000]

    assert looked(tmp_path, torn) == XmlFacts(XmlKind.PAGE, "2019-07-15", "1.jpg", has_lines=True)


def test_one_torn_before_its_first_line_tells_what_it_can(tmp_path: Path) -> None:
    facts = looked(tmp_path, page("<TextRegion></Page>"))

    assert (facts.kind, facts.image, facts.has_lines) == (XmlKind.PAGE, "1.jpg", False)
    assert facts.problem is not None
    assert facts.problem.startswith("not well-formed XML (")


def test_one_that_ends_early_is_a_problem(tmp_path: Path) -> None:
    assert "not well-formed" in str(looked(tmp_path, page("")[:-10]).problem)


@pytest.mark.parametrize(
    "content", [b"garbage", b"\x00\x01", b"   ", b"\xff\xd8\xff\xe0JFIF", b'<?xml version="1.0" encoding="zzz"?><a/>']
)
def test_what_is_no_xml_is_unknown_and_a_problem(tmp_path: Path, content: bytes) -> None:
    facts = looked(tmp_path, content)

    assert (facts.kind, facts.image) == (XmlKind.UNKNOWN, None)
    assert facts.problem


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_any_encoding_that_is_declared_is_read(tmp_path: Path, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'

    assert looked(tmp_path, page(image="é.jpg", head=head).encode(encoding)).image == "é.jpg"


def test_a_doctype_is_a_problem_and_its_entities_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret.jpg")
    entity = f'<!DOCTYPE alto [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    facts = looked(tmp_path, entity + alto(name="<fileName>&x;</fileName>"))

    assert (facts.kind, facts.image) == (XmlKind.ALTO, None)
    assert "DOCTYPE" in str(facts.problem)


def test_a_billion_laughs_stay_unlaughed(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    bomb = f'<!DOCTYPE PcGts [<!ENTITY l0 "ha">{levels}]>{page("<TextRegion>&l19;</TextRegion>")}'

    assert looked(tmp_path, bomb).problem


def test_nesting_without_end_is_a_problem(tmp_path: Path) -> None:
    assert looked(tmp_path, page("<a>" * 100_000)).problem


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.xml")

    assert probe(str(tmp_path / "x.xml")) == XmlFacts(XmlKind.UNKNOWN, problem="is a pipe, not a file")


@pytest.mark.parametrize(("name", "problem"), [("gone.xml", "cannot be read"), (".", "is a folder")])
def test_what_cannot_be_opened_is_a_problem(tmp_path: Path, name: str, problem: str) -> None:
    assert problem in str(probe(f"{tmp_path}/{name}").problem)


def test_an_empty_file_is_a_problem(tmp_path: Path) -> None:
    assert looked(tmp_path, b"").problem == "is an empty file"


def test_real_files_of_two_programs_are_known(shared: Path) -> None:
    files = sorted((shared / "data/demo").glob("*/*.xml"))
    facts = [probe(str(file)) for file in files]

    assert files
    assert {one.kind for one in facts} == {XmlKind.ALTO}
    assert all(one.has_lines and one.problem is None for one in facts)
    assert all((file.parent / str(one.image)).exists() for file, one in zip(files, facts, strict=True))
