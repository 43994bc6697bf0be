"""A language model's files are found where people have them, and refused with their cause before anything loads."""

import gzip
from pathlib import Path

import pytest

from htrkit.domain.errors import PreflightRefused
from htrkit.files.pylaia_language import LanguageFiles, language_files, read_lexicon, refuse_no_ngrams
from tests.fakes.language_models import arpa, write_language
from tests.fakes.pylaia_models import SYMBOLS


@pytest.fixture
def files(tmp_path: Path) -> LanguageFiles:
    write_language(tmp_path, SYMBOLS, "abc")
    return language_files("auto", tmp_path)


def test_auto_is_the_one_that_came_with_the_model(tmp_path: Path, files: LanguageFiles) -> None:
    names = (files.ngrams.name, files.lexicon and files.lexicon.name, files.tokens and files.tokens.name)
    assert names == ("language_model.arpa.gz", "lexicon.txt", "tokens.txt")
    (tmp_path / "weights.ckpt").touch()
    (tmp_path / "experiment").mkdir()
    assert language_files("auto", tmp_path / "weights.ckpt") == files
    assert language_files("auto", tmp_path / "experiment") == files


def test_a_path_may_lead_to_the_file_or_to_its_folder(tmp_path: Path, files: LanguageFiles) -> None:
    assert language_files(str(tmp_path), tmp_path / "elsewhere") == files
    assert language_files(str(files.ngrams), tmp_path / "elsewhere") == files


def test_what_lies_not_beside_it_is_the_models(tmp_path: Path, files: LanguageFiles) -> None:
    mine = tmp_path / "mine" / "deeds.arpa"
    mine.parent.mkdir()
    mine.write_text(arpa(SYMBOLS[1:], "ab"))
    found = language_files(str(mine), tmp_path)
    assert (found.ngrams, found.lexicon, found.tokens) == (mine, files.lexicon, files.tokens)


@pytest.mark.parametrize("wanted", ["auto", "nowhere", "/nowhere/x.arpa"])
def test_one_that_is_not_there_is_said(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(PreflightRefused, match="no language model"):
        language_files(wanted, tmp_path)


def test_without_a_lexicon_every_symbol_is_a_word(tmp_path: Path) -> None:
    words = read_lexicon(LanguageFiles(tmp_path / "x.arpa", None, None), SYMBOLS)
    assert words == {symbol: [(symbol,)] for symbol in SYMBOLS}


def test_a_word_may_be_spelt_in_several_ways(files: LanguageFiles) -> None:
    assert files.lexicon is not None
    files.lexicon.write_text("bad b a d\nbad b a a d\n<space> <space>\n")
    words = read_lexicon(files, SYMBOLS)
    assert words["bad"] == [("b", "a", "d"), ("b", "a", "a", "d")]


@pytest.mark.parametrize(
    ("content", "said"),
    [("a a\nzoo z o o\n", "line 2, the word `zoo`: `z` is no symbol"), ("a\n", "line 1, the word `a`: no spelling")],
)
def test_a_lexicon_of_another_model_is_said(files: LanguageFiles, content: str, said: str) -> None:
    assert files.lexicon is not None
    files.lexicon.write_text(content)
    with pytest.raises(PreflightRefused, match=said):
        read_lexicon(files, SYMBOLS)


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (SYMBOLS[:-1], "12 tokens are not the 13 symbols"),
        ((*SYMBOLS[:2], "q", *SYMBOLS[3:]), "line 3 is `q`, not `a`"),
        ((SYMBOLS[1], SYMBOLS[0], *SYMBOLS[2:]), "line 1 is `<space>`, not `<ctc>`"),
    ],
)
def test_tokens_of_another_model_are_said(files: LanguageFiles, tokens: tuple[str, ...], said: str) -> None:
    assert files.tokens is not None
    files.tokens.write_text("\n".join(tokens))
    with pytest.raises(PreflightRefused, match=said):
        read_lexicon(files, SYMBOLS)


def test_a_file_that_is_no_text_is_said(files: LanguageFiles) -> None:
    assert files.lexicon is not None
    files.lexicon.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PreflightRefused, match=r"lexicon\.txt: cannot be read"):
        read_lexicon(files, SYMBOLS)


WHOLE = arpa(SYMBOLS[1:], "ab")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.arpa", b"", "does not begin with"),
        ("x.arpa", b"a page of text", "does not begin with"),
        ("x.arpa", b"\\data\\\nngram 1=3\n", "has no .1-grams:"),
        ("x.arpa", WHOLE[: len(WHOLE) // 2].encode(), "breaks off"),
        ("x.arpa", b"\xff\xfe\xfd", "utf-8"),
        ("x.arpa.gz", WHOLE.encode(), "gzip"),
        ("x.arpa.gz", gzip.compress(WHOLE.encode(), mtime=0)[:60], "end-of-stream"),
    ],
)
def test_a_broken_model_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    files = LanguageFiles(tmp_path / name, None, None)
    with pytest.raises(PreflightRefused, match=said):
        refuse_no_ngrams(files, read_lexicon(files, SYMBOLS))


def test_a_model_of_words_without_its_lexicon_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.arpa").write_text(arpa(["the", "quick", "fox", "a"], ["the", "fox"]))
    files = LanguageFiles(tmp_path / "x.arpa", None, None)
    with pytest.raises(PreflightRefused, match="knows 1 of the 11 words of the model, whose symbols are its words"):
        refuse_no_ngrams(files, read_lexicon(files, SYMBOLS))


def test_a_whole_model_and_a_binary_one_pass(files: LanguageFiles, tmp_path: Path) -> None:
    refuse_no_ngrams(files, read_lexicon(files, SYMBOLS))
    binary = LanguageFiles(tmp_path / "never-read.binary", None, None)
    refuse_no_ngrams(binary, read_lexicon(binary, SYMBOLS))
