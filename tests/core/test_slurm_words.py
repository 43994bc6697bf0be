"""Words for bash and for sbatch mean what was meant, whatever they are made of."""

import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htrkit.core.slurm_words import bash_word, sbatch_word
from tests.fakes.sbatch_words import words_in

NAMES = st.binary(min_size=1, max_size=40).map(lambda raw: os.fsdecode(raw.replace(b"\0", b"")))
"""Whatever a file may be called: all bytes but one."""
WORDS = NAMES | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


def heard_by_bash(words: list[str]) -> list[bytes]:
    line = f"printf '%s\\0' {' '.join(map(bash_word, words))}\n"
    done = subprocess.run(["bash", "-s"], input=line.encode(), capture_output=True, check=True)
    return done.stdout.split(b"\0")[:-1]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=20))
def test_bash_hears_every_word_as_it_was(words: list[str]) -> None:
    assert heard_by_bash(words) == [os.fsencode(word) for word in words]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("scans", "scans"),
        ("box 12", "'box 12'"),
        ("it's", "'it'\"'\"'s'"),
        ("a\nb", r"$'a\x0ab'"),
        ("it's\r\n", r"$'it\'s\x0d\x0a'"),
        (os.fsdecode(b"caf\xe9"), r"$'caf\xe9'"),
        ("Bücher", "'Bücher'"),
        ("$(reboot)", "'$(reboot)'"),
    ],
)
def test_a_word_stays_on_its_line_and_can_be_read(text: str, word: str) -> None:
    assert bash_word(text) == word


@given(WORDS)
def test_a_script_has_no_line_end_and_no_byte_of_its_words_that_is_not_text(text: str) -> None:
    word = bash_word(text)

    assert word.isprintable()
    word.encode()


@given(WORDS)
def test_sbatch_reads_a_word_as_it_was_or_is_not_given_it(text: str) -> None:
    word = sbatch_word(text)

    if word is not None and text.strip():
        assert list(words_in(f" --output={word}")) == [f"--output={text}"]


@pytest.mark.parametrize("text", ["a%b", "a\\b", "a#b", 'a"b', "a'b", "a\nb", os.fsdecode(b"\xff"), "a/HetJob/b"])
def test_what_sbatch_reads_otherwise_is_not_given_to_it(text: str) -> None:
    assert sbatch_word(text) is None


def test_blanks_are_quoted_for_sbatch() -> None:
    assert sbatch_word("/vol/my scans") == '"/vol/my scans"'
