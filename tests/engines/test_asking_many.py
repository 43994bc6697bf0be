"""Several texts asked of one server at once: their order, their number, and what ends it."""

import base64
import threading
from collections.abc import Iterator

import pytest

from htrkit.domain.server_errors import ServerRefused
from tests.fakes.asking import PICTURE, Slept, asking
from tests.fakes.inference_server import Asked, Handler, Manners, gives, inference_server, says


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def server() -> Iterator[tuple[str, Manners]]:
    with inference_server() as found:
        yield found


def test_texts_come_in_the_order_of_their_pictures_however_they_are_answered(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    pictures = [b"%d" % number for number in range(12)]
    together = threading.Barrier(2)

    def repeats(handler: Handler, asked: Asked) -> None:
        sent = asked.body["messages"][1]["content"][0]["image_url"]["url"]
        number = base64.b64decode(sent.split(",")[1]).decode()
        if number in {"1", "2"}:
            together.wait(20)  # the first has shown that a second may go beside it
        says(number)(handler, asked)

    manners.usual = repeats
    answers = asking(address, slept).answers(pictures)
    assert [answer.text for answer in answers] == [str(number) for number in range(12)]
    assert 1 < manners.most_at_once <= 4


def test_after_a_failure_nothing_more_is_asked_though_others_are_under_way(
    server: tuple[str, Manners], slept: Slept
) -> None:
    address, manners = server
    third = threading.Event()

    def lasts(handler: Handler, asked: Asked) -> None:
        third.wait(0.3)
        says("a line")(handler, asked)

    def too_much(handler: Handler, asked: Asked) -> None:
        third.set()
        says("a line")(handler, asked)

    manners.script.extend([lasts, gives(401, {})])
    manners.usual = too_much
    one = asking(address, slept)
    one.pace.window = 2
    with pytest.raises(ServerRefused):
        one.answers([PICTURE] * 20)
    assert manners.texts_asked == 2
