"""The address of a server, and the key that never leaves what speaks with it."""

import pytest

from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.domain.server_errors import ServerRefused
from htrkit.engines.endpoint import Endpoint
from htrkit.engines.server_access import Key, address_of, key_in
from tests.fakes.inference_server import MODEL, gives, inference_server


def test_an_address_is_taken_as_it_is_but_for_slashes_at_its_end() -> None:
    assert address_of(" http://gpu7:8000/v1/ ") == "http://gpu7:8000/v1"


@pytest.mark.parametrize("wish", ["gpu7:8000", "ftp://gpu7/v1", "http://", "http://gpu7:port/v1", ""])
def test_what_is_no_address_is_refused_with_an_example(wish: str) -> None:
    with pytest.raises(UsageProblem, match="http://HOST:8000/v1"):
        address_of(wish)


@pytest.mark.parametrize("wish", ["http://me:secret@gpu7/v1", "https://gpu7/v1?api-key=secret"])
def test_an_address_with_a_secret_is_refused_without_repeating_it(wish: str) -> None:
    with pytest.raises(UsageProblem, match="HTRKIT_API_KEY") as refused:
        address_of(wish)
    assert "secret" not in str(refused.value)


def test_the_key_comes_from_its_variable_and_shows_itself_nowhere() -> None:
    key = key_in({"HTRKIT_API_KEY": " sk-secret\n"})
    assert key == Key("sk-secret")
    assert "secret" not in f"{key} {key!r}"
    assert key_in({}) is None
    assert key_in({"HTRKIT_API_KEY": "  "}) is None


@pytest.mark.parametrize("value", ["sk secret", "sk-sécret", "sk\nsecret"])
def test_a_key_that_no_header_can_hold_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(PreflightRefused, match="HTRKIT_API_KEY") as refused:
        key_in({"HTRKIT_API_KEY": value})
    assert "cret" not in str(refused.value)


def test_the_models_of_a_server_are_listed() -> None:
    with inference_server() as (address, _):
        assert Endpoint(address).models() == (MODEL,)


@pytest.mark.parametrize("body", [b"<html>", {"data": None}, {"models": []}, {"data": [{"name": "x"}]}, [1]])
def test_what_answers_something_else_is_no_such_server(body: object) -> None:
    with inference_server() as (address, manners):
        manners.models = gives(200, body)
        with pytest.raises(ServerRefused, match="no OpenAI-compatible server"):
            Endpoint(address).models()
