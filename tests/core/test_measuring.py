"""Errors add up over characters, and what does not count is folded away."""

import pytest

from htrkit.core.measuring import Counts, Evaluation, Folding, Matched, PageScore, Score, added
from htrkit.domain.renderers import TextForm


def score(errors: int, length: int) -> Score:
    return Score(Counts(errors, length), Counts(errors, length))


@pytest.mark.parametrize(
    ("folding", "text", "folded"),
    [
        (Folding(), "\ufeff a\r\n\tb\u00a0 c ", "a b c"),
        (Folding(), "e\u0301", "\u00e9"),
        (Folding(TextForm.NFD), "\u00e9", "e\u0301"),
        (Folding(TextForm.NONE), "e\u0301", "e\u0301"),
        (Folding(ignore_case=True), "Straße", "strasse"),
        (Folding(ignore_punctuation=True), "L'an, mil. (1)", "L an mil 1"),
    ],
)
def test_what_does_not_count(folding: Folding, text: str, folded: str) -> None:
    assert folding.folded(text) == folded


def test_a_rate_is_errors_over_length_and_none_over_nothing() -> None:
    assert Counts(1, 4).rate == 0.25
    assert Counts(3, 2).rate == 1.5
    assert Counts(3, 0).rate is None


def test_totals_are_no_means_of_means() -> None:
    assert added([score(1, 1), score(0, 99)]) == score(1, 100)
    assert added([]) == score(0, 0)


def test_what_was_read_on_a_page_of_empty_truth_counts_in_the_total() -> None:
    pages = [
        PageScore("a/1", "a", Matched.BASELINES, score(1, 10)),
        PageScore("b/2", "b", Matched.PAGE_TEXT, score(4, 0)),
    ]
    found = Evaluation(Folding(), pages, (), (), (), ())

    assert pages[1].score.characters.rate is None
    assert found.total.characters == Counts(5, 10)
    assert list(found.folders) == ["a", "b"]
    assert found.folders["a"] == score(1, 10)
