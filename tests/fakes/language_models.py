"""N-gram models written by hand, as KenLM's `lmplz` writes them, and the files that lie beside them."""

import ctypes
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

SPACE = 1


def arpa(words: Sequence[str], text: Sequence[str], *, likely: float = -0.001) -> str:
    """Give a bigram model that knows the words and finds the text likely: each word of it after the one before."""
    sentence = ["<s>", *text]
    pairs = list(dict.fromkeys(pairwise(sentence)))
    unigrams = [("-3", "<unk>", ""), ("-99", "<s>", "\t-0.3"), ("-1", "</s>", "")]
    unigrams += [("-1.5", word, "\t-0.3") for word in words if word != "<unk>"]
    return "\n".join(
        [
            "\\data\\",
            f"ngram 1={len(unigrams)}",
            f"ngram 2={len(pairs)}",
            "",
            "\\1-grams:",
            *(f"{chance}\t{word}{back}" for chance, word, back in unigrams),
            "",
            "\\2-grams:",
            *(f"{likely}\t{one} {other}" for one, other in pairs),
            "",
            "\\end\\",
            "",
        ]
    )


def spelt(text: str) -> list[str]:
    """Give a text's signs as PyLaia names them."""
    return ["<space>" if sign == " " else sign for sign in text]


def write_language(folder: Path, symbols: Sequence[str], text: str) -> Path:
    """Write a language model of signs as Teklia's models on the hub have it; give its n-grams' file."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / "language_model.arpa.gz"
    place.write_bytes(gzip.compress(arpa(symbols[1:], spelt(text)).encode()))
    (folder / "lexicon.txt").write_text("".join(f"{symbol} {symbol}\n" for symbol in symbols), encoding="utf-8")
    (folder / "tokens.txt").write_text("".join(f"{symbol}\n" for symbol in symbols), encoding="utf-8")
    return place


@dataclass
class GreedyLibrary:
    """Decodes as the library does, without a language: the best path between two spaces."""

    values: NDArray[np.float32] | None = None

    def decode(self, place: int, frames: int, symbols: int) -> list[SimpleNamespace]:
        read = (ctypes.c_float * (frames * symbols)).from_address(place)
        self.values = np.array(read, np.float32).reshape(frames, symbols)
        return [SimpleNamespace(tokens=[SPACE, *self.values.argmax(1).tolist(), SPACE])]


@dataclass
class ToldLibrary:
    """Decodes what it is told; nothing where it is told nothing."""

    path: Sequence[int] = ()

    def decode(self, place: int, frames: int, symbols: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(tokens=[SPACE, *self.path, SPACE])] if self.path else []
