"""Runs in shards: each is gone on with by itself, and together they come to what one run comes to."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from htrkit.config.choices import Format
from htrkit.core.measuring import Folding
from htrkit.core.report import Course
from htrkit.core.shard_standing import ShardState
from htrkit.domain.errors import OutputHeld, UsageProblem
from htrkit.domain.events import PageRemade, RunResumed, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass
from htrkit.domain.renderers import RenderOptions, Target
from htrkit.domain.shards import Shard, ShardName
from htrkit.run.changes import RunChanged
from htrkit.run.evaluation import evaluated
from htrkit.run.exporting import exported
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import read_plan
from htrkit.run.reporting import reported, reported_and_verified
from htrkit.run.running import held
from htrkit.run.session import Ended
from htrkit.run.shard_cuts import read_cuts
from htrkit.run.shard_recutting import recut_into
from tests.fakes.runs import Shelf, said
from tests.fakes.shards import all_records, states, times_ended

BROKEN = "a/9"


def quiet(_: str) -> None:
    """Hear what is waited for."""


def counts(ended: Ended | None) -> tuple[int, int, int]:
    assert ended is not None
    return ended.counts.selected, ended.counts.done, ended.counts.exit_code


def shard(shelf: Shelf, number: int, of: int, cut: int = 1) -> OutFolder:
    return OutFolder(shelf.out.path, ShardName(cut, Shard(number, of)))


def test_shards_one_after_the_other_come_to_the_same_bytes(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    cut = shelf.cut(3)
    ends = [counts(shelf.resume(shard=f"{number}/3", cut=1)) for number in (3, 1, 2)]

    assert shelf.outputs() == undisturbed
    assert [selected for selected, _, _ in ends] == [len(cut.shards[number - 1]) for number in (3, 1, 2)]
    assert sorted(code for _, _, code in ends) == [ExitCode.DONE, ExitCode.DONE, ExitCode.FAILED_PAGES]
    assert set(times_ended(shelf.out).values()) == {1}
    assert len(times_ended(shelf.out)) == 5
    assert shelf.out.report.exists()
    assert not shelf.out.journal.exists()


def test_each_shard_has_its_own_journal_lock_and_log_and_the_plan_is_written_by_none(shelf: Shelf) -> None:
    shelf.cut(2)
    plan = shelf.out.plan.stat()
    shelf.resume(shard="2/2")

    own = shard(shelf, 2, 2)
    assert own.journal.exists()
    assert own.lock.exists()
    assert own.part == shelf.out.path / ".htrkit" / "shards" / "1-2of2"
    assert not shard(shelf, 1, 2).journal.exists()
    assert (shelf.out.plan.stat().st_ino, shelf.out.plan.stat().st_mtime_ns) == (plan.st_ino, plan.st_mtime_ns)


def test_more_shards_than_pages_leave_some_with_nothing_to_do(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.cut(7)
    ends = [counts(shelf.resume(shard=f"{number}/7")) for number in range(1, 8)]

    assert ends.count((0, 0, ExitCode.DONE)) == 2
    assert shelf.outputs() == undisturbed


def test_a_dead_shard_goes_on_where_it_stopped(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.cut(2)
    assert shelf.resume(shard="1/2", lives=1) is None
    assert states(shelf.out) == {"1/2": ShardState.DIED, "2/2": ShardState.NEVER_RAN}
    first = list(shelf.taken)
    shelf.resume(shard="2/2")
    shelf.resume(shard="1/2")

    assert not set(first) & set(shelf.taken)
    assert isinstance(shelf.records[0].event, RunResumed)
    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}


def test_what_dead_shards_left_is_cut_anew_and_nothing_is_lost_or_doubled(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    cut = shelf.cut(3)
    shelf.resume(shard="1/3", lives=1)
    shelf.resume(shard="2/3")
    made = recut_into(shelf.out.path, 2, say=quiet)

    left = sum(map(len, cut.shards)) - len(cut.shards[1]) - 1
    assert made.cut is not None
    assert (made.pages, made.cut.number, made.cut.of) == (left, 2, 2)
    assert made.from_whom == "1/3 (1 page), 3/3 (1 page)"
    assert counts(shelf.resume(shard="1/2"))[0] == 1
    assert counts(shelf.resume(shard="2/2"))[0] == 1
    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}
    assert reported(shelf.out).counts.not_run == 0


def test_a_shard_whose_pages_went_to_others_has_nothing_left(shelf: Shelf) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2", lives=1)
    recut_into(shelf.out.path, 1, say=quiet)
    told: list[str] = []
    ended = shelf.resume(shard="2/2", cut=1, look=lambda ready: told.append(said(ready)))

    assert counts(ended) == (0, 0, ExitCode.DONE)
    assert shelf.taken == []
    assert "2 pages of shard 2/2 went to cut 2" in told[0]
    assert not times_ended(shelf.out).keys() & set(shelf.taken)


def test_all_that_is_left_is_taken_at_once_and_speaks_for_the_whole_run(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    shelf.cut(4)
    shelf.resume(shard="1/4")
    shelf.resume(shard="2/4", lives=0)
    told: list[str] = []
    ended = shelf.resume(look=lambda ready: told.append(said(ready)))

    assert counts(ended) == (5, 4, ExitCode.FAILED_PAGES)
    assert "Taken over: " in told[0]
    assert isinstance(shelf.records[0].event, RunStarted)
    assert [cut.of for cut in read_cuts(shelf.out).all] == [4, 1]
    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}


def test_taking_all_that_is_left_again_goes_on_with_the_same_cut(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.cut(4)
    shelf.resume(lives=2)
    shelf.resume(lives=1)
    shelf.resume()

    assert [cut.of for cut in read_cuts(shelf.out).all] == [4, 1]
    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}


def test_where_nothing_is_left_nothing_is_cut_and_failed_pages_are_still_told(shelf: Shelf) -> None:
    shelf.cut(2)
    for number in (1, 2):
        shelf.resume(shard=f"{number}/2")
    told: list[str] = []
    ended = shelf.resume(look=lambda ready: told.append(said(ready)))

    assert counts(ended) == (5, 4, ExitCode.FAILED_PAGES)
    assert "Nothing is left to do." in told[0]
    assert len(read_cuts(shelf.out).all) == 1


def test_failed_pages_are_taken_again_by_whoever_takes_the_rest(shelf: Shelf) -> None:
    shelf.cut(2)
    for number in (1, 2):
        shelf.resume(shard=f"{number}/2")
    shelf.scan("a/9.jpg")
    ended = shelf.resume(again=list(FailureClass))

    assert counts(ended) == (5, 5, ExitCode.DONE)
    assert shelf.taken == [BROKEN]
    assert not shelf.out.failures.exists()


def test_a_living_shard_keeps_its_pages(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    cut = shelf.cut(3)
    told: list[str] = []
    with held(shard(shelf, 2, 3), since="noon"):
        ended = shelf.resume(look=lambda ready: told.append(said(ready)))
        assert reported(shelf.out).course is Course.NOT_ENDED
        assert states(shelf.out)["2/3"] is ShardState.AT_WORK

    assert counts(ended)[0] == 5 - len(cut.shards[1])
    assert "shard 2/3: is at work" in told[0]
    shelf.resume(shard="2/3", cut=1)
    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}


def test_what_living_shards_have_is_not_cut(shelf: Shelf) -> None:
    shelf.cut(2)
    with ExitStack() as stack:
        for number in (1, 2):
            stack.enter_context(held(shard(shelf, number, 2), since="noon"))
        made = recut_into(shelf.out.path, 3, say=quiet)

    assert (made.cut, made.living) == (None, 2)
    assert len(read_cuts(shelf.out).all) == 1


def test_a_shard_that_is_held_is_refused_by_name(shelf: Shelf) -> None:
    shelf.cut(2)
    with held(shard(shelf, 2, 2), since="noon"), pytest.raises(OutputHeld, match="shard 2/2: another run"):
        shelf.resume(shard="2/2")


def test_tables_are_left_to_whoever_is_still_at_work(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.cut(2)
    with held(shard(shelf, 2, 2), since="noon"):
        shelf.resume(shard="1/2")
    assert not (shelf.out.path / "pages.csv").exists()
    assert not shelf.out.report.exists()

    shelf.resume(shard="2/2")
    assert shelf.outputs() == undisturbed
    assert shelf.out.report.exists()


def test_a_shard_that_has_ended_and_not_let_go_yet_leaves_the_tables_to_the_next(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2")
    with held(shard(shelf, 1, 2), since="noon"):
        shelf.resume(shard="2/2")

    assert shelf.outputs() == undisturbed


def test_a_run_that_began_whole_can_be_cut(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.run(lives=2)
    made = recut_into(shelf.out.path, 2, say=quiet)

    assert made.from_whom == "the run before any cut (3 pages)"
    for number in (1, 2):
        shelf.resume(shard=f"{number}/2")
    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}
    assert reported(shelf.out).counts.not_run == 0


def test_what_export_makes_again_is_promised_by_the_shard_that_has_the_page(shelf: Shelf) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2")
    shelf.resume(shard="2/2")
    exported(shelf.out, [Format.PAGE], RenderOptions(target=Target.TRANSKRIBUS), now=lambda: "2026-11-25T08:00:00Z")

    verified = reported_and_verified(shelf.out).verified
    assert verified is not None
    assert not verified.damages
    assert sum(isinstance(one.event, PageRemade) for one in all_records(shelf.out)) == 4
    assert not shelf.out.journal.exists()


def test_export_is_refused_while_a_shard_is_at_work(shelf: Shelf) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2")
    with held(shard(shelf, 2, 2), since="noon"), pytest.raises(OutputHeld, match="shard 2/2"):
        exported(shelf.out, [Format.TXT], RenderOptions())


def test_pages_are_added_while_no_shard_is_at_work(shelf: Shelf) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2")
    more = shelf.folder / "more"
    shelf.scan("../more/7.png")
    with held(shard(shelf, 2, 2), since="noon"), pytest.raises(OutputHeld, match="shard 2/2"):
        shelf.resume(add=[str(more)])
    ended = shelf.resume(add=[str(more)])

    assert counts(ended)[:2] == (6, 5)
    assert len(reported(shelf.out).pages) == 6
    assert set(times_ended(shelf.out).values()) == {1}


def test_pages_are_not_added_to_one_shard(shelf: Shelf) -> None:
    shelf.cut(2)
    with pytest.raises(UsageProblem, match="--add"):
        shelf.resume(shard="1/2", add=["scans"])


@pytest.mark.parametrize(("cut", "asked"), [(0, "1/2"), (3, "1/2"), (3, "3/4")])
def test_a_shard_that_is_not_there_is_refused_with_what_to_type(shelf: Shelf, cut: int, asked: str) -> None:
    if cut:
        shelf.cut(cut)
    else:
        shelf.run(lives=1)
    with pytest.raises(UsageProblem) as caught:
        shelf.resume(shard=asked)

    assert "htrkit cluster recut" in caught.value.mend


def test_pages_asked_for_by_number_are_those_of_the_whole_plan(shelf: Shelf) -> None:
    cut = shelf.cut(2)
    number = cut.shards[1][0] + 1
    ended = shelf.resume(shard="2/2", pages=str(number))

    assert len(shelf.taken) == 1
    assert counts(ended)[0] == len(cut.shards[1])
    assert ended is not None
    assert ended.counts.not_run == len(cut.shards[1]) - 1


def test_files_that_were_lost_are_made_again_by_whoever_takes_the_rest(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    shelf.cut(2)
    for number in (1, 2):
        shelf.resume(shard=f"{number}/2")
    next(iter((shelf.out.path / "txt").rglob("*.txt"))).unlink()
    shelf.resume()

    assert len(shelf.taken) == 1
    assert shelf.outputs() == undisturbed
    assert reported(shelf.out).counts.done == 4


def test_what_a_dead_process_left_aside_is_swept_when_nobody_is_at_work(shelf: Shelf) -> None:
    shelf.cut(2)
    aside = Path(shelf.out.path, "txt", ".htrkit-4242-0")
    aside.parent.mkdir(parents=True)
    aside.write_bytes(b"half a pa")
    os.utime(aside, (0, 0))
    with held(shard(shelf, 2, 2), since="noon"):
        shelf.resume(shard="1/2")
        assert aside.exists()
    shelf.resume(shard="2/2")

    assert not aside.exists()


def test_whoever_comes_second_for_the_rest_is_left_nothing(shelf: Shelf) -> None:
    shelf.cut(2)
    shelf.resume(lives=1)
    told: list[str] = []
    with held(shard(shelf, 1, 1, cut=2), since="noon"):
        ended = shelf.resume(look=lambda ready: told.append(said(ready)))

    assert counts(ended) == (0, 0, ExitCode.DONE)
    assert "shard 1/1 of cut 2: is at work (process" in told[0]
    assert "its 5 pages are left to it" in told[0]
    assert len(read_cuts(shelf.out).all) == 2


def test_pages_that_the_plan_leaves_alone_are_told_by_the_shard_that_has_them(shelf: Shelf) -> None:
    shelf.settings = {"existing": "skip"}
    for key in ("a/1", "b/2"):
        place = shelf.out.path / "txt" / f"{key}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("by hand")
    shelf.cut(2)
    shelf.resume(shard="1/2")
    made = recut_into(shelf.out.path, 2, say=quiet)
    for number in (1, 2):
        shelf.resume(shard=f"{number}/2")

    report = reported(shelf.out)
    assert made.pages > 0
    assert (report.counts.skipped, report.counts.not_run) == (2, 0)
    assert (shelf.out.path / "txt" / "a" / "1.txt").read_text() == "by hand"


def test_what_has_changed_is_refused_and_nothing_is_cut_until_it_is_accepted(shelf: Shelf) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2")
    was = read_plan(shelf.out).model.facts
    (shelf.folder / "models" / "text.bin").write_bytes(b"other weights")
    for asked in (None, "2/2"):
        with pytest.raises(RunChanged):
            shelf.resume(shard=asked)
    assert len(read_cuts(shelf.out).all) == 1

    shelf.resume(accept_changes=True)
    assert reported(shelf.out).counts.not_run == 0
    assert read_plan(shelf.out).model.facts != was
    assert len(read_plan(shelf.out).pages) == 5


def test_a_shard_may_go_on_with_what_has_changed_and_leaves_the_plan_as_it_was(shelf: Shelf) -> None:
    shelf.cut(2)
    plan = shelf.out.plan.read_bytes()
    (shelf.folder / "models" / "text.bin").write_bytes(b"other weights")
    shelf.resume(shard="2/2", accept_changes=True)

    assert reported(shelf.out).counts.done == 2
    assert shelf.out.plan.read_bytes() == plan


def test_a_journal_that_was_torn_is_mended_by_its_shard(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2", lives=2)
    journal = shard(shelf, 1, 2).journal
    journal.write_bytes(journal.read_bytes()[:-5])
    told: list[str] = []
    shelf.resume(shard="1/2", look=lambda ready: told.append(said(ready)))
    shelf.resume(shard="2/2")

    assert "of the journal were torn" in told[0]
    assert journal.with_suffix(".torn").exists()
    assert shelf.outputs() == undisturbed


def test_a_run_in_shards_goes_on_from_another_folder(
    shelf: Shelf, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.cut(3)
    elsewhere = shelf.folder / "deep" / "er"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    shelf.resume(shard="1/3", out=Path("../../out"))
    recut_into(Path("../../out"), 2, say=quiet)
    shelf.resume(shard="2/2", out=Path("../../out"))
    shelf.resume(out=Path("../../out"))

    assert Path.cwd() == elsewhere
    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}


def test_evaluation_and_export_see_all_shards(shelf: Shelf) -> None:
    shelf.cut(3)
    for number in (1, 2, 3):
        shelf.resume(shard=f"{number}/3")
    truth = shelf.folder / "truth"
    for page in (shelf.out.path / "txt").rglob("*.txt"):
        place = truth / page.relative_to(shelf.out.path / "txt")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(page.read_bytes())

    assert len(evaluated(shelf.out, truth, Folding()).pages) == 4
    assert exported(shelf.out, [Format.ALTO], RenderOptions()) == 4
