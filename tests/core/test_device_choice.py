"""A wish for devices comes to those that are there, or is refused with what is."""

import pytest

from htrkit.core.device_choice import cards_for, device_for
from htrkit.domain.device import Card
from htrkit.domain.errors import PreflightRefused

CARDS = (Card(0, "GPU-11aa", "L40S"), Card(1, "GPU-22bb", "L40S"), Card(2, "GPU-22cc", "L40S"))


@pytest.mark.parametrize(
    ("wish", "cards", "device"),
    [("cpu", 2, "cpu"), ("all", 0, "cpu"), ("auto", 2, "cuda:0"), (" CUDA:1 ", 2, "cuda:1"), ("cuda:0", 1, "cuda:0")],
)
def test_what_a_wish_comes_to_in_one_process(wish: str, cards: int, device: str) -> None:
    assert device_for(wish, cards=cards) == device


@pytest.mark.parametrize(
    ("wish", "chosen"),
    [
        ("all", (0, 1, 2)),
        ("auto", (0,)),
        ("cpu", ()),
        ("cuda:2,cuda:0", (2, 0)),
        ("cuda:1, cuda:1", (1,)),
        ("GPU-11", (0,)),
        ("gpu-22CC,cuda:0", (2, 0)),
    ],
)
def test_which_cards_a_wish_comes_to(wish: str, chosen: tuple[int, ...]) -> None:
    assert tuple(card.index for card in cards_for(wish, CARDS)) == chosen


@pytest.mark.parametrize("wish", ["all", "auto", "cpu"])
def test_without_cards_there_is_the_cpu(wish: str) -> None:
    assert cards_for(wish, ()) == ()


@pytest.mark.parametrize(("wish", "cards"), [("cuda:0", 0), ("cuda:2", 2), ("cuda:", 2), ("tpu", 1), ("", 1)])
def test_a_device_that_is_not_there_is_refused_with_what_is(wish: str, cards: int) -> None:
    with pytest.raises(PreflightRefused, match="there is cpu") as caught:
        device_for(wish, cards=cards)
    assert "-d cpu" in caught.value.mend


@pytest.mark.parametrize("wish", ["GPU-22", "GPU-ff", "cuda:0,cuda:3", "cuda:0,", "cpu,cuda:0"])
def test_a_name_that_is_nobodys_or_several_cards_is_refused(wish: str) -> None:
    with pytest.raises(PreflightRefused, match="there is cpu, cuda:0, cuda:1, cuda:2"):
        cards_for(wish, CARDS)
