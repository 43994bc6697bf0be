"""Names from disk cannot steer a terminal, and nothing of them is lost."""

import os
from pathlib import PurePath
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.shown import listed, percent_encoded, raw_bytes, shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("box 1/f°12 – ſ.jpg", "box 1/f°12 – ſ.jpg"),
        ("[bold]:smile:", "[bold]:smile:"),
        ("a\nb", "a%0Ab"),
        ("\x1b[31mred", "%1B[31mred"),
        ("gpj.\u202e1", "gpj.%E2%80%AE1"),
        ("a\u00a0b", "a%C2%A0b"),
        ("caf\udce9", "caf%E9"),
        ("", ""),
    ],
)
def test_what_does_not_print_is_percent_encoded(name: str, said: str) -> None:
    assert shown(name) == said


def test_a_path_is_shown_like_its_text() -> None:
    assert shown(PurePath("a\tb") / "c") == "a%09b/c"


@given(st.binary())
def test_any_bytes_can_be_shown_and_stored(content: bytes) -> None:
    text = shown(os.fsdecode(content))

    assert text.isprintable()
    assert text.encode("utf-8").decode("utf-8") == text


@given(st.binary(max_size=30))
def test_the_bytes_can_be_had_back(content: bytes) -> None:
    assert raw_bytes(os.fsdecode(content)) == content
    assert unquote_to_bytes(percent_encoded(os.fsdecode(content))) == content


def test_a_surrogate_that_no_file_system_makes_is_shown_too() -> None:
    assert shown("\ud800") == "%ED%A0%80"


def test_a_long_list_names_the_first_and_counts_the_others() -> None:
    assert listed(["a", "b\n"]) == "a, b%0A"
    assert listed(["a", "b", "c"], most=3) == "a, b, c"
    assert listed(["a", "b", "c"], most=2) == "a, b and 1 more"
