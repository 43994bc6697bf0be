"""Kraken's log is listened to and kept from the user, and left as it was found."""

import logging

import pytest

from htrkit.layouts.kraken_heard import kraken_heard

FILTERED = "Filtered 120 endpoints from 60 skeleton components (520 -> 400 endpoints)"


def test_what_kraken_leaves_out_is_heard_and_said() -> None:
    with kraken_heard() as heard:
        for _ in range(2):
            logging.getLogger("kraken").info(FILTERED)
        logging.getLogger("kraken").info("Compute reading order on 200 lines in lr direction")

    (note,) = heard.notes()
    assert (note.code, note.flag) == ("lines-dropped", True)
    assert "left out 120 lines" in note.message


def test_of_what_is_not_lost_nothing_is_said() -> None:
    with kraken_heard() as heard:
        logging.getLogger("kraken").info("Perform topological sort on partially ordered lines")

    assert heard.notes() == ()


def test_nobody_else_hears_less_than_errors_meanwhile(caplog: pytest.LogCaptureFixture) -> None:
    with kraken_heard():
        logging.getLogger("kraken").info(FILTERED)
        logging.getLogger("kraken").error("broken")

    assert [record.getMessage() for record in caplog.records] == ["broken"]


def test_the_log_is_left_as_it_was_even_where_kraken_raises() -> None:
    logger = logging.getLogger("kraken")
    before = logger.level, list(logger.filters)

    with pytest.raises(ValueError, match="odd"), kraken_heard():
        raise ValueError("odd")

    assert (logger.level, logger.filters) == before
