"""Cards that are not here, by their names."""

import pytest

from htrkit.core.planned_cards import CARDS, planned_cards
from htrkit.domain.errors import UsageProblem


@pytest.mark.parametrize(("words", "count"), [("l40s", 1), ("l40s:2", 2), (" L40S:16 ", 16), ("a100-80:4", 4)])
def test_cards_are_read_with_their_number(words: str, count: int) -> None:
    assert len(planned_cards(words).devices) == count


def test_a_card_has_somewhat_less_memory_than_its_name_says() -> None:
    (card,) = planned_cards("l40s").devices

    assert card.memory is not None
    assert 46e9 < card.memory.free_bytes < 48.4e9


def test_an_unknown_card_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageProblem, match="rtx4090") as refused:
        planned_cards("tpu:2")

    assert all(name in refused.value.mend for name in CARDS)


@pytest.mark.parametrize("words", ["l40s:0", "l40s:x", "l40s:-1", "l40s:65", "l40s:1.5"])
def test_a_number_of_cards_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(UsageProblem, match="no number of cards"):
        planned_cards(words)
