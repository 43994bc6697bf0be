"""An XML belongs to the image that it names, else to that of its stem; of several, the right one is taken."""

import unicodedata
from collections.abc import Sequence

import pytest

from htrkit.core.pairing import Pair, Pairing, Tie, pair
from htrkit.core.pairing_words import alone_words, pair_words, rank_words
from htrkit.core.ranking import best_first, by_page
from htrkit.domain.found import FoundFile, SeenXml
from tests.fakes.found import found, xml


def one_page(_: FoundFile) -> int:
    return 1


def three_pages(_: FoundFile) -> int:
    return 3


def paired(images: Sequence[str], *xmls: SeenXml) -> Pairing:
    return pair([found(image) for image in images], xmls, pages_of=one_page)


def image_of(images: Sequence[str], seen: SeenXml) -> str | None:
    pairing = paired(images, seen)
    return pairing.pairs[0].image.path if pairing.pairs else None


@pytest.mark.parametrize(
    "written",
    ["b.jpg", "B.JPG", "sub/b.jpg", r"C:\x\b.jpg", "https://x.example/y/b.jpg?z", "file:///q/b.jpg", "%62.jpg"],
)
def test_an_xml_belongs_to_the_image_that_it_names(written: str) -> None:
    pairing = paired(["/vol/a.jpg", "/vol/b.jpg"], xml("/vol/a.xml", written))

    assert [(one.image.name, one.tie) for one in pairing.pairs] == [("b.jpg", Tie.NAME)]


def test_a_name_in_another_unicode_form_is_the_same_name() -> None:
    image = unicodedata.normalize("NFD", "/vol/é.jpg")

    assert image_of([image], xml("/vol/x.xml", "é.jpg")) == image


def test_of_twins_that_differ_by_case_the_exact_one_is_taken() -> None:
    assert image_of(["/vol/a.JPG", "/vol/a.jpg"], xml("/vol/x.xml", "a.jpg")) == "/vol/a.jpg"
    assert image_of(["/vol/A.jpg", "/vol/a.png"], xml("/vol/a.xml")) == "/vol/a.png"


@pytest.mark.parametrize("folder", ["/vol/page", "/vol/alto", "/vol/PAGE", "/vol/anything"])
def test_an_image_may_stand_in_the_parent_folder(folder: str) -> None:
    assert image_of(["/vol/1.jpg"], xml(f"{folder}/x.xml", "1.jpg")) == "/vol/1.jpg"
    assert image_of(["/vol/1.jpg"], xml(f"{folder}/1.xml")) == "/vol/1.jpg"


def test_an_image_may_stand_in_a_sister_folder() -> None:
    assert image_of(["/vol/images/1.jpg"], xml("/vol/xml/x.xml", "1.jpg")) == "/vol/images/1.jpg"
    assert image_of(["/vol/images/1.jpg"], xml("/vol/xml/1.xml")) == "/vol/images/1.jpg"


def test_an_image_beside_goes_before_one_in_the_parent_folder_and_that_before_a_sister() -> None:
    images = ["/vol/s/1.jpg", "/vol/1.jpg", "/vol/page/1.jpg"]

    assert image_of(images, xml("/vol/page/1.xml", "1.jpg")) == "/vol/page/1.jpg"
    assert image_of(images[:2], xml("/vol/page/1.xml", "1.jpg")) == "/vol/1.jpg"


def test_an_image_deeper_down_or_two_folders_up_is_another() -> None:
    assert image_of(["/vol/a/b/1.jpg"], xml("/vol/1.xml", "1.jpg")) is None
    assert image_of(["/vol/1.jpg"], xml("/vol/a/b/1.xml", "1.jpg")) is None


def test_a_volume_with_images_of_its_own_borrows_none_from_the_next() -> None:
    images = ["/vol/box1/2.jpg", "/vol/box2/1.jpg", "/vol/1.jpg"]

    assert image_of(images, xml("/vol/box1/1.xml", "1.jpg")) is None


def test_a_page_folder_has_its_images_above_even_with_an_image_inside() -> None:
    assert image_of(["/vol/1.jpg", "/vol/page/preview.png"], xml("/vol/page/1.xml", "1.jpg")) == "/vol/1.jpg"


def test_where_several_sisters_have_the_image_none_is_guessed() -> None:
    pairing = paired(["/vol/a/1.jpg", "/vol/b/1.jpg"], xml("/vol/xml/1.xml", "1.jpg"))

    assert not pairing.pairs
    assert [rival.path for rival in pairing.alone[0].rivals] == ["/vol/a/1.jpg", "/vol/b/1.jpg"]
    assert list(alone_words(pairing.alone)) == [
        "/vol/xml/1.xml: may belong to each of /vol/a/1.jpg, /vol/b/1.jpg; it is used for none.",
        "/vol/xml: XML without its image: 1.xml (image 1.jpg); not used.",
    ]


def test_the_folder_that_the_xml_writes_decides_between_sisters() -> None:
    assert image_of(["/vol/a/1.jpg", "/vol/b/1.jpg"], xml("/vol/xml/1.xml", "../b/1.jpg")) == "/vol/b/1.jpg"


@pytest.mark.parametrize("name", ["1.xml", "1.jpg.xml", "1.XML", "1.JPG.xml"])
def test_an_xml_that_names_none_belongs_to_the_image_of_its_stem(name: str) -> None:
    pairing = paired(["/vol/1.jpg"], xml(f"/vol/{name}"))

    assert [(one.image.name, one.tie) for one in pairing.pairs] == [("1.jpg", Tie.STEM)]
    assert not list(pair_words(pairing.pairs, pages=1))


def test_a_full_name_goes_before_a_stem() -> None:
    assert image_of(["/vol/1.jpg.png", "/vol/1.jpg"], xml("/vol/1.jpg.xml")) == "/vol/1.jpg"


def test_an_xml_that_cannot_be_parsed_pairs_by_its_stem() -> None:
    assert image_of(["/vol/1.jpg"], xml("/vol/page/1.xml", lines=False, problem="torn")) == "/vol/1.jpg"


def test_another_suffix_than_the_one_named_is_not_worth_a_word() -> None:
    pairing = paired(["/vol/1.jpg"], xml("/vol/1.xml", "masters/1.tif"))

    assert pairing.pairs[0].image.name == "1.jpg"
    assert not list(pair_words(pairing.pairs, pages=1))


def test_an_image_of_the_stem_but_not_the_one_named_is_said() -> None:
    pairing = paired(["/vol/1.jpg"], xml("/vol/1.xml", "\x1b2.jpg"))

    assert list(pair_words(pairing.pairs, pages=1)) == [
        "/vol/1.xml: names %1B2.jpg, which was not found; taken for 1.jpg by its own name."
    ]


def test_of_several_images_of_its_stem_the_first_is_taken_and_said() -> None:
    pairing = paired(["/vol/1.jpg", "/vol/1.png"], xml("/vol/1.xml"))

    assert pairing.pairs[0].image.name == "1.jpg"
    assert list(pair_words(pairing.pairs, pages=1)) == ["/vol/1.xml: taken for 1.jpg; it could as well be for 1.png."]


def test_an_xml_without_its_image_is_named_with_it() -> None:
    alone = paired(
        ["/vol/1.jpg"],
        xml("/vol/2.xml", "scan\n2.jpg"),
        xml("/vol/3.xml"),
        xml("/vol/4.xml", problem="torn"),
        xml("/vol/5.xml", "5.jpg", root=None),
    ).alone

    assert list(alone_words(alone)) == [
        "/vol: XML without its image: 2.xml (image scan%0A2.jpg), 3.xml (names none), 4.xml (torn); not used.",
        "/vol: XML without its image: 5.xml (image 5.jpg); each counts as a page, and will fail.",
    ]


def test_a_thousand_xml_files_without_images_are_one_sentence() -> None:
    (words,) = alone_words(paired([], *(xml(f"/vol/{n}.xml", f"{n}.jpg") for n in range(1000))).alone)

    assert "11.xml (image 11.jpg) and 988 more" in words


def ranked(*xmls: SeenXml) -> list[str]:
    pairs = paired(["/vol/1.jpg"], *xmls).pairs
    return [one.xml.file.path for one in best_first(pairs)]


def test_of_several_that_beside_goes_first_then_page_then_alto_then_others() -> None:
    paths = ["/vol/other/1.xml", "/vol/alto/1.xml", "/vol/page/1.xml", "/vol/1.xml"]

    assert ranked(*(xml(path) for path in paths)) == paths[::-1]


def test_in_one_folder_the_one_that_names_the_image_goes_first() -> None:
    assert ranked(xml("/vol/1.xml"), xml("/vol/x.xml", "1.jpg")) == ["/vol/x.xml", "/vol/1.xml"]


def test_the_first_with_lines_is_taken_and_the_others_keep_their_order() -> None:
    paths = ranked(xml("/vol/1.xml", lines=False), xml("/vol/page/1.xml", lines=False), xml("/vol/alto/1.xml"))

    assert paths == ["/vol/alto/1.xml", "/vol/1.xml", "/vol/page/1.xml"]


def test_where_none_has_lines_the_order_stands() -> None:
    assert ranked(xml("/vol/alto/1.xml", lines=False), xml("/vol/1.xml", lines=False))[0] == "/vol/1.xml"


def test_those_not_used_are_named_folder_by_folder() -> None:
    pages = [
        best_first(
            paired(
                [f"/vol/{n}.jpg"],
                xml(f"/vol/{n}.xml", lines=n != 3),
                xml(f"/vol/page/{n}.xml"),
                xml(f"/vol/alto/{n}.xml"),
            ).pairs
        )
        for n in (1, 2, 3)
    ]

    assert list(rank_words(pages)) == [
        "/vol/page: not used: 1.xml, 2.xml; the same pages have XML in /vol, which goes first.",
        "/vol/alto: not used: 1.xml, 2.xml; the same pages have XML in /vol, which goes first.",
        "/vol/alto: not used: 3.xml; the same pages have XML in /vol/page, which goes first.",
        "/vol: not used: 3.xml; no lines were seen there, but in the XML in /vol/page.",
    ]


def test_one_not_used_that_cannot_be_parsed_is_said_to_be_so() -> None:
    pairs = paired(["/vol/1.jpg"], xml("/vol/1.xml", lines=False, problem="torn"), xml("/vol/page/1.xml")).pairs

    assert "1.xml (torn)" in next(rank_words([best_first(pairs)]))


def of_several(*xmls: SeenXml, image: str = "/vol/vol.tif") -> tuple[Pair, ...]:
    return pair([found(image)], xmls, pages_of=three_pages).pairs


@pytest.mark.parametrize("named", [None, "vol.tif", "vol.p0002.png"])
@pytest.mark.parametrize("path", ["/vol/vol.p0002.xml", "/vol/page/vol.tif.p0002.xml"])
def test_a_page_number_in_its_name_gives_an_xml_to_that_page(path: str, named: str | None) -> None:
    pages = by_page(of_several(xml(path, named)), 3)

    assert {page: [one.xml.file.path for one in pairs] for page, pairs in pages.items()} == {1: [path]}


def test_an_xml_for_the_whole_file_goes_with_its_first_page_and_is_said() -> None:
    pairs = of_several(xml("/vol/x.xml", "vol.tif"))

    assert set(by_page(pairs, 3)) == {0}
    assert list(pair_words(pairs, pages=3)) == ["/vol/x.xml: taken for the first of the 3 pages of vol.tif."]


@pytest.mark.parametrize("number", ["0004", "0000"])
def test_an_xml_for_a_page_that_is_not_there_is_not_used_and_said(number: str) -> None:
    pairs = of_several(xml(f"/vol/vol.p{number}.xml"))

    assert not by_page(pairs, 3)
    assert list(pair_words(pairs, pages=3)) == [f"/vol/vol.p{number}.xml: not used, since vol.tif has 3 pages."]


def test_an_image_of_one_page_has_no_numbered_xml() -> None:
    assert image_of(["/vol/1.jpg"], xml("/vol/1.p0002.xml")) is None
    (named,) = paired(["/vol/1.jpg"], xml("/vol/1.p0002.xml", "1.jpg")).pairs
    assert named.page is None


def test_an_image_that_is_called_like_a_page_is_an_image() -> None:
    assert image_of(["/vol/1.p0002.jpg", "/vol/1.tif"], xml("/vol/1.p0002.xml")) == "/vol/1.p0002.jpg"


def test_pages_are_counted_only_where_a_name_asks_for_it() -> None:
    def never(_: FoundFile) -> int:
        raise AssertionError

    assert pair([found("/vol/1.tif")], [xml("/vol/1.xml", "1.tif"), xml("/vol/2.xml")], pages_of=never).pairs


def test_at_the_top_of_the_file_system_there_is_nothing_above() -> None:
    assert image_of(["/1.jpg"], xml("/page/1.xml")) == "/1.jpg"
    assert image_of([], xml("/1.xml")) is None
