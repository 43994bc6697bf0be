"""The files of a language model for PyLaia: an n-gram model, its words, and the tokens that these are spelt in."""

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.files.pylaia_folder import CHECKPOINTS

WITH_THE_MODEL = "auto"
"""Asks for the language model that came with the recognition model."""
NAMES = ("language_model.arpa.gz", "language_model.arpa", "language_model.binary", "language_model.bin")
"""As Teklia's models on the hub call it, and as KenLM's `build_binary` is mostly told to."""
TEXTS = (".arpa", ".gz")
"""What is text; other files are KenLM's own binary, which its library checks."""
LAYOUT = "Give a language model as KenLM or SRILM write it (*.arpa, *.arpa.gz), with its lexicon.txt beside it."
UNKNOWN = "<unk>"
_HEADER_LINES = 20

Lexicon = Mapping[str, Sequence[Sequence[str]]]
"""The spellings of every word, in tokens."""


@dataclass(frozen=True, slots=True)
class LanguageFiles:
    """What a language model is read from."""

    ngrams: Path
    lexicon: Path | None
    """The words and their spellings; without it, every token is a word."""
    tokens: Path | None
    """The tokens by number; without it, those of syms.txt."""


def language_files(wanted: str, model: Path) -> LanguageFiles:
    """Find a language model: by its path, by its folder, or (`auto`) with the recognition model.

    What lies not beside it is looked for with the recognition model. Raises PreflightRefused.
    """
    ours = model.parent if model.is_file() and model.suffix in CHECKPOINTS else model
    place = ours if wanted == WITH_THE_MODEL else Path(wanted)
    folders = (ours, ours.parent) if wanted == WITH_THE_MODEL else (place,)
    ngrams = place if place.is_file() else _first(folders, NAMES)
    if ngrams is None:
        missing = "no language model came with the recognition model" if place == ours else "no language model is there"
        raise PreflightRefused(f"--language-model {shown(wanted)}: {missing} ({NAMES[1]}).", mend=LAYOUT)
    near = (ngrams.parent, ours, ours.parent)
    return LanguageFiles(ngrams, _first(near, ("lexicon.txt",)), _first(near, ("tokens.txt",)))


def read_lexicon(files: LanguageFiles, symbols: Sequence[str]) -> Lexicon:
    """Give the words with their spellings; raises PreflightRefused for what does not go with the symbols."""
    if files.tokens is not None:
        _refuse_other_tokens(files.tokens, symbols)
    if files.lexicon is None:
        return {symbol: [(symbol,)] for symbol in symbols}
    known, words = frozenset(symbols), dict[str, list[Sequence[str]]]()
    for number, line in enumerate(_lines(files.lexicon), start=1):
        word, *spelling = line.split()
        strange = next((token for token in spelling if token not in known), None)
        if not spelling or strange is not None:
            why = f"`{shown(strange)}` is no symbol of the model" if strange is not None else "no spelling"
            raise PreflightRefused(
                f"{shown(files.lexicon)}: line {number}, the word `{shown(word)}`: {why}.",
                mend="Give the lexicon.txt that belongs to the model's syms.txt.",
            )
        words.setdefault(word, []).append(tuple(spelling))
    return words


def refuse_no_ngrams(files: LanguageFiles, words: Lexicon) -> None:
    """Look at a model that is text; raises PreflightRefused where it is none, or knows other words than the lexicon."""
    if files.ngrams.suffix not in TEXTS:
        return
    asked = {word for word in words if word not in {UNKNOWN, "<ctc>"}}
    try:
        known = sum(word in asked for word in _unigrams(files.ngrams))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, ValueError) as error:
        raise PreflightRefused(f"{shown(files.ngrams)}: is no n-gram model ({error}).", mend=LAYOUT) from error
    if 2 * known < len(asked):
        raise PreflightRefused(
            f"{shown(files.ngrams)}: knows {known} of the {len(asked)} words of "
            f"{shown(files.lexicon.name) if files.lexicon else 'the model, whose symbols are its words'}.",
            mend="Give the lexicon.txt that belongs to this language model, beside it.",
        )


def _unigrams(path: Path) -> Iterator[str]:
    r"""Give the words of an ARPA file: its first section, `\1-grams:`; raises ValueError for what is none."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        first = next((line.strip() for line in file if line.strip()), "")
        if first != "\\data\\":
            raise ValueError("it does not begin with \\data\\")
        if not any(line.strip() == "\\1-grams:" for line, _ in zip(file, range(_HEADER_LINES), strict=False)):
            raise ValueError("it has no \\1-grams:")
        for line in file:
            if line.startswith("\\"):
                return
            if parts := line.split():
                yield parts[1] if len(parts) > 1 else ""
    raise ValueError("it breaks off")


def _refuse_other_tokens(place: Path, symbols: Sequence[str]) -> None:
    tokens = [line.split()[0] for line in _lines(place)]
    expected = [symbol for symbol in symbols if symbol.strip()]
    if tokens == expected:
        return
    line = next((number for number, pair in enumerate(zip(tokens, expected, strict=False), 1) if len({*pair}) > 1), 0)
    where = f"line {line} is `{shown(tokens[line - 1])}`, not `{shown(expected[line - 1])}`" if line else "others"
    raise PreflightRefused(
        f"{shown(place)}: its {len(tokens)} tokens are not the {len(symbols)} symbols of the model ({where}).",
        mend="Give the tokens.txt that belongs to the model: its syms.txt without the numbers.",
    )


def _lines(place: Path) -> list[str]:
    try:
        return [line for line in place.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise PreflightRefused(f"{shown(place)}: cannot be read ({error}).", mend=LAYOUT) from error


def _first(folders: Sequence[Path], names: Sequence[str]) -> Path | None:
    return next((folder / name for folder in folders for name in names if (folder / name).is_file()), None)
