"""What becomes of text on its way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.domain.renderers import TextForm
from htrkit.outputs.text import encodable, line_text, normalized, visible, xml_text

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_xml_text_is_one_line_that_xml_allows(text: str) -> None:
    clean = xml_text(text)

    assert len(clean.splitlines()) <= 1
    clean.encode("utf-8")
    assert not any(ord(sign) < 32 or sign in "\ufffe\uffff" for sign in clean)


@given(ANY)
def test_plain_text_is_one_line_and_control_characters_show(text: str) -> None:
    clean = line_text(text)

    assert len(clean) == len(text)
    assert len(clean.splitlines()) <= 1
    clean.encode("utf-8")


@given(ANY)
def test_nothing_on_a_screen_steers_it(text: str) -> None:
    assert all(sign.isprintable() or sign.isspace() or ord(sign) >= 0xA0 for sign in visible(text))


@pytest.mark.parametrize("sign", ["\x1b", "\u202e", "\u2066", "\u200f", "\ud800", "\x07", "\n", "\x9b"])
def test_escapes_and_turning_marks_are_replaced_on_screens(sign: str) -> None:
    assert visible(f"a{sign}b") == "a\ufffdb"


def test_text_without_trouble_is_left_alone() -> None:
    text = "ſeigneur ꝑ ꝯ \U00010330 e\u0301 \u05d0"

    assert (
        xml_text(text) == line_text(text) == visible(text) == encodable(text) == normalized(text, TextForm.NONE) == text
    )


@pytest.mark.parametrize(("form", "made"), [(TextForm.NFC, "\u00e9"), (TextForm.NFD, "e\u0301")])
def test_the_normal_forms(form: TextForm, made: str) -> None:
    assert normalized("\u00e9", form) == made
    assert normalized("e\u0301", form) == made


def test_only_lone_surrogates_cannot_be_encoded() -> None:
    assert encodable("a\ud800\udfffb") == "a\ufffd\ufffdb"
