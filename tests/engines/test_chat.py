"""What is taken for an answer, and what is none."""

import orjson
import pytest

from htrkit.domain.failure import FailureClass
from htrkit.domain.server_errors import PageRefusedByServer
from htrkit.engines.chat import Wording, answer_in


def body(content: object = "a line", **more: object) -> bytes:
    return orjson.dumps({"choices": [{"message": {"content": content}, **more}]})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"<html>it works</html>", "no JSON"),
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"choices": []}', "no choice"),
        (b'{"object": "error"}', "no choice"),
        (b'{"choices": ["text"]}', "no choice"),
        (b"[1, 2]", "no choice"),
        (b'"text"', "no choice"),
        (body(None), "no text"),
        (body([]), "no text"),
        (body(7), "no text"),
        (b'{"choices": [{"message": "text"}]}', "no text"),
        (b'{"choices": [{"text": "an older answer"}]}', "no text"),
    ],
)
def test_what_is_no_answer_fails_its_page_and_says_why(said: bytes, why: str) -> None:
    with pytest.raises(PageRefusedByServer, match=why) as failed:
        answer_in(said)
    assert failed.value.failure is FailureClass.SERVER
    assert not failed.value.passing


def test_an_empty_text_is_an_answer() -> None:
    assert answer_in(body("")).text == ""


def test_a_text_in_pieces_is_put_together() -> None:
    assert answer_in(body([{"type": "text", "text": "In "}, {"type": "image"}, {"text": "nomine"}])).text == "In nomine"


def test_what_no_document_can_hold_is_left_out() -> None:
    assert answer_in(body("a\x00b\x1b[31m\tc\nd\x7f")).text == "ab[31m\tc\nd"


@pytest.mark.parametrize(
    ("told", "confidence"),
    [
        ({"content": [{"logprob": 0.0}]}, 1.0),
        ({"content": [{"logprob": -0.6931471805599453}, {"logprob": 0.0}]}, 0.75),
        ({"content": [{"logprob": 3.0}]}, 1.0),
        ({"content": [{"logprob": -9999.0}]}, 0.0),
        ({"content": [{"logprob": None}, {"token": "a"}, 5]}, None),
        ({"content": []}, None),
        ({"content": "text"}, None),
        (None, None),
        ([1], None),
    ],
)
def test_confidence_is_the_mean_probability_of_the_tokens_where_that_is_told(
    told: object, confidence: float | None
) -> None:
    assert answer_in(body(logprobs=told)).confidence == confidence


@pytest.mark.parametrize(
    "usage", [None, {}, [], {"prompt_tokens": -1}, {"prompt_tokens": "9"}, {"prompt_tokens": True}]
)
def test_what_is_no_count_is_none(usage: object) -> None:
    said = orjson.loads(body()) | {"usage": usage}
    assert answer_in(orjson.dumps(said)).read_tokens == 0


def test_only_a_text_that_came_to_its_limit_is_cut_off() -> None:
    assert answer_in(body(finish_reason="length")).cut_off
    assert not answer_in(body(finish_reason="stop")).cut_off
    assert not answer_in(body(finish_reason=None)).cut_off


def test_a_wording_without_words_is_a_picture_alone() -> None:
    request = Wording("m", "").request(b"jpeg", probabilities=False)
    assert [message["role"] for message in request["messages"]] == ["user"]
    assert [part["type"] for part in request["messages"][0]["content"]] == ["image_url"]
    assert "logprobs" not in request
