"""What the labels of a CTC network mean, from plain data that a JSON file can hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Self

from htrkit.engines.ctc import Run

Decoded = Sequence[tuple[str, int, int, float]]
"""(code point, first frame, last frame, confidence) of each character, left to right."""


@dataclass(frozen=True, slots=True)
class CtcCodec:
    """Labels, or sequences of them, and the code points that they stand for; the code is free of prefixes."""

    single: Mapping[int, str]
    longer: Mapping[tuple[int, ...], str]
    lengths: tuple[int, ...]
    """Of what is in `longer`, every one once."""

    @classmethod
    def of(cls, labels: Mapping[str, Sequence[int]]) -> Self:
        """Take what each text is written with, as Kraken's models keep it; one text may need several labels."""
        single = {codes[0]: text for text, codes in labels.items() if len(codes) == 1}
        longer = {tuple(codes): text for text, codes in labels.items() if len(codes) > 1}
        return cls(single, longer, tuple(sorted({len(codes) for codes in longer})))

    def decode(self, runs: Sequence[Run]) -> Decoded:
        """Give the code points of a line; labels that mean nothing are passed over.

        Code points of one text share its place; those of several labels have the mean of their confidences.
        """
        return [
            (sign, taken[0].first, taken[-1].last, _confidence(taken))
            for text, taken in self._texts(runs)
            for sign in text
        ]

    def _texts(self, runs: Sequence[Run]) -> Iterator[tuple[str, Sequence[Run]]]:
        place = 0
        while place < len(runs):
            text = self.single.get(runs[place].label)
            length = 1
            if text is None:
                text, length = self._longer_at(runs, place)
            if text:
                yield text, runs[place : place + length]
            place += length

    def _longer_at(self, runs: Sequence[Run], place: int) -> tuple[str, int]:
        """Give the text that begins there and how many labels it takes; one label that means nothing is no text."""
        for length in self.lengths:
            text = self.longer.get(tuple(run.label for run in runs[place : place + length]))
            if text is not None:
                return text, length
        return "", 1


def _confidence(runs: Sequence[Run]) -> float:
    return runs[0].confidence if len(runs) == 1 else fmean(run.confidence for run in runs)
