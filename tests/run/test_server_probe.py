"""Whether a server answers again is asked aside, and nobody waits for it."""

import threading

from htrkit.run.server_probe import ServerProbe, answers, is_address
from tests.fakes.inference_server import gives, inference_server


def test_an_address_is_told_from_a_path() -> None:
    assert is_address("https://gpu7/v1")
    assert not is_address("/scans/http/1.png")
    assert not is_address("")


def test_a_server_that_answers_anything_is_there() -> None:
    with inference_server() as (address, manners):
        assert answers(address)
        manners.models = gives(401, {})
        assert answers(address)
        manners.models = gives(503, {})
        assert not answers(address)
    assert not answers(address)


def test_a_look_that_takes_long_is_heard_the_next_time_and_not_begun_twice() -> None:
    begun, may_end = [], threading.Event()

    def slow(address: str) -> bool:
        begun.append(address)
        may_end.wait(20)
        return True

    probe = ServerProbe(slow, patience_seconds=0.01)
    assert not probe("http://gpu7/v1")
    assert not probe("http://gpu7/v1")
    may_end.set()
    assert ServerProbe(slow, patience_seconds=20)("http://gpu8/v1")
    probe._patience_seconds = 20
    assert probe("http://gpu7/v1")
    assert begun == ["http://gpu7/v1", "http://gpu8/v1"]
