"""Codecs from plain data decode as kraken's own do, whatever texts and labels they pair."""

import random
from collections.abc import Mapping, Sequence

import pytest
from kraken.lib.codec import PytorchCodec

from htrkit.engines.ctc import Run
from htrkit.engines.ctc_codec import CtcCodec

MULTIPLE = {"a": (1,), "ab": (2,), "ſt": (3, 4), "⁊": (3, 5, 1), "x": (6, 6), "": (7,), "o\N{COMBINING TILDE}": (8, 9)}


def runs(labels: Sequence[int], chance: random.Random) -> list[Run]:
    return [Run(label, 2 * place, 2 * place + 1, round(chance.random(), 6)) for place, label in enumerate(labels)]


def same_as_kraken(codec: Mapping[str, Sequence[int]], given: Sequence[Run]) -> None:
    theirs = PytorchCodec({text: list(labels) for text, labels in codec.items()}).decode(
        [(run.label, run.first, run.last, run.confidence) for run in given]
    )
    ours = CtcCodec.of(codec).decode(given)
    assert [one[:3] for one in ours] == [one[:3] for one in theirs]
    assert [one[3] for one in ours] == pytest.approx([float(one[3]) for one in theirs], abs=1e-12)


def prefix_free(chance: random.Random) -> dict[str, tuple[int, ...]]:
    """Give texts of one to three letters, each with one to three labels, none of which begins another's."""
    codec: dict[str, tuple[int, ...]] = {}
    for _ in range(40):
        text = "".join(chance.choices("abcdefgh\N{COMBINING ACUTE ACCENT}ſ", k=chance.choice([1, 1, 1, 2, 3])))
        labels = tuple(chance.choices(range(1, 12), k=chance.choice([1, 2, 2, 3])))
        begun = any(one[: len(labels)] == labels[: len(one)] for one in codec.values())
        if text not in codec and not begun:
            codec[text] = labels
    return codec


@pytest.mark.parametrize("seed", range(40))
def test_any_codec_decodes_any_labels_as_krakens_does(seed: int) -> None:
    chance = random.Random(seed)
    codec = prefix_free(chance)
    assert any(len(labels) > 1 for labels in codec.values())
    written = [label for _ in range(10) for label in chance.choice(list(codec.values()))]
    same_as_kraken(codec, runs(written, chance))
    same_as_kraken(codec, runs(chance.choices(range(14), k=60), chance))


@pytest.mark.parametrize("seed", range(10))
def test_texts_of_several_labels_and_labels_of_several_signs_are_krakens(seed: int) -> None:
    chance = random.Random(seed)
    same_as_kraken(MULTIPLE, runs(chance.choices(range(1, 11), k=80), chance))


def test_a_text_that_breaks_off_is_passed_over_and_the_rest_is_read() -> None:
    given = runs([3, 5, 2, 1], random.Random(1))
    assert "".join(sign for sign, *_ in CtcCodec.of(MULTIPLE).decode(given)) == "aba"
    same_as_kraken(MULTIPLE, given)
