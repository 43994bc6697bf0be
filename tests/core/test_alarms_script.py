"""Letters of another script than the declared one are told; marks, digits and signs of private use belong to all."""

import pytest

from htrkit.core.alarms_script import Scripts, script_of, scripts_of, strangers_in, strangers_on_page
from htrkit.domain.scripts import BEGINNINGS, CODES, MADE_OF
from tests.fakes.right_lines import RIGHT_LINES

LATIN: Scripts = frozenset({"Latn"})
RUSSIAN = "и свет во тьме светит"


@pytest.mark.parametrize(
    ("sign", "script"),
    [
        ("a", "Latn"),
        ("É", "Latn"),
        ("ꝯ", "Latn"),
        ("ꝑ", "Latn"),
        ("ſ", "Latn"),
        ("ﬁ", "Latn"),
        ("Ａ", "Latn"),
        ("λ", "Grek"),
        ("ἄ", "Grek"),
        ("Ѣ", "Cyrl"),
        ("א", "Hebr"),
        ("ﬡ", "Hebr"),
        ("ب", "Arab"),
        ("ﻼ", "Arab"),
        ("漢", "Hani"),
        ("ｶ", "Kana"),
        ("あ", "Hira"),
        ("한", "Hang"),
        ("ა", "Geor"),
        ("ა".upper(), "Geor"),
        ("Ա", "Armn"),
        ("ክ", "Ethi"),
        ("ᚠ", "Runr"),
        ("𐌰", "Goth"),
        ("𐌀", "Ital"),
        ("ⲁ", "Copt"),
        ("ܐ", "Syrc"),
        ("ꙁ", "Cyrl"),
    ],
)
def test_a_letter_has_the_script_of_its_name(sign: str, script: str) -> None:
    assert script_of(sign) == script


@pytest.mark.parametrize("sign", [*" .,:;⁊·¶§&0१٣\u0303\u033e\u05b7\uf1ac\ue8bf\u00ad\u200d…—«»†☞ªº𝔄ʼˆ"])
def test_what_belongs_to_all_scripts_has_none(sign: str) -> None:
    assert script_of(sign) is None


@pytest.mark.parametrize("line", RIGHT_LINES)
def test_latin_lines_hold_no_strangers(line: str) -> None:
    assert strangers_in(line, LATIN) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (RUSSIAN, "17 of 17 letters are not Latin, mostly Cyrillic"),
        ("et lux и свет во тьме светит", "17 of 22 letters are not Latin, mostly Cyrillic"),
        ("ἐν ἀρχῇ ἦν ὁ λόγος", "14 of 14 letters are not Latin, mostly Greek"),
        ("太初有道道與神", "7 of 7 letters are not Latin, mostly Han"),
    ],
)
def test_a_line_of_another_script_is_told(line: str, words: str) -> None:
    found = strangers_in(line, LATIN)

    assert found is not None
    assert found.words == words


@pytest.mark.parametrize("line", ["le prix est de 5 µ", "α et ω", "in principio erat λόγος", "Доб"])
def test_single_signs_and_short_words_are_no_strangers(line: str) -> None:
    assert strangers_in(line, LATIN) is None


def test_a_page_is_told_once_enough_of_it_is_strange() -> None:
    latin = ["in principio erat uerbum et uerbum erat apud deum"] * 20

    assert strangers_on_page([*latin, "λόγος"], LATIN) is None
    assert strangers_on_page([*latin, *[RUSSIAN] * 2], LATIN) is None
    found = strangers_on_page([*latin, *[RUSSIAN] * 4], LATIN)
    assert found is not None
    assert found.commonest == "Cyrl"


@pytest.mark.parametrize("texts", [[], [""], ["1234 567", "...."]])
def test_a_page_without_letters_holds_no_strangers(texts: list[str]) -> None:
    assert strangers_on_page(texts, LATIN) is None


@pytest.mark.parametrize(
    ("wished", "scripts"),
    [
        (None, None),
        ("", None),
        ("Zyyy", None),
        ("Latn,Zyyy", None),
        ("Latn", {"Latn"}),
        ("Latf", {"Latn"}),
        ("Grek,Latn", {"Grek", "Latn"}),
        ("Jpan", {"Hani", "Hira", "Kana"}),
    ],
)
def test_a_wish_names_one_script_or_several(wished: str | None, scripts: set[str] | None) -> None:
    assert scripts_of(wished) == (None if scripts is None else frozenset(scripts))


def test_two_declared_scripts_are_both_right() -> None:
    both = scripts_of("Latn,Cyrl")

    assert both is not None
    assert strangers_in(f"lux {RUSSIAN}", both) is None
    found = strangers_in("ἐν ἀρχῇ ἦν ὁ λόγος", both)
    assert found is not None
    assert "not Cyrillic or Latin" in found.words


def test_every_code_has_letters_that_python_knows() -> None:
    # Every script has more letters than the steps between these.
    points = (*range(0x41, 0x3100, 3), *range(0x3100, 0x20000, 7))
    assert {script_of(chr(point)) for point in points} >= set(BEGINNINGS)


def test_codes_that_are_made_of_others_lead_to_known_ones() -> None:
    assert {one for parts in MADE_OF.values() for one in parts} <= set(BEGINNINGS)
    assert all(len(code) == 4 and code.istitle() for code in CODES)
