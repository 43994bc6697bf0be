"""A run that goes on is held against the guardrails as one that begins: with today's devices, for what is left."""

import pytest

from htrkit.domain.errors import SetUpRefused
from htrkit.run.resuming import ReadyAgain
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


@pytest.mark.parametrize("typed", [{"device": "cuda:77"}, {"device": "GPU-77"}])
def test_a_device_that_is_not_there_is_refused_when_nothing_is_left_too(shelf: Shelf, typed: dict[str, str]) -> None:
    shelf.run()
    with pytest.raises(SetUpRefused, match="77"):
        shelf.resume(typed=typed)


def test_a_run_that_is_done_needs_no_device_to_say_so(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "settings", {"device": "cuda:77"})
    shelf.run()
    for typed in (None, {"jobs": 1}, {"device": "cpu"}):
        heard: list[ReadyAgain] = []
        shelf.resume(typed=typed, look=heard.append)
        assert "Nothing is left to do." in said(heard[0])
        assert heard[0].work.devices == ()


def test_the_devices_that_were_looked_at_are_those_that_the_run_takes(shelf: Shelf) -> None:
    shelf.run(lives=2)
    taken: list[str | None] = []
    shelf.resume(typed={"device": "cpu"}, look=lambda ready: taken.extend(one.device for one in ready.work.devices))
    assert taken == ["cpu"]
