"""`report --follow` from another terminal, from the journal alone."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from htrkit.cli.following import follow
from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import Event, PageStarted, RunEnded, RunResumed, RunStarted
from htrkit.domain.names import PageKey
from htrkit.domain.shards import Cut, Shard, ShardName
from htrkit.journal.journal import Journal
from htrkit.run.out_folder import OutFolder
from htrkit.run.shard_cuts import write_cut
from htrkit.ui.console import Streams
from tests.fakes.journals import done, failed, records, write_run

STARTED = RunStarted("r1", 4, "f")
ENDED = RunEnded(4, 3, 1, 0, 0, "finished", 4)
MOST_SLEEPS = 50


class Elsewhere:
    """A run in another process: at each look of the one who follows, its next deed is done."""

    def __init__(self, *deeds: Callable[[], object]) -> None:
        self._deeds = list(deeds)
        self.sleeps = 0

    def __call__(self, seconds: float) -> None:
        assert 0 < seconds <= 2
        self.sleeps += 1
        assert self.sleeps < MOST_SLEEPS, "followed for ever"
        if self._deeds:
            self._deeds.pop(0)()


def followed(out: Path, elsewhere: Elsewhere) -> list[str]:
    people = StringIO()
    follow(OutFolder(out), Streams(StringIO(), people), {}, sleep=elsewhere)
    return people.getvalue().splitlines()


def adding(out: Path, *events: Event) -> Callable[[], None]:
    def add() -> None:
        with Journal(out / ".htrkit" / "journal.jsonl") as journal:
            for record in records(*events):
                journal(record)

    return add


def test_what_lies_behind_is_summed_up_and_what_comes_is_told(tmp_path: Path) -> None:
    out = write_run(tmp_path, "abcd", STARTED, done("a"), failed("b"))
    lines = followed(
        out, Elsewhere(adding(out, PageStarted(PageKey("c"), 1), done("c")), adding(out, done("d"), ENDED))
    )

    assert lines[0] == "2/4  done 1  failed 1  flagged 0"
    assert [line.split(",")[0] for line in lines[1:]] == ["3/4  c: 3 lines", "4/4  d: 3 lines"]


def test_a_run_that_has_not_begun_is_waited_for(tmp_path: Path) -> None:
    out = tmp_path / "later"
    elsewhere = Elsewhere(lambda: None, lambda: write_run(out, "abcd", STARTED, done("a"), ENDED))
    lines = followed(out, elsewhere)

    assert lines[0].endswith("no run has begun here yet; waiting for one")
    assert elsewhere.sleeps == 2


def test_a_run_that_goes_on_again_is_followed_to_its_second_end(tmp_path: Path) -> None:
    out = write_run(tmp_path, "abcd", STARTED, failed("a"), ENDED, RunResumed("r1", 4, 4, "f"))
    elsewhere = Elsewhere(adding(out, PageStarted(PageKey("a"), 2), done("a")), adding(out, ENDED))

    assert followed(out, elsewhere) == ["1/4  done 0  failed 1  flagged 0"]
    assert elsewhere.sleeps == 2


def test_a_run_that_ended_before_is_not_waited_for(tmp_path: Path) -> None:
    elsewhere = Elsewhere()
    followed(write_run(tmp_path, "a", STARTED, done("a"), ENDED), elsewhere)

    assert elsewhere.sleeps == 0


def test_another_journal_in_its_place_is_told_from_its_beginning(tmp_path: Path) -> None:
    out = write_run(tmp_path, "abcd", STARTED, done("a"), done("b"))

    def replace() -> None:
        (out / ".htrkit" / "journal.jsonl").rename(out / "old.jsonl")
        write_run(out, "abcd", STARTED, done("c"))

    lines = followed(out, Elsewhere(replace, adding(out, ENDED)))

    assert lines == ["2/4  done 2  failed 0  flagged 0", "1/4  done 1  failed 0  flagged 0"]


def test_a_damaged_journal_ends_it_with_the_error(tmp_path: Path) -> None:
    out = write_run(tmp_path, "abcd", STARTED, done("a"))

    def damage() -> None:
        with (out / ".htrkit" / "journal.jsonl").open("ab") as journal:
            journal.write(b"damaged\n")
        adding(out, done("b"))()

    with pytest.raises(HtrkitError, match="line 3 is damaged"):
        followed(out, Elsewhere(damage))


def shards(out: Path, cut: int = 1, **pages: list[int]) -> None:
    """Cut a run: `first=[0, 1], second=[2, 3]`."""
    write_cut(OutFolder(out), Cut(cut, tuple(map(tuple, pages.values()))), run_id="r1")


def adding_to(out: Path, shard: str, *events: Event, cut: int = 1) -> Callable[[], None]:
    def add() -> None:
        with Journal(OutFolder(out, ShardName(cut, Shard.read(shard))).journal) as journal:
            for record in records(*events):
                journal(record)

    return add


def test_shards_are_followed_as_one_run_until_the_last_has_ended(tmp_path: Path) -> None:
    out = write_run(tmp_path, "abcd")
    (out / ".htrkit" / "journal.jsonl").unlink()
    shards(out, first=[0, 1], second=[2, 3])
    of_two = RunStarted("r1", 2, "f")
    adding_to(out, "1/2", of_two, done("a"))()
    lines = followed(
        out,
        Elsewhere(
            adding_to(out, "2/2", of_two, failed("c")),
            adding_to(out, "1/2", done("b"), ENDED),
            adding_to(out, "2/2", done("d"), ENDED),
        ),
    )

    assert lines[0] == "1/4  done 1  failed 0  flagged 0"
    assert [line.split(":")[0] for line in lines[1:]] == ["failed", "3/4  b", "4/4  d"]


def test_pages_that_are_cut_anew_meanwhile_are_followed_to_where_they_went(tmp_path: Path) -> None:
    out = write_run(tmp_path, "ab")
    (out / ".htrkit" / "journal.jsonl").unlink()
    shards(out, first=[0], second=[1])
    adding_to(out, "1/2", RunStarted("r1", 1, "f"), done("a"), ENDED)()
    elsewhere = Elsewhere(
        lambda: shards(out, cut=2, first=[1]),
        adding_to(out, "1/1", RunStarted("r1", 1, "f"), done("b"), ENDED, cut=2),
    )

    lines = followed(out, elsewhere)
    assert lines[:2] == ["1/2  done 1  failed 0  flagged 0"] * 2
    assert lines[2].startswith("2/2  b")
    assert elsewhere.sleeps == 2
