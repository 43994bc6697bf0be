"""Languages as Party has tokens for them, ISO 639-3, and on their way to a device."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from iso639 import Lang
from iso639.exceptions import DeprecatedLanguageValue, InvalidLanguageValue
from numpy.typing import NDArray

LETTERS = 3


def iso_code(language: str | None) -> str | None:
    """Give the code for what a document calls a language: `German`, `de`, `deu`, `de-AT`; None for what is none."""
    if not language:
        return None
    for name in (language, language.split("-")[0].lower()):
        try:
            return str(Lang(name).pt3) or None
        except (InvalidLanguageValue, DeprecatedLanguageValue):
            continue
    return None


def packed(languages: Sequence[Sequence[str]]) -> "NDArray[np.uint8]":
    """Give each line's codes as letters, shape (lines, languages, 3), 0 where a line has fewer."""
    most = max((len(codes) for codes in languages), default=0)
    letters = np.zeros((len(languages), most, LETTERS), dtype=np.uint8)
    for row, codes in zip(letters, languages, strict=True):
        for place, code in enumerate(codes):
            row[place] = np.frombuffer(code.encode("ascii"), dtype=np.uint8)
    return letters


def unpacked(letters: Any) -> list[list[str]]:  # noqa: ANN401 - an array from `packed`
    """Give each line's codes again."""
    rows = cast("NDArray[np.uint8]", letters)
    return [[bytes(code).decode("ascii") for code in row if code.any()] for row in rows]
