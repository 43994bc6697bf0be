"""A wish for a device comes to one that is there, or is refused with what is."""

import pytest

from htrkit.core.device_choice import device_for
from htrkit.domain.errors import PreflightRefused


@pytest.mark.parametrize(
    ("wish", "cards", "device"),
    [("cpu", 2, "cpu"), ("all", 0, "cpu"), ("auto", 2, "cuda:0"), (" CUDA:1 ", 2, "cuda:1"), ("cuda:0", 1, "cuda:0")],
)
def test_what_a_wish_comes_to(wish: str, cards: int, device: str) -> None:
    assert device_for(wish, cards=cards) == device


@pytest.mark.parametrize(("wish", "cards"), [("cuda:0", 0), ("cuda:2", 2), ("cuda:", 2), ("tpu", 1), ("", 1)])
def test_a_device_that_is_not_there_is_refused_with_what_is(wish: str, cards: int) -> None:
    with pytest.raises(PreflightRefused, match="there is cpu") as caught:
        device_for(wish, cards=cards)
    assert "-d cpu" in caught.value.mend
