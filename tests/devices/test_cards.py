"""Which cards may be used: all, or what a scheduler has left in CUDA_VISIBLE_DEVICES, as CUDA reads it."""

import pytest

from htrkit.devices.cards import visible_among

FOUND = (("GPU-11aa", "L40S"), ("GPU-22bb", "L40S"), ("GPU-22cc", "A40"))


@pytest.mark.parametrize(
    ("visible", "uuids"),
    [
        (None, ["GPU-11aa", "GPU-22bb", "GPU-22cc"]),
        ("", []),
        ("1", ["GPU-22bb"]),
        ("2,0", ["GPU-22cc", "GPU-11aa"]),
        ("GPU-22cc,0", ["GPU-22cc", "GPU-11aa"]),
        ("GPU-1", ["GPU-11aa"]),
        ("0,7,1", ["GPU-11aa"]),
        ("0,-1,1", ["GPU-11aa"]),
        ("GPU-22", []),
        (" 1 , 0 ", ["GPU-22bb", "GPU-11aa"]),
        ("NoDevFiles", []),
    ],
)
def test_what_is_left_visible(visible: str | None, uuids: list[str]) -> None:
    cards = visible_among(FOUND, visible)
    assert [card.uuid for card in cards] == uuids
    assert [card.device for card in cards] == [f"cuda:{index}" for index in range(len(uuids))]


def test_a_card_keeps_its_name() -> None:
    assert visible_among(FOUND, "2")[0].name == "A40"
