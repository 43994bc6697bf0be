"""What the settings say of alarms reaches a run, also one that goes on."""

from dataclasses import replace

import pytest

from htrkit.core.history import Done
from htrkit.domain.exits import ExitCode
from htrkit.models.catalog import MEDIEVAL, MODERN, Starter, script_on_card
from htrkit.run.resuming import ReadyAgain
from tests.fakes.runs import Shelf


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("failure", ExitCode.FAILED_PAGES), ("alarm", ExitCode.FAILED_PAGES), ("never", ExitCode.DONE)],
)
def test_a_run_with_a_failed_page_exits_as_asked(shelf: Shelf, fail_on: str, code: ExitCode) -> None:
    shelf.settings = {"fail_on": fail_on}
    ended = shelf.run()

    assert ended is not None
    assert (ended.counts.failed, ended.counts.exit_code) == (1, code)


def test_what_fails_a_run_may_be_asked_anew_when_nothing_is_left(shelf: Shelf) -> None:
    shelf.run()
    ended = shelf.resume(typed={"fail_on": "never"})

    assert ended is not None
    assert (shelf.taken, ended.counts.failed, ended.counts.exit_code) == ([], 1, ExitCode.DONE)


def test_a_run_that_goes_on_measures_confidence_by_the_pages_that_ended_first(shelf: Shelf) -> None:
    shelf.run(lives=2)
    seen: list[bool] = []

    def look(ready: ReadyAgain) -> None:
        work = ready.work
        (end,) = list(work.left.done.values())[:1]
        sure = replace(end.page, characters=100, confidence=0.9)
        dim = replace(sure, confidence=0.1)
        # Later in the plan, and earlier in time: the twenty sure pages came first.
        done = {f"k{number}": Done("2026-01-02", dim) for number in range(20)}
        done |= {f"s{number}": Done("2026-01-01", sure) for number in range(20)}
        primed = replace(work, left=replace(work.left, done=done)).confidence
        seen.append(primed.judge(dim) is not None)

    shelf.resume(look=look)
    assert seen == [True]


@pytest.mark.parametrize("starter", [MODERN, MEDIEVAL])
def test_the_starters_cards_declare_a_script(starter: Starter) -> None:
    assert script_on_card(starter.sha256) == "Latn"


def test_of_other_models_no_card_is_known() -> None:
    assert script_on_card("0" * 64) is None
