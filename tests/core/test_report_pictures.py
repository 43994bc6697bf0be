"""Which pages and lines a report shows as pictures: some of each class, the least confident, and never too many."""

import pytest

from htrkit.core.report_pages import PageStory
from htrkit.core.report_pictures import (
    MOST_DOUBTED_PAGES,
    MOST_FAILED,
    MOST_LINES,
    MOST_OF_A_CLASS,
    DoubtfulLine,
    kept_shut,
    least_confident,
    pages_to_doubt,
    pages_to_picture,
)
from htrkit.domain.events import PageFailed
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import LineId, PageKey
from tests.fakes.journals import done, failed


def story(key: str, failure: FailureClass) -> PageStory:
    return PageStory(PageKey(key), key, failed(key, failure))


def test_each_class_has_pages_however_many_there_are_of_another() -> None:
    pages = [story(f"{failure}{number}", failure) for failure in FailureClass for number in range(50)]
    chosen = pages_to_picture(tuple(pages))

    assert len(chosen) <= MOST_FAILED
    assert {page.end.failure for page in chosen if isinstance(page.end, PageFailed)} == set(FailureClass)


def test_one_class_alone_has_some_pages() -> None:
    pages = tuple(story(f"p{number}", FailureClass.BROKEN) for number in range(50))

    assert len(pages_to_picture(pages)) == MOST_OF_A_CLASS


@pytest.mark.parametrize("failure", [FailureClass.DIED, FailureClass.TIMEOUT, FailureClass.OOM])
def test_a_picture_that_ended_a_process_stays_shut(failure: FailureClass) -> None:
    def end(step: Step) -> PageFailed:
        return PageFailed(PageKey("a"), "a.jpg", failure, step, "SIGSEGV", 2)

    assert str(failure) in kept_shut(end(Step.OPEN))
    assert kept_shut(end(Step.RECOGNISE)) == ""


def test_a_broken_picture_may_be_tried() -> None:
    assert kept_shut(failed("a", FailureClass.BROKEN)) == ""


def test_the_least_confident_pages_come_first_and_are_few() -> None:
    pages = tuple(done(f"p{number:03d}", confidence=1 - number / 1000) for number in range(500))
    doubted = pages_to_doubt(pages)

    assert len(doubted) == MOST_DOUBTED_PAGES
    assert doubted[0].key == "p499"


def test_pages_without_text_or_confidence_are_not_doubted() -> None:
    assert pages_to_doubt((done("a", confidence=None), done("b", characters=0))) == ()


def test_the_least_confident_lines_come_first_and_are_few() -> None:
    lines = (DoubtfulLine(PageKey("a"), LineId(f"l{number}"), "x", 1 - number / 1000, None) for number in range(500))
    shown = least_confident(lines)

    assert len(shown) == MOST_LINES
    assert shown[0].line == "l499"
