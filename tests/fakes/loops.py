"""Lines and pages as a sequence model writes them when it is caught in a loop, made from a seed and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

LETTERS = "abcdefghilmnopqrstuv"
CONSONANTS, VOWELS = "bcdfglmnprstv", "aeiou"


class LoopKind(StrEnum):
    """What a model repeats."""

    CHARACTER = "character"
    DIGIT = "digit"
    MARK = "mark"
    """A dot, a dash, an underscore."""
    SYLLABLE = "syllable"
    WORD = "word"
    PHRASE = "phrase"
    """2 to 8 words."""
    LINE = "line"
    """A whole line, one below the other."""
    VERSES = "verses"
    """2 to 4 lines in turn."""
    FLOWING = "flowing"
    """A phrase that does not heed where lines end."""


IN_A_LINE = (
    LoopKind.CHARACTER,
    LoopKind.DIGIT,
    LoopKind.MARK,
    LoopKind.SYLLABLE,
    LoopKind.WORD,
    LoopKind.PHRASE,
)
OVER_LINES = (LoopKind.LINE, LoopKind.VERSES, LoopKind.FLOWING)
FEWEST = {LoopKind.DIGIT: 12, LoopKind.MARK: 50}
"""Repeats of the shortest loops; 6 for all others. Fewer digits or dots are numbers and leaders."""
MOST = {LoopKind.CHARACTER: 200, LoopKind.DIGIT: 200, LoopKind.MARK: 300, LoopKind.SYLLABLE: 100}
"""Repeats of the longest loops; 40 for all others."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """A text with a loop in it, line by line, and the lines that it covers."""

    kind: LoopKind
    lines: tuple[str, ...]
    looped: range


def loop(kind: LoopKind, seed: int, truth: Sequence[str]) -> Seeded:
    """Make a loop: after some right text, drifting in a third of all cases, and cut off within its last period."""
    chance = Random(f"{kind}{seed}")
    words = [word for _ in range(20) for word in chance.choice(truth).split() if any(map(str.isalpha, word))]
    drifting = chance.random() < 1 / 3
    if kind in IN_A_LINE:
        right = " ".join(words[: chance.randint(0, 8)])
        line = f"{right} {_repeated(chance, _unit(kind, chance, words), _times(kind, chance), drifting=drifting)}"
        return Seeded(kind, (line.strip(),), range(1))
    before = [chance.choice(truth) for _ in range(chance.randint(0, 20))]
    looped = list(_over_lines(kind, chance, truth, drifting=drifting))
    return Seeded(kind, (*before, *looped), range(len(before), len(before) + len(looped)))


def _times(kind: LoopKind, chance: Random) -> int:
    """Short loops are as common as long ones."""
    fewest, most = FEWEST.get(kind, 6), MOST.get(kind, 40)
    return fewest + int((most - fewest) * chance.random() ** 3)


def _unit(kind: LoopKind, chance: Random, words: Sequence[str]) -> str:
    match kind:
        case LoopKind.CHARACTER:
            return chance.choice(LETTERS)
        case LoopKind.DIGIT:
            return chance.choice("0123456789")
        case LoopKind.MARK:
            return chance.choice((".", "-", "_", ". ", "- ", "..", "—"))
        case LoopKind.SYLLABLE:
            return "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(1, 2)))
        case LoopKind.WORD:
            return f"{chance.choice(words)}{chance.choice(('', '', ',', '.'))} "
        case _:
            start = chance.randrange(len(words) - 8)
            return f"{' '.join(words[start : start + chance.randint(2, 8)])} "


def _repeated(chance: Random, unit: str, times: int, *, drifting: bool) -> str:
    """Say it again and again; a loop that drifts changes, and goes on with what it has become."""
    said = []
    for _ in range(times):
        said.append(unit)
        if drifting and len(unit) >= 4 and chance.random() < 0.25:
            unit = _drifted(chance, unit)
    last = unit[: chance.randrange(len(unit))]
    return "".join([*said, last]).strip()


def _drifted(chance: Random, unit: str) -> str:
    place = chance.randrange(len(unit) - 1)
    after = unit[place + chance.randint(0, 1) :]
    return unit[:place] + chance.choice(("", chance.choice(LETTERS))) + after


def _over_lines(kind: LoopKind, chance: Random, truth: Sequence[str], *, drifting: bool) -> Iterator[str]:
    times = _times(kind, chance)
    if kind is LoopKind.FLOWING:
        words = " ".join(chance.choice(truth) for _ in range(4)).split()
        text = _repeated(chance, f"{' '.join(words[: chance.randint(5, 14)])} ", times, drifting=drifting)
        width = chance.randint(25, 60)
        yield from (text[place : place + width].strip() for place in range(0, len(text), width))
        return
    verses = [chance.choice(truth) for _ in range(chance.randint(2, 4) if kind is LoopKind.VERSES else 1)]
    for _ in range(times):
        for number, verse in enumerate(verses):
            yield verse
            if drifting and len(verse) >= 4 and chance.random() < 0.25:
                verses[number] = _drifted(chance, verse)
