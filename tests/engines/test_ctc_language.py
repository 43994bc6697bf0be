"""Frames are decoded with a language model: where the library is, for real; what stands around it, everywhere."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.names import PageKey
from htrkit.domain.page import Line, ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage, Raw, ReadingOptions
from htrkit.engines import ctc_language
from htrkit.engines.ctc_language import LanguageDecoder, folded
from htrkit.engines.pylaia_lines import PylaiaLines
from htrkit.files.pylaia_language import LanguageFiles, language_files
from htrkit.run.given_layout import whole_picture
from tests.fakes.language_models import GreedyLibrary, ToldLibrary, arpa, spelt, write_language
from tests.fakes.pylaia_models import SYMBOLS, plan, write_model

needs_library = pytest.mark.skipif(find_spec("flashlight") is None, reason="needs flashlight-text: htrkit[lm]")
FACTS = ModelFacts("m", "0" * 64)
SPACE, A, B, C, D = 1, 2, 3, 4, 5


def seen(*frames: dict[int, float]) -> NDArray[np.float32]:
    """Give log probabilities of frames; what a frame does not name shares what is left."""
    rows = []
    for frame in frames:
        rest = (1 - sum(frame.values())) / (len(SYMBOLS) - len(frame))
        rows.append([frame.get(symbol, rest) for symbol in range(len(SYMBOLS))])
    return np.log(np.array(rows, dtype=np.float32))


AMBIGUOUS = seen({A: 0.98}, {0: 0.98}, {B: 0.48, C: 0.5}, {0: 0.98}, {D: 0.98})
"""The network would write `acd`, and hardly less `abd`."""


def decoder(folder: Path, text: str, *, weight: float = 1.5) -> LanguageDecoder:
    write_language(folder, SYMBOLS, text)
    return LanguageDecoder(language_files("auto", folder), SYMBOLS, weight)


def text_of(path: Sequence[int]) -> str:
    kept = [one for place, one in enumerate(path) if one and (not place or path[place - 1] != one)]
    return "".join(" " if one == SPACE else SYMBOLS[one] for one in kept)


# With the library.


@needs_library
def test_what_the_language_holds_likely_corrects_an_ambiguous_line(tmp_path: Path) -> None:
    assert text_of(AMBIGUOUS.argmax(1)) == "acd"
    assert text_of(decoder(tmp_path, "abd").best_path(AMBIGUOUS)) == "abd"
    assert text_of(decoder(tmp_path, "acd").best_path(AMBIGUOUS)) == "acd"


@needs_library
def test_without_weight_it_is_the_greedy_path(tmp_path: Path) -> None:
    lines = np.random.default_rng(5).normal(size=(40, len(SYMBOLS))).astype(np.float32)
    lines -= np.log(np.exp(lines).sum(1, keepdims=True))
    path = decoder(tmp_path, "abd", weight=0).best_path(lines)
    assert path.tolist() == lines.argmax(1).tolist()


@needs_library
def test_a_symbol_over_several_frames_is_written_once_and_blanks_part_two(tmp_path: Path) -> None:
    frames = seen(*({one: 0.97} for one in (A, A, A, 0, A, B, B, SPACE, SPACE, C)))
    assert text_of(decoder(tmp_path, "aab c").best_path(frames)) == "aab c"


@needs_library
def test_words_of_several_symbols_are_spelt_and_their_last_symbol_may_last(tmp_path: Path) -> None:
    (tmp_path / "language_model.arpa").write_text(arpa(["bad", "cab", "<space>"], ["cab", "<space>", "bad"]))
    (tmp_path / "lexicon.txt").write_text("bad b a d\ncab c a b\n<space> <space>\n")
    words = LanguageDecoder(language_files(str(tmp_path), tmp_path), SYMBOLS, 1.5)
    frames = seen(*({one: 0.9} for one in (C, C, A, B, B, B, SPACE, SPACE, B, A, A, D, D)))
    assert text_of(words.best_path(frames)) == "cab bad"
    # Nothing that the lexicon does not spell is written.
    frames = seen({C: 0.9}, {A: 0.9}, {D: 0.5, B: 0.4})
    assert text_of(words.best_path(frames)) == "cab"


@needs_library
def test_without_folding_a_words_last_symbol_would_be_written_twice_or_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant of the test above."""
    monkeypatch.setattr(ctc_language, "folded", lambda frames: frames)
    (tmp_path / "language_model.arpa").write_text(arpa(["bad", "cab", "<space>"], ["cab", "<space>", "bad"]))
    (tmp_path / "lexicon.txt").write_text("bad b a d\ncab c a b\n<space> <space>\n")
    words = LanguageDecoder(language_files(str(tmp_path), tmp_path), SYMBOLS, 1.5)
    frames = seen(*({one: 0.9} for one in (C, C, A, B, B, B, SPACE, SPACE, B, A, A, D, D)))
    assert words.best_path(frames).tolist()[3:6] != [B, B, B]


@needs_library
@pytest.mark.parametrize("frames", [0, 1])
def test_hardly_any_frames_are_no_trouble(tmp_path: Path, frames: int) -> None:
    assert len(decoder(tmp_path, "abd").best_path(AMBIGUOUS[:frames])) == frames


@needs_library
def test_loading_says_nothing_on_the_screen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    decoder(tmp_path, "abd")
    assert capfd.readouterr() == ("", "")


@needs_library
def test_a_model_that_only_the_library_finds_broken_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.arpa").write_text(arpa(SYMBOLS[1:], spelt("ab")).replace("ngram 2=2", "ngram 2=7"))
    with pytest.raises(PreflightRefused, match=r"x\.arpa: is no n-gram model") as caught:
        LanguageDecoder(LanguageFiles(tmp_path / "x.arpa", None, None), SYMBOLS, 1.5)
    assert "\n" not in caught.value.what


@needs_library
def test_a_stage_with_a_language_model_writes_what_it_holds_likely(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    write_language(tmp_path, SYMBOLS, "abd")
    line = finished(stage(tmp_path, "auto"), AMBIGUOUS)
    assert line.text == "abd"
    assert [one.text for one in line.characters] == ["a", "b", "d"]


# Around the library.


def with_library(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    for name in ("_symbol_decoder", "_spelling_decoder"):
        monkeypatch.setattr(ctc_language, name, lambda *_: library)


def stage(folder: Path, language: str) -> PylaiaLines:
    return PylaiaLines(LoadOrder(str(folder), FACTS, options=ReadingOptions(language_model=language)))


def finished(reader: PylaiaLines, frames: NDArray[np.float32]) -> Line:
    picture = Image.effect_noise((4 * len(frames), 16), 60)
    page = OpenPage(PageKey("p"), picture)
    prepared = reader.prepare(replace(page, layout=whole_picture(page)))
    return reader.finish(prepared, [Raw((frames,))]).lines[0]


def test_the_library_is_given_the_frames_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = GreedyLibrary()
    with_library(monkeypatch, library)
    every_second = np.repeat(AMBIGUOUS, 2, axis=0)[::2]
    assert decoder(tmp_path, "ab").best_path(every_second).tolist() == [A, 0, C, 0, D]
    assert library.values is not None
    assert np.array_equal(library.values, AMBIGUOUS)


def test_where_nothing_can_be_decoded_the_line_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_library(monkeypatch, ToldLibrary())
    write_model(tmp_path, plan())
    write_language(tmp_path, SYMBOLS, "ab")
    line = finished(stage(tmp_path, "auto"), AMBIGUOUS)
    assert (line.text, line.confidence) == ("", None)


def test_a_raw_holds_the_log_probabilities_of_all_symbols(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_library(monkeypatch, GreedyLibrary())
    write_model(tmp_path, plan())
    write_language(tmp_path, SYMBOLS, "ab")
    with_language = stage(tmp_path, "auto")
    without = PylaiaLines(LoadOrder(str(tmp_path), FACTS))
    page = OpenPage(PageKey("p"), Image.effect_noise((61, 16), 60))
    page = replace(page, layout=whole_picture(page))
    prepared = with_language.prepare(page)
    (raw,) = with_language.infer(prepared.items)
    (frames,) = raw.arrays
    assert (frames.shape, np.asarray(frames).dtype) == ((15, len(SYMBOLS)), np.float32)
    assert np.allclose(np.exp(np.asarray(frames)).sum(1), 1, atol=1e-5)
    # Where the language has no say, all is as without it.
    one = with_language.finish(prepared, [raw]).lines[0]
    other = without.finish(prepared, without.infer(prepared.items)).lines[0]
    assert (one.text, one.characters) == (other.text, other.characters)


def test_confidence_is_the_networks_own_so_that_a_correction_has_a_low_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_library(monkeypatch, ToldLibrary((A, 0, B, 0, D)))
    write_model(tmp_path, plan())
    write_language(tmp_path, SYMBOLS, "abd")
    line = finished(stage(tmp_path, "auto"), AMBIGUOUS)
    assert [one.confidence for one in line.characters] == pytest.approx([0.98, 0.48, 0.98], abs=1e-3)


def test_folding_lets_a_symbol_that_goes_on_be_a_blank() -> None:
    frames = seen({A: 0.9}, {A: 0.8, 0: 0.1}, {0: 0.9}, {A: 0.9}, {B: 0.9})
    after = folded(frames)
    assert after.argmax(1).tolist() == [A, 0, 0, A, B]
    assert np.exp(after[1, 0]) == pytest.approx(0.9)
    assert frames[1].argmax() == A, "a copy"


def test_a_missing_library_is_one_line_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flashlight", None)
    monkeypatch.setitem(sys.modules, "flashlight.lib.text", None)
    with pytest.raises(PreflightRefused, match="needs the Python package flashlight-text") as caught:
        decoder(tmp_path, "ab")
    assert caught.value.mend == 'pip install "htrkit[lm]"'


def test_a_broken_model_is_said_before_the_library_is_asked(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    (tmp_path / "language_model.arpa").write_text("torn")
    with pytest.raises(PreflightRefused, match="is no n-gram model"):
        stage(tmp_path, "auto")


def test_tokens_of_another_model_are_said_when_the_stage_is_loaded(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    write_language(tmp_path, SYMBOLS, "ab")
    (tmp_path / "tokens.txt").write_text("<ctc>\nx\n")
    with pytest.raises(PreflightRefused, match=r"tokens\.txt"):
        stage(tmp_path, "auto")
