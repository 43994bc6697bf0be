"""No two pages share an output, on any file system, and a page's place tells where it came from."""

import os
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.key_parts import LONGEST
from htrkit.core.keys import Keyed, Place, folded, page_keys
from htrkit.domain.names import PageKey

OUTER = ("home", "ann", "scans")


def at(path: str, *, outer: tuple[str, ...] = OUTER, pages: int = 1) -> Place:
    *tree, name = path.split("/")
    return Place(outer, tuple(tree), name, pages=pages)


def alone(path: str, *, pages: int = 1) -> Place:
    *outer, name = path.split("/")
    return Place(tuple(outer), (), name, by_itself=True, pages=pages)


def keys(places: Sequence[Place], *, roots: int = 1) -> list[str]:
    return [key for one in page_keys(places, roots=roots).keys for key in one]


def test_a_page_below_one_folder_has_the_path_below_it() -> None:
    assert keys([at("1.jpg"), at("box1/a b/2.JPG")]) == ["1", "box1/a b/2"]


def test_a_file_by_itself_has_no_tree() -> None:
    assert keys([alone("home/ann/1.jpg")], roots=0) == ["1"]


def test_with_several_folders_each_name_begins_its_tree() -> None:
    places = [at("1.jpg"), at("x/1.jpg", outer=("mnt", "box")), alone("home/ann/7.jpg")]

    assert keys(places, roots=2) == ["scans/1", "box/x/1", "7"]


def test_the_root_of_the_file_system_has_no_name_to_begin_with() -> None:
    assert keys([at("a/1.jpg", outer=()), at("1.jpg")], roots=2) == ["a/1", "scans/1"]


def test_folders_of_one_name_say_as_much_of_their_paths_as_it_takes() -> None:
    ways = [("mnt", "a", "x", "box"), ("mnt", "b", "x", "box")]
    keyed = page_keys([at(name, outer=way) for way in ways for name in ("1.jpg", f"{way[1]}.jpg")], roots=2)

    assert [key for one in keyed.keys for key in one] == ["a/x/box/1", "a/x/box/a", "b/x/box/1", "b/x/box/b"]
    (warning,) = keyed.warnings
    assert warning.startswith("/mnt/a/x/box, /mnt/b/x/box: INPUT folders share names; ")


def test_files_by_themselves_say_as_much_of_their_paths_as_it_takes() -> None:
    keyed = page_keys([alone("a/x/1.jpg"), alone("b/x/1.jpg"), alone("b/x/2.jpg")], roots=0)

    assert [one[0] for one in keyed.keys] == ["a/x/1", "b/x/1", "2"]
    assert keyed.warnings == (
        "1.jpg, 1.jpg: given from several folders; their outputs carry as much of the paths as tells them apart.",
    )


def test_a_file_by_itself_gives_way_to_a_folder() -> None:
    assert keys([at("1.jpg"), alone("mnt/x/1.jpg")]) == ["1", "x/1"]


def test_where_stems_collide_the_full_names_are_used_and_said() -> None:
    keyed = page_keys([at("a/1.jpg"), at("a/1.png"), at("a/2.png"), at("b/1.jpg")])

    assert [one[0] for one in keyed.keys] == ["a/1.jpg", "a/1.png", "a/2", "b/1"]
    (warning,) = keyed.warnings
    assert warning.startswith("scans/a: the outputs of 1.jpg, 1.png carry the full file names")


def test_names_that_differ_by_case_alone_are_told_apart_by_a_hash() -> None:
    found = keys([at("1.jpg"), at("1.JPG")])

    assert len({folded(key) for key in found}) == 2
    assert all(key.lower().startswith("1.jpg-") for key in found)


def test_folders_that_differ_by_unicode_form_alone_share_no_output() -> None:
    found = keys([at(f"{unicodedata.normalize(form, 'é')}/1.jpg") for form in ("NFC", "NFD")])

    assert len({folded(key) for key in found}) == 2


def test_pages_of_a_file_are_numbered_from_one() -> None:
    assert keys([at("vol.tif", pages=3)]) == ["vol.p0001", "vol.p0002", "vol.p0003"]


def test_a_page_of_a_file_and_a_file_of_that_name_are_told_apart() -> None:
    assert keys([at("vol.tif", pages=2), at("vol.p0002.jpg")]) == ["vol.tif.p0001", "vol.tif.p0002", "vol.p0002.jpg"]


def test_a_folder_cannot_stand_where_a_page_is_written() -> None:
    assert keys([at("a.jpg"), at("a.txt/b.jpg"), at("a%2Etxt/b.jpg")]) == ["a", "a%2Etxt/b", "a%252Etxt/b"]


def test_no_part_is_too_long_even_with_a_page_number() -> None:
    (key, other) = keys([at(f"{'d' * 255}/{'ü' * 125}.tif", pages=2)])

    assert all(len(part.encode()) <= LONGEST for part in key.split("/"))
    assert (key[:-1], key[-1], other[-1]) == (other[:-1], "1", "2")


def test_warnings_are_safe_to_show() -> None:
    (warning,) = page_keys([at("\x1b[2J/1.jpg"), at("\x1b[2J/1.png")]).warnings

    assert warning.startswith("scans/%1B[2J: ")


def test_many_collisions_are_counted() -> None:
    (warning,) = page_keys([at(f"{n}.{end}") for n in range(10) for end in ("jpg", "png")]).warnings

    assert "and 14 more" in warning


NASTY = ["1.jpg", "1.JPG", "1.png", "1", "a\n.jpg", "\x1b.jpg", "\udcff.jpg", "\u202e.jpg", "é.jpg", "e\u0301.jpg"]
NASTY += [
    "x" * 251 + ".jpg",
    "X" * 251 + ".jpg",
    "[bold].jpg",
    "a.txt",
    "A.txt",
    "%31.jpg",
    "ſ.jpg",
    "s.jpg",
    "con.jpg",
]
NASTY += ["1.jpg-5feceb66.jpg", "1.p0001.jpg", "ß.jpg", "ss.jpg", " .jpg", "…jpg"]

some_names = st.sampled_from(NASTY) | st.binary(min_size=1, max_size=40).map(
    lambda content: os.fsdecode(content.replace(b"/", b"").replace(b"\0", b"") or b"x")
)


@st.composite
def places(draw: st.DrawFn) -> list[Place]:
    """Give places of different files, some below folders and some by themselves."""
    roots = draw(st.lists(st.lists(some_names, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3, unique=True))
    found: dict[tuple[str, ...], Place] = {}
    for _ in range(draw(st.integers(1, 12))):
        outer = draw(st.sampled_from(roots))
        by_itself = draw(st.booleans())
        tree = () if by_itself else tuple(draw(st.lists(some_names, max_size=2)))
        name, pages = draw(some_names), draw(st.sampled_from([1, 1, 1, 2, 12]))
        found.setdefault((*outer, *tree, name), Place(outer, tree, name, by_itself=by_itself, pages=pages))
    return list(found.values())


@given(places(), st.integers(0, 3))
def test_no_two_pages_share_an_output_whatever_they_are_called(given_places: list[Place], roots: int) -> None:
    keyed = page_keys(given_places, roots=roots)
    found = [key for one in keyed.keys for key in one]

    assert [len(one) for one in keyed.keys] == [place.pages for place in given_places]
    assert len({folded(key) for key in found}) == len(found)
    assert all(0 < len(part.encode()) <= LONGEST for key in found for part in key.split("/"))


@given(places(), st.integers(0, 3))
def test_no_page_stands_where_another_needs_a_folder(given_places: list[Place], roots: int) -> None:
    found = [key for one in page_keys(given_places, roots=roots).keys for key in one]
    folders = {folded("/".join(key.split("/")[:depth])) for key in found for depth in range(1, key.count("/") + 1)}

    for suffix in (".txt", ".xml", ".html", ".json", ".png"):
        assert folders.isdisjoint(folded(f"{key}{suffix}") for key in found)


@given(places(), st.integers(0, 3))
def test_keys_depend_on_nothing_but_the_places(given_places: list[Place], roots: int) -> None:
    def by_place(order: Sequence[Place]) -> dict[Place, tuple[str, ...]]:
        keyed: Keyed = page_keys(order, roots=roots)
        return dict(zip(order, keyed.keys, strict=True))

    assert by_place(given_places) == by_place(given_places[::-1])


@pytest.mark.parametrize(("one", "other"), [("É", "e\u0301"), ("ẞ", "ss"), ("İ", "i\u0307"), ("ǅ", "ǆ")])
def test_folding_sees_through_case_and_unicode_form(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_key_that_is_taken_stays_with_its_page_and_the_new_one_carries_its_full_name() -> None:
    places = [Place(("vol", "box"), (), "1.png"), Place(("vol", "box"), (), "2.png")]

    assert page_keys(places, taken=[PageKey("1")]).keys == ((PageKey("1.png"),), (PageKey("2"),))
    assert page_keys(places, taken=[PageKey("7")]).keys == ((PageKey("1"),), (PageKey("2"),))


def test_a_key_is_taken_on_any_file_system_and_for_every_page_of_a_file() -> None:
    assert page_keys([Place(("vol",), (), "A.jpg")], taken=[PageKey("a")]).keys != ((PageKey("A"),),)
    several = page_keys([Place(("vol",), (), "v.pdf", pages=2)], taken=[PageKey("v.p0002")]).keys
    assert PageKey("v.p0002") not in several[0]


def test_where_the_full_name_is_taken_too_a_hash_is_left() -> None:
    taken = [PageKey("1"), PageKey("1.png")]
    ((key,),) = page_keys([Place(("vol",), (), "1.png")], taken=taken).keys

    assert key.startswith("1.png-")


@given(st.sets(st.sampled_from(["1", "2", "box/1", "box/1.jpg", "1.png", "vol/box/1"])))
def test_no_new_key_is_a_taken_one(taken: set[str]) -> None:
    places = [Place(("vol", "box"), (), name) for name in ("1.jpg", "1.png", "2.jpg")]
    keys = [key for group in page_keys(places, taken=map(PageKey, taken)).keys for key in group]

    assert len(set(keys) | taken) == len(keys) + len(taken)
