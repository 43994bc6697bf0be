"""Texts are asked of a real server on loopback, which misbehaves in every way that servers do."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass
from htrkit.domain.server_errors import PageRefusedByServer, ServerGone, ServerRefused
from htrkit.engines import endpoint as endpoint_module
from htrkit.engines.server_access import Key
from tests.fakes.asking import PICTURE, Slept, asking
from tests.fakes.inference_server import (
    MODEL,
    Manners,
    cuts_off,
    flows_on,
    gives,
    inference_server,
    says,
    sleeps,
)

TOO_MANY = gives(429, {"error": {"message": "slow down"}})


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def server() -> Iterator[tuple[str, Manners]]:
    with inference_server() as found:
        yield found


def test_a_picture_is_sent_with_its_wording_and_answered(server: tuple[str, Manners], slept: Slept) -> None:
    address, manners = server
    manners.script.append(says("In nomine", logprobs={"content": [{"logprob": 0.0}, {"logprob": -0.6931471805599453}]}))
    (answer,) = asking(address, slept).answers([PICTURE])
    assert (answer.text, answer.confidence, answer.cut_off) == ("In nomine", 0.75, False)
    assert (answer.read_tokens, answer.written_tokens) == (1000, 7)
    (asked,) = manners.asked
    assert asked.path == "/v1/chat/completions"
    system, user = asked.body["messages"]
    assert (system["role"], system["content"]) == ("system", "You read.")
    assert user["content"][0]["image_url"]["url"].startswith("data:image/jpeg;base64,/9g")
    assert user["content"][1]["text"] == "Read it."
    assert (asked.body["model"], asked.body["temperature"], asked.body["max_tokens"]) == (MODEL, 0, 99)
    assert asked.body["logprobs"] is True


def test_the_key_is_sent_and_stands_in_no_error_even_if_the_server_repeats_it(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    manners.script.append(gives(400, {"error": {"message": "what is sk-secret-1 doing here"}}))
    manners.script.append(gives(400, {"error": {"message": "what is sk-secret-1 doing here"}}))
    one = asking(address, slept, key=Key("sk-secret-1"))
    with pytest.raises(PageRefusedByServer) as refused:
        one.answers([PICTURE])
    assert manners.asked[0].headers["Authorization"] == "Bearer sk-secret-1"
    assert "secret" not in f"{refused.value} {refused.value.__cause__} {one!r}"
    assert "[key] doing here" in refused.value.what


def test_a_text_that_came_to_its_limit_says_so(server: tuple[str, Manners], slept: Slept) -> None:
    address, manners = server
    manners.script.append(says("In nom", finish_reason="length"))
    assert asking(address, slept).answers([PICTURE])[0].cut_off


def test_a_server_that_knows_no_probabilities_is_asked_without_and_remembered(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    manners.script.append(gives(400, {"error": "unknown field logprobs"}))
    one = asking(address, slept)
    assert [answer.confidence for answer in one.answers([PICTURE])] == [None]
    one.answers([PICTURE])
    assert ["logprobs" in asked.body for asked in manners.asked] == [True, False, False]


def test_a_refused_picture_does_not_cost_the_probabilities_of_the_others(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    manners.script.extend([says("good"), gives(413, {"error": {"message": "too large"}}), says("good")])
    one = asking(address, slept)
    one.answers([PICTURE])
    with pytest.raises(PageRefusedByServer, match=r"status 413.*too large"):
        one.answers([PICTURE])
    one.answers([PICTURE])
    assert [asked.body.get("logprobs") for asked in manners.asked] == [True, True, True]


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_will_not_change_is_not_sent_again_once_the_server_is_known(
    server: tuple[str, Manners], slept: Slept, status: int
) -> None:
    address, manners = server
    one = asking(address, slept)
    one.answers([PICTURE])
    manners.usual = gives(status, {"message": "no"})
    with pytest.raises(PageRefusedByServer) as refused:
        one.answers([PICTURE])
    assert refused.value.failure is FailureClass.SERVER
    assert not refused.value.passing
    assert (manners.texts_asked, slept.waits) == (2, [])


@pytest.mark.parametrize(
    ("status", "mend"), [(401, "HTRKIT_API_KEY"), (403, "HTRKIT_API_KEY"), (404, "-m"), (307, "address")]
)
def test_what_no_page_would_fare_better_with_stops_the_run_and_is_asked_once(
    server: tuple[str, Manners], slept: Slept, status: int, mend: str
) -> None:
    address, manners = server
    manners.usual = gives(status, {"error": {"message": "not you"}}, Location="http://127.0.0.1:9/elsewhere")
    with pytest.raises(ServerRefused, match=f"{status}.*not you") as refused:
        asking(address, slept).answers([PICTURE])
    assert mend in refused.value.mend
    assert (manners.texts_asked, slept.waits) == (1, [])


def test_too_many_requests_are_waited_for_as_long_as_the_server_asks(server: tuple[str, Manners], slept: Slept) -> None:
    address, manners = server
    manners.script.append(gives(429, {}, Retry_After="17"))
    asking(address, slept).answers([PICTURE])
    assert slept.waits[0] == 17.5  # and half of the second that is left to chance


def test_too_many_requests_without_a_word_of_when_are_waited_for_longer_and_longer(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    manners.script.extend([TOO_MANY] * 3)
    one = asking(address, slept)
    one.answers([PICTURE])
    # The window is below one by then: after the waits come rests.
    assert [wait for wait in slept.waits if wait][:3] == sorted(slept.waits[:3])
    assert one.pace.window < 1


def test_a_server_that_is_busy_for_a_quarter_of_an_hour_stops_the_run(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    manners.usual = TOO_MANY
    with pytest.raises(ServerRefused, match="too many requests"):
        asking(address, slept).answers([PICTURE])
    assert sum(slept.waits) > 600


@pytest.mark.parametrize("fault", [gives(500, b"oh"), gives(503, {}), gives(529, {}), cuts_off])
def test_a_fault_that_passes_costs_a_wait(server: tuple[str, Manners], slept: Slept, fault: object) -> None:
    address, manners = server
    manners.script.append(fault)  # type: ignore[arg-type]  # all are manners
    assert asking(address, slept).answers([PICTURE])[0].text == "a line"
    assert manners.texts_asked == 2


def test_a_fault_that_does_not_pass_fails_the_page_which_may_be_tried_later(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    manners.usual = gives(500, b"oh")
    with pytest.raises(PageProblem, match="asked 4 times") as failed:
        asking(address, slept).answers([PICTURE])
    assert (failed.value.failure, failed.value.passing) == (FailureClass.SERVER, True)


def test_an_answer_that_is_none_fails_the_page_at_once(server: tuple[str, Manners], slept: Slept) -> None:
    address, manners = server
    manners.usual = gives(200, b"<html>it works</html>")
    with pytest.raises(PageRefusedByServer, match="no JSON"):
        asking(address, slept).answers([PICTURE])
    assert manners.texts_asked == 1


def test_an_answer_without_an_end_is_cut_off_by_its_bytes(
    server: tuple[str, Manners], slept: Slept, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, manners = server
    over = threading.Event()
    monkeypatch.setattr(endpoint_module, "MOST_BYTES", 100_000)
    manners.usual = flows_on(b" " * 10_000, until=over)
    with pytest.raises(PageRefusedByServer, match="longer than"):
        asking(address, slept).answers([PICTURE])
    over.set()
    assert manners.texts_asked == 1


def test_an_answer_that_trickles_is_cut_off_by_time(server: tuple[str, Manners], slept: Slept) -> None:
    address, manners = server
    over = threading.Event()
    manners.usual = flows_on(b" ", until=over, pause_seconds=0.02)
    with pytest.raises(PageRefusedByServer, match="took too long") as failed:
        asking(address, slept, seconds=0.15).answers([PICTURE])
    over.set()
    assert (failed.value.failure, manners.texts_asked) == (FailureClass.TIMEOUT, 2)


def test_a_server_that_sleeps_is_given_up_after_two_tries(server: tuple[str, Manners], slept: Slept) -> None:
    address, manners = server
    over = threading.Event()
    manners.usual = sleeps(over)
    with pytest.raises(PageRefusedByServer, match="took too long"):
        asking(address, slept, seconds=0.1).answers([PICTURE])
    over.set()
    assert manners.texts_asked == 2


def test_a_server_that_is_gone_is_the_runs_trouble_and_names_what_must_come_back(slept: Slept) -> None:
    with inference_server() as (address, _):
        pass
    with pytest.raises(ServerGone, match="cannot be reached") as gone:
        asking(address, slept).answers([PICTURE])
    assert gone.value.path == address
    assert len(slept.waits) == 2


def test_a_server_that_comes_back_meanwhile_answers(slept: Slept) -> None:
    with inference_server() as (address, _):
        port = int(address.split(":")[2].split("/")[0])
    one = asking(address, slept)

    def back_at_the_first_wait(seconds: float) -> None:
        slept.waits.append(seconds)
        if len(slept.waits) == 1:
            manager.__enter__()

    manager = inference_server(port=port)
    one.times = replace(slept.times, sleep=back_at_the_first_wait)
    try:
        assert one.answers([PICTURE])[0].text == "a line"
    finally:
        manager.__exit__(None, None, None)
