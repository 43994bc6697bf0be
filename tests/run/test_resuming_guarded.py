"""A run that goes on is held against the guardrails as one that begins: with today's devices, for what is left."""

import pytest

from htrkit.domain.errors import SetUpRefused
from tests.fakes.runs import Shelf, said


def test_what_is_left_is_held_against_the_guardrails_on_today_s_devices(shelf: Shelf) -> None:
    shelf.run(lives=2)
    heard: list[str] = []
    shelf.resume(
        typed={"segment_timeout": 2, "device": "cpu", "allow_slow_cpu": True},
        look=lambda ready: heard.append(said(ready)),
    )
    assert "for the segmentation of a page will end sound pages too" in heard[0]


def test_a_device_that_is_not_there_refuses_what_is_left_and_nothing_is_lost(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    shelf.run(lives=2)
    with pytest.raises(SetUpRefused, match="cuda:77"):
        shelf.resume(typed={"device": "cuda:77"})
    shelf.resume()
    assert shelf.outputs() == undisturbed
