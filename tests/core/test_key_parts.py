"""A part of a key is legal on every file system, whatever the name was."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.key_parts import ILLEGAL, LONGEST, OUTPUT_SUFFIXES, clipped, digest, folder_part, stem_of

names = st.binary(min_size=1, max_size=255).map(os.fsdecode).filter(lambda name: not {"/", "\0"} & set(name))


@pytest.mark.parametrize(
    ("name", "stem"),
    [("1.jpg", "1"), ("1.jpg.xml", "1.jpg"), ("1", "1"), (".jpg", ".jpg"), ("..jpg", "..jpg"), ("1.", "1"), ("", "")],
)
def test_a_stem_is_the_name_without_its_last_suffix(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("f. 12ſ – é", "f. 12ſ – é"),
        ("[bold]", "[bold]"),
        ("100%", "100%25"),
        ("a:b*c?", "a%3Ab%2Ac%3F"),
        ("a\\b", "a%5Cb"),
        ("a\nb", "a%0Ab"),
        ("\udcff", "%FF"),
        ("\u202egpj", "%E2%80%AEgpj"),
        (".hidden", "%2Ehidden"),
        ("ends.", "ends%2E"),
        ("ends ", "ends%20"),
        ("..", "%2E%2E"),
    ],
)
def test_what_some_file_system_refuses_is_encoded(name: str, part: str) -> None:
    assert clipped(name) == part


@pytest.mark.parametrize(("folder", "part"), [("a.txt", "a%2Etxt"), ("A.XML", "A%2EXML"), ("a.jpg", "a.jpg")])
def test_a_folder_never_looks_like_an_output_file(folder: str, part: str) -> None:
    assert folder_part(folder) == part


def test_a_name_too_long_is_cut_between_characters_and_keeps_its_ending() -> None:
    part = clipped("ü" * 127, ending=".p0002")

    assert part.endswith(f"-{digest('ü' * 127)}.p0002")
    assert set(part.partition("-")[0]) == {"ü"}
    assert LONGEST - 2 < len(part.encode()) <= LONGEST


def test_long_names_with_the_same_beginning_stay_different() -> None:
    assert clipped("a" * 250 + "1") != clipped("a" * 250 + "2")


@given(names)
def test_a_part_is_short_printable_and_legal(name: str) -> None:
    for part in (clipped(name), clipped(name, ending=".p0001"), folder_part(name)):
        assert 0 < len(part.encode("utf-8")) <= LONGEST
        assert part.isprintable()
        assert not ILLEGAL - {"%"} & set(part)
        assert not part.startswith(".")
        assert not part.endswith((".", " "))
    assert not folder_part(name).casefold().endswith(OUTPUT_SUFFIXES)


@given(st.integers(min_value=190, max_value=210), st.sampled_from(OUTPUT_SUFFIXES))
def test_a_long_folder_that_looks_like_an_output_stays_short(length: int, suffix: str) -> None:
    part = folder_part("a" * (length - len(suffix)) + suffix)

    assert len(part) <= LONGEST
    assert not part.endswith(suffix)


@given(names, names)
def test_different_names_have_different_parts(one: str, other: str) -> None:
    assert (clipped(one) == clipped(other)) == (one == other)
    assert (folder_part(one) == folder_part(other)) == (one == other)
