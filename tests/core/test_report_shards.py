"""The report of a run in shards: one accounting over all journals, and each shard by its name."""

import json
from dataclasses import replace

import pytest

from htrkit.core.report import Course, Report
from htrkit.core.report_facts import SettingFact
from htrkit.core.report_shards import ShardTold, report_of_shards
from htrkit.core.shard_standing import ShardState
from htrkit.domain.events import (
    Event,
    MachineSampled,
    PageStarted,
    Record,
    RunEnded,
    RunResumed,
    RunStarted,
    WorkerLost,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.shards import Shard, ShardName
from htrkit.ui.report_document import report_document
from htrkit.ui.report_html import report_html
from htrkit.ui.report_table import MOST_SHARDS, report_table
from tests.fakes.journals import at, done, facts, failed

STARTED = RunStarted("r1", 2, "f")
FINISHED = RunEnded(2, 2, 0, 0, 0, "finished", 0)
WARNED = RunEnded(2, 1, 0, 0, 1, "warned by the scheduler", 138)


def name(number: int, of: int = 4, cut: int = 1) -> ShardName:
    return ShardName(cut, Shard(number, of))


def told(who: ShardName | None, *events: Event, held_by: str = "", since: int = 0) -> ShardTold:
    return ShardTold(who, [Record(at(since + second), event) for second, event in enumerate(events)], held_by)


def report_on(*journals: ShardTold, owners: str = "11223344") -> Report:
    """Give the report of eight pages, `a` to `h`, whose owners are given by their shards' numbers."""
    by_number = [name(int(number)) for number in owners]
    return report_of_shards("OUT", facts(*"abcdefgh"), by_number, journals)


@pytest.fixture
def mixed() -> Report:
    """One that finished, one that died, one that was warned, one that never ran."""
    return report_on(
        told(name(1), STARTED, done("a"), failed("b"), RunEnded(2, 1, 1, 0, 0, "finished", 4)),
        told(name(2), STARTED, done("c"), PageStarted(PageKey("d"), 1)),
        told(name(3), STARTED, done("e"), WARNED),
        told(name(4)),
    )


def test_each_shard_is_named_with_what_it_has_left(mixed: Report) -> None:
    standing = [(str(one.name), one.state, one.left, one.waits) for one in mixed.shards]

    assert standing == [
        ("1/4", ShardState.FINISHED, 0, False),
        ("2/4", ShardState.DIED, 1, True),
        ("3/4", ShardState.STOPPED, 1, True),
        ("4/4", ShardState.NEVER_RAN, 2, True),
    ]
    assert mixed.counts.identity == "selected 8 = done 3 + failed 1 + skipped 0 + not run 4"
    assert mixed.course is Course.NOT_ENDED


def test_the_command_that_finishes_each_is_said_in_every_form(mixed: Report) -> None:
    table, page = report_table(mixed), report_html(mixed)
    document = json.loads(report_document(mixed))
    commands = [f"htrkit resume OUT --shard {shard}" for shard in ("2/4", "3/4", "4/4")]

    assert document["next"][:4] == [*commands, "htrkit resume OUT"]
    assert [one["next"] for one in document["shards"]] == [None, *commands]
    assert [one["state"] for one in document["shards"]] == ["finished", "died", "stopped early", "never ran"]
    for words in (*commands, "stopped early: warned by the scheduler", "never ran"):
        assert words in table
        assert words in page
    assert "4 shards: 1 finished, 1 stopped early, 1 died, 1 never ran" in table


def test_a_page_in_a_dead_shards_hand_is_in_nobodys(mixed: Report) -> None:
    assert mixed.in_hand == ()


def test_pages_in_the_hands_of_several_shards_are_all_told() -> None:
    report = report_on(
        told(name(1), STARTED, PageStarted(PageKey("a"), 1), held_by="process 1 on node1"),
        told(name(2), STARTED, PageStarted(PageKey("c"), 1), held_by="process 1 on node2"),
    )

    assert [page.key for page in report.in_hand] == ["a", "c"]
    assert [one.state for one in report.shards][:2] == [ShardState.AT_WORK] * 2
    assert "at work: process 1 on node2" in report_table(report)
    assert json.loads(report_document(report))["next"] == []


def test_a_later_cut_decides_what_became_of_a_page() -> None:
    new = name(1, 1, cut=2)
    report = report_of_shards(
        "OUT",
        facts("a", "b"),
        [name(1, 2), new],
        [
            told(name(1, 2), STARTED, done("a"), FINISHED, since=50),
            told(name(2, 2), STARTED, failed("b"), since=60),
            told(new, STARTED, done("b"), FINISHED, since=0),
        ],
    )

    assert (report.counts.done, report.counts.failed) == (2, 0)
    assert [str(one.name) for one in report.shards] == ["1/2", "1/1 of cut 2"]
    assert (report.course, report.reason, report.exit_code) == (Course.ENDED, "finished", 0)


def test_a_shard_of_an_earlier_cut_has_no_number_to_be_gone_on_with() -> None:
    report = report_of_shards(
        "OUT",
        facts("a", "b"),
        [name(1, 2), name(1, 3, cut=2)],
        [told(name(1, 2), STARTED), told(name(1, 3, cut=2), STARTED)],
    )
    document = json.loads(report_document(report))

    assert [one["next"] for one in document["shards"]] == ["htrkit resume OUT", "htrkit resume OUT --shard 1/3"]


def test_a_failed_page_of_a_shard_that_was_killed_counts_though_the_rest_was_cut_anew_and_ended_well() -> None:
    new = name(1, 1, cut=2)
    report = report_of_shards(
        "OUT",
        facts("a", "b", "c"),
        [name(1, 2), name(2, 2), new],
        [
            told(name(1, 2), STARTED, done("a"), FINISHED),
            told(name(2, 2), STARTED, failed("b")),
            told(new, STARTED, done("c"), FINISHED),
        ],
    )

    assert (report.course, report.counts.failed) == (Course.ENDED, 1)
    assert report.exit_code == ExitCode.FAILED_PAGES


def test_a_failed_page_that_a_later_cut_has_mended_counts_no_more() -> None:
    new = name(1, 1, cut=2)
    report = report_of_shards(
        "OUT",
        facts("a", "b"),
        [name(1, 1), new],
        [
            told(name(1, 1), STARTED, done("a"), failed("b"), RunEnded(2, 1, 1, 0, 0, "finished", 4)),
            told(new, RunResumed("r1", 2, 1, "f"), done("b"), FINISHED),
        ],
    )

    assert (report.course, report.counts.failed) == (Course.ENDED, 0)
    assert report.exit_code == ExitCode.DONE


@pytest.mark.parametrize(
    ("fail_on", "code"), [("failure", ExitCode.DONE), ("alarm", ExitCode.FAILED_PAGES), ("", ExitCode.DONE)]
)
def test_what_lets_the_run_fail_is_said_by_the_plan(fail_on: str, code: ExitCode) -> None:
    planned = replace(facts("a"), settings=(SettingFact("fail_on", fail_on, "command line"),))
    killed = told(name(1, 1), STARTED, done("a", flags=("loop",)))
    report = report_of_shards("OUT", planned, [name(1, 1)], [killed])

    assert (report.course, report.exit_code) == (Course.ENDED, code)


@pytest.mark.parametrize(
    ("last", "end", "code"),
    [
        (done("h"), FINISHED, ExitCode.DONE),
        (failed("h"), RunEnded(2, 1, 1, 0, 0, "finished", 4), ExitCode.FAILED_PAGES),
    ],
)
def test_it_has_ended_when_all_have(last: Event, end: RunEnded, code: ExitCode) -> None:
    report = report_on(
        told(name(1), STARTED, *map(done, "abcd"), FINISHED),
        told(name(2), STARTED, *map(done, "efg"), last, end),
        owners="11112222",
    )

    assert (report.course, report.exit_code, report.reason) == (Course.ENDED, code, "finished")


def test_it_has_stopped_early_when_one_has_and_nobody_is_at_work() -> None:
    report = report_on(
        told(name(1), STARTED, *map(done, "abcd"), FINISHED),
        told(name(2), STARTED, *map(done, "efg"), WARNED),
        owners="11112222",
    )

    assert (report.course, report.exit_code, report.reason) == (Course.ENDED, 138, "warned by the scheduler")


def test_whoever_writes_the_last_report_holds_its_lock_and_has_ended_all_the_same() -> None:
    report = report_on(
        told(name(1), STARTED, *map(done, "abcd"), FINISHED),
        told(name(2), STARTED, *map(done, "efgh"), FINISHED, held_by="process 1"),
        owners="11112222",
    )

    assert report.course is Course.ENDED
    assert [one.state for one in report.shards] == [ShardState.FINISHED] * 2


def test_nobody_has_begun() -> None:
    assert report_on(told(name(1)), told(name(2))).course is Course.NOT_BEGUN


def test_time_at_work_is_counted_once_however_many_are_at_work() -> None:
    events = (STARTED, *map(done, "ab"), FINISHED)
    report = report_on(told(name(1), *events), told(name(2), *events, since=1))

    assert report.seconds == 4
    assert len(report.sittings) == 2


def test_workers_of_the_same_name_are_told_apart_and_machines_memory_is_not_mixed() -> None:
    sampled = MachineSampled(8, 4, 0)
    lost = WorkerLost("w0", "killed", PageKey("c"))
    report = report_on(
        told(name(1), STARTED, sampled, done("a", worker="w0", device="cpu"), FINISHED),
        told(name(2), STARTED, sampled, lost, done("c", worker="w0", device="cpu"), FINISHED),
    )

    assert [(one.worker, one.device) for one in report.shares] == [("1/4 w0", "1/4 cpu"), ("2/4 w0", "2/4 cpu")]
    assert report.curves.memory == ()
    assert "worker 2/4 w0 was lost" in report_table(report)


def test_of_very_many_shards_those_that_wait_are_named() -> None:
    shards = MOST_SHARDS + 10
    owners = [name(number, shards) for number in range(1, shards + 1)]
    keys = [f"p{number}" for number in range(shards)]
    journals = [
        told(owner, *((STARTED, done(key), FINISHED) if number else (STARTED,)))
        for number, (owner, key) in enumerate(zip(owners, keys, strict=True))
    ]
    table = report_table(report_of_shards("OUT", facts(*keys), owners, journals))

    assert f"and {shards - 1} more, which need nobody" in table
    assert f"htrkit resume OUT --shard 1/{shards}" in table
