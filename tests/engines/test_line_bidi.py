"""What is seen from left to right is put into the order in which it is read."""

import pytest

from htrkit.domain.page import Direction
from htrkit.engines.line_bidi import logical_order

LTR, RTL = Direction.LTR, Direction.RTL
# Invisible signs by their abbreviations.
RLI, LRI, FSI, PDI, RLO, LRE, RLE, PDF = "\u2067", "\u2066", "\u2068", "\u2069", "\u202e", "\u202a", "\u202b", "\u202c"


@pytest.mark.parametrize(
    ("seen", "direction", "read"),
    [
        ("in principio (1)", None, "in principio (1)"),
        ("in principio", LTR, "in principio"),
        ("in", Direction.TTB, "in"),
        ("", RTL, ""),
        ("גבא", None, "אבג"),
        ("abc אבג", LTR, "abc גבא"),
        ("abc אבג", RTL, "גבא abc"),
        ("אב 12 ג", RTL, "ג 12 בא"),
        ("א 1,2", RTL, "1,2 א"),
        ("(א)", RTL, "(א)"),
        ("a(א)b", LTR, "a(א)b"),
        ("א[a]ב", RTL, "ב[a]א"),
        ("[a]א", RTL, "א[a]"),
        ("a (א) ב", LTR, "a (א) ב"),
        ("a(א", LTR, "a(א"),
        ("«א", RTL, "א»"),
        ("ا 12", RTL, "12 ا"),
        ("$1 א", RTL, "א $1"),
        ("א+ב", LTR, "ב+א"),
        ("א\u0301ב", RTL, "ב\u0301א"),
        ("a\tא", RTL, "א\ta"),
    ],
)
def test_text_is_put_in_order(seen: str, direction: Direction | None, read: str) -> None:
    assert logical_order(seen, direction)[0] == read


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        (f"a{RLI}אב{PDI}c", "aבאc"),
        (f"a{FSI}אb{PDI}c", "abאc"),
        (f"א{LRI}ab{PDI}ב", "בabא"),
        (f"a{RLO}bc{PDF}d", "acbd"),
        (f"a{RLE}b 1{PDF}c", "ab 1c"),
        (f"א{LRE}ab{PDF}", "abא"),
        (f"a{PDF}{PDI}b", "ab"),
        (f"{RLI}א", "א"),
        ("so\u00adft", "soft"),
    ],
)
def test_signs_that_steer_the_direction_do_so_and_are_left_out(seen: str, read: str) -> None:
    assert logical_order(seen, None)[0] == read


def test_each_sign_knows_where_it_was_seen() -> None:
    text, order = logical_order("ab גב(א", LTR)

    assert text == "ab א)בג"
    assert list(order) == [0, 1, 2, 6, 5, 4, 3]


def test_embeddings_deeper_than_the_standard_allows_are_ignored() -> None:
    deep = RLE * 200 + "a" + PDF * 200 + "b"

    assert logical_order(deep, None)[0] == "ab"
    assert logical_order(RLI * 200 + "a" + PDI * 200 + "b", None)[0] == "ab"


def test_letters_of_hebrew_blocks_that_python_does_not_know_yet_run_to_the_left() -> None:
    assert logical_order("\u05ffa\u05fe", RTL)[0] == "\u05fea\u05ff"
