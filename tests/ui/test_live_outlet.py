"""Lines go out in their order, and a reader that stops holds nobody up."""

import threading

from htrkit.ui import live_outlet
from htrkit.ui.live_outlet import Outlet


def test_lines_come_out_in_their_order_and_all_of_them_before_the_end() -> None:
    said: list[str] = []
    outlet = Outlet(said.append)
    for number in range(5000):
        outlet(str(number))
    outlet.close()

    assert said == [str(number) for number in range(5000)]


def test_a_reader_that_stops_holds_nobody_up() -> None:
    reads, said = threading.Event(), []

    def say(line: str) -> None:
        reads.wait()
        said.append(line)

    outlet = Outlet(say)
    for number in range(1000):
        outlet(str(number))
    assert said == []
    reads.set()
    outlet.close()

    assert len(said) == 1000


def test_a_reader_that_is_too_far_behind_loses_the_oldest() -> None:
    reads, said = threading.Event(), []

    def say(line: str) -> None:
        reads.wait()
        said.append(int(line))

    outlet = Outlet(say)
    for number in range(live_outlet.MOST_WAITING + 100):
        outlet(str(number))
    reads.set()
    outlet.close()

    assert said[-1] == live_outlet.MOST_WAITING + 99
    assert len(said) <= live_outlet.MOST_WAITING + 1


def test_an_outlet_of_which_nothing_was_asked_closes() -> None:
    Outlet(lambda _line: None).close()
