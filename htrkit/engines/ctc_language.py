"""CTC beam search with an n-gram language model, through flashlight-text, which is an extra.

As PyLaia has it done (`laia.decoders.ctc_language_decoder`): Kahn, J. et al. (2022), Flashlight: enabling innovation in
tools for machine learning; Heafield, K. (2011), KenLM: faster and smaller language model queries.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.engines.ctc import BLANK
from htrkit.files.pylaia_language import LAYOUT, UNKNOWN, LanguageFiles, Lexicon, read_lexicon, refuse_no_ngrams

INSTALL = 'pip install "htrkit[lm]"'
HYPOTHESES = 50
"""That are kept after each frame, as PyLaia keeps them."""
WORSE_THAN_BEST = 50.0
"""How far, in natural logarithms, a hypothesis may lie behind the best, as in PyLaia."""
NEVER = np.float32(-1e4)
"""The log probability of what must not be."""
SPACES = ("<space>", "<SPACE>", "{space}", "<sp>", " ")
"""What lists of symbols call the space between words."""


class LanguageDecoder:
    """Finds the best path through a line's frames, weighing what the network saw with what the language holds likely.

    It is loaded where lines are finished; an n-gram model that KenLM's `build_binary` has made is shared by all
    processes of a machine, one that is text is held by each.

    PyLaia searches among the spellings of words even where every word is one symbol. That search lets no symbol that
    ends a word stand over several frames, and writes it twice instead; so words of one symbol are searched without
    spellings here, and for longer ones what stands over several frames is folded into the first of them.
    """

    def __init__(self, files: LanguageFiles, symbols: Sequence[str], weight: float) -> None:
        words = read_lexicon(files, symbols)
        refuse_no_ngrams(files, words)
        self._spelt = any(list(spelling) != [word] for word, spellings in words.items() for spelling in spellings)
        build = _spelling_decoder if self._spelt else _symbol_decoder
        try:
            self._decoder = build(files.ngrams, words, symbols, weight)
        except ImportError as error:
            raise PreflightRefused(
                "--language-model needs the Python package flashlight-text, which is not installed, or not whole.",
                mend=INSTALL,
            ) from error
        except RuntimeError as error:
            # KenLM begins with places in its own source; the last line is for people.
            cause = str(error).strip().split("\n")[-1]
            raise PreflightRefused(f"{shown(files.ngrams)}: is no n-gram model ({cause}).", mend=LAYOUT) from error

    def best_path(self, log_probabilities: NDArray[np.float32]) -> NDArray[np.int32]:
        """Give the symbol of every frame, shape (frames,), for their log probabilities, shape (frames, symbols)."""
        frames, symbols = log_probabilities.shape
        seen = folded(log_probabilities) if self._spelt else log_probabilities
        values = np.ascontiguousarray(seen, dtype=np.float32)
        found = self._decoder.decode(values.ctypes.data, frames, symbols) if frames else ()
        if not found:
            # Every hypothesis fell behind, as where the lexicon spells nothing that could stand there.
            return np.full(frames, BLANK, np.int32)
        # A space stands before the first frame and behind the last one.
        return np.array(found[0].tokens[1 : frames + 1], np.int32)


def folded(log_probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Let a symbol that is the best of several frames in a row be a blank in all but the first; a copy."""
    best = log_probabilities.argmax(1)
    again = np.flatnonzero((best[1:] == best[:-1]) & (best[1:] != BLANK)) + 1
    values = log_probabilities.copy()
    values[again, BLANK] = np.logaddexp(values[again, BLANK], values[again, best[again]])
    values[again, best[again]] = NEVER
    return values


def _symbol_decoder(ngrams: Path, _: Lexicon, symbols: Sequence[str], weight: float) -> Any:  # noqa: ANN401
    from flashlight.lib.text import decoder, dictionary  # noqa: PLC0415 - an extra

    model = _language(ngrams, dictionary.Dictionary(list(symbols)))
    options = decoder.LexiconFreeDecoderOptions(
        beam_size=HYPOTHESES,
        beam_size_token=len(symbols),
        beam_threshold=WORSE_THAN_BEST,
        lm_weight=weight,
        sil_score=0,
        log_add=False,
        criterion_type=decoder.CriterionType.CTC,
    )
    return decoder.LexiconFreeDecoder(options, model, _space(symbols), BLANK, [])


def _spelling_decoder(ngrams: Path, words: Lexicon, symbols: Sequence[str], weight: float) -> Any:  # noqa: ANN401
    from flashlight.lib.text import decoder, dictionary  # noqa: PLC0415 - an extra

    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    vocabulary = dictionary.create_word_dict({UNKNOWN: [], **words})
    model, silence = _language(ngrams, vocabulary), _space(symbols)
    trie, start = decoder.Trie(len(symbols), silence), model.start(False)
    for word, spellings in words.items():
        index = vocabulary.get_index(word)
        _, score = model.score(start, index)
        for spelling in spellings:
            trie.insert([numbers[token] for token in spelling], index, score)
    trie.smear(decoder.SmearingMode.MAX)
    options = decoder.LexiconDecoderOptions(
        beam_size=HYPOTHESES,
        beam_size_token=len(symbols),
        beam_threshold=WORSE_THAN_BEST,
        lm_weight=weight,
        word_score=0,
        unk_score=-np.inf,
        sil_score=0,
        log_add=False,
        criterion_type=decoder.CriterionType.CTC,
    )
    return decoder.LexiconDecoder(options, trie, model, silence, BLANK, vocabulary.get_index(UNKNOWN), [], False)


def _language(ngrams: Path, vocabulary: Any) -> Any:  # noqa: ANN401 - the library has no types
    from flashlight.lib.text.decoder.kenlm import KenLM  # noqa: PLC0415 - an extra

    with _standard_error_hushed():
        return KenLM(str(ngrams), vocabulary)


def _space(symbols: Sequence[str]) -> int:
    return next((number for number, symbol in enumerate(symbols) if symbol in SPACES), BLANK)


@contextmanager
def _standard_error_hushed() -> Iterator[None]:
    """Let KenLM, which draws a progress bar past Python's streams, draw it for nobody."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
