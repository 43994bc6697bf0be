"""A run that was cut goes on, and comes to what it would have come to."""

import os
from pathlib import Path

import pytest

from htrkit.core.history import history_of
from htrkit.core.resume import Standing
from htrkit.domain.errors import OutputHeld, UsageProblem
from htrkit.domain.events import PageSkipped, PageStruck, Record, RunResumed, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.journal.journal import Journal, read
from htrkit.journal.mending import JournalDamaged
from htrkit.journal.replay import replay
from htrkit.run.plan_pages import page_order, read_plan
from htrkit.run.promised import standing_of
from htrkit.run.running import held
from tests.fakes.runs import STARTED, Shelf, said


@pytest.mark.parametrize("lives", range(6))
def test_a_run_cut_after_any_page_comes_to_the_same_bytes(
    shelf: Shelf, undisturbed: dict[str, bytes], lives: int
) -> None:
    shelf.run(lives=lives)
    ended = shelf.resume()

    assert shelf.outputs() == undisturbed
    assert len(shelf.taken) == 5 - lives
    assert ended is not None
    counts = ended.counts
    assert (counts.selected, counts.done, counts.failed, counts.not_run) == (5, 4, 1, 0)
    assert counts.exit_code == ExitCode.FAILED_PAGES


def test_a_run_cut_again_and_again_does_each_page_once(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.run(lives=1)
    taken, ended = list(shelf.taken), None
    while ended is None:
        ended = shelf.resume(lives=1)
        taken += shelf.taken

    assert len(taken) == len(set(taken)) == 5
    assert shelf.outputs() == undisturbed


def test_a_run_that_was_killed_before_its_journal_was_opened_begins(shelf: Shelf) -> None:
    shelf.run(lives=0)
    shelf.out.journal.unlink()
    ended = shelf.resume()

    assert isinstance(shelf.records[0].event, RunStarted)
    assert ended is not None
    assert ended.counts.done == 4


def test_going_on_is_told_with_what_is_left(shelf: Shelf) -> None:
    shelf.run(lives=2)
    shelf.resume()

    opening = shelf.records[0].event
    assert isinstance(opening, RunResumed)
    assert (opening.pages, opening.left) == (5, 3)
    assert opening.fingerprint == read_plan(shelf.out).fingerprint


def test_a_run_that_has_ended_has_nothing_left_and_still_counts_its_failed_page(shelf: Shelf) -> None:
    shelf.run()
    before = shelf.outputs()
    notes: list[str] = []
    ended = shelf.resume(look=lambda ready: notes.append(said(ready)))

    assert shelf.taken == []
    assert ended is not None
    assert ended.counts.exit_code == ExitCode.FAILED_PAGES
    assert "Nothing is left to do." in notes[0]
    assert "1 failed page stays failed" in notes[0]
    assert shelf.outputs() == before


def test_no_network_is_loaded_where_nothing_is_left(shelf: Shelf) -> None:
    shelf.run()
    (shelf.folder / "models" / "text.bin").unlink()

    assert shelf.resume() is not None


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"short")])
def test_a_page_whose_file_is_missing_or_changed_is_read_again(shelf: Shelf, harm: object) -> None:
    shelf.run()
    before = shelf.outputs()
    harm(shelf.out.path / "page" / "a" / "2.xml")  # type: ignore[operator]  # a function on paths
    notes: list[str] = []
    shelf.resume(look=lambda ready: notes.append(said(ready)))

    assert shelf.taken == ["a/2"]
    assert "a/2: done before" in notes[0]
    assert shelf.outputs() == before


def test_a_change_that_keeps_the_size_is_found_by_its_hash_alone(shelf: Shelf) -> None:
    shelf.run()
    text = shelf.out.path / "txt" / "a" / "1.txt"
    text.write_bytes(text.read_bytes()[::-1])
    history = history_of(replay(shelf.out.journal))

    assert standing_of(shelf.out.path, history)["txt/a/1.txt"] is Standing.WHOLE
    assert standing_of(shelf.out.path, history, verify=True)["txt/a/1.txt"] is Standing.CHANGED


def test_failed_pages_are_taken_again_when_asked_and_leave_the_table_when_they_are_done(shelf: Shelf) -> None:
    shelf.run()
    shelf.scan("a/9.jpg")
    assert (shelf.resume(again=[FailureClass.TIMEOUT]), shelf.taken)[1] == []
    ended = shelf.resume(again=list(FailureClass))

    assert shelf.taken == ["a/9"]
    assert ended is not None
    assert (ended.counts.done, ended.counts.failed, ended.counts.exit_code) == (5, 0, ExitCode.DONE)
    assert not shelf.out.failures.exists()
    assert b"a/9" in (shelf.out.path / "pages.csv").read_bytes()


def test_a_page_that_fails_again_is_counted_once(shelf: Shelf) -> None:
    shelf.run()
    ended = shelf.resume(again=[FailureClass.EMPTY])

    assert ended is not None
    assert (ended.counts.done, ended.counts.failed) == (4, 1)
    assert shelf.out.failures.read_bytes().count(b"\r\n") == 2


def test_pages_left_alone_stay_so_though_the_run_was_killed_before_it_said_so(shelf: Shelf) -> None:
    mine = shelf.out.path / "txt" / "b" / "1.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    shelf.settings = {"existing": "skip"}
    shelf.run(lives=0)
    shelf.out.journal.unlink()
    ended = shelf.resume()

    assert mine.read_text() == "mine"
    assert [record.event.key for record in shelf.records if isinstance(record.event, PageSkipped)] == ["b/1"]
    assert ended is not None
    assert (ended.counts.done, ended.counts.failed, ended.counts.skipped) == (3, 1, 1)
    shelf.resume()
    assert not any(isinstance(record.event, PageSkipped) for record in shelf.records)


def test_a_torn_journal_is_mended_and_its_page_done_again(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.run(lives=2)
    lines = shelf.out.journal.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if b'"PageDone"' in line)
    shelf.out.journal.write_bytes(b"".join(lines[:last]) + lines[last][:-9])
    notes: list[str] = []
    shelf.resume(look=lambda ready: notes.append(said(ready)))

    assert "journal.torn" in notes[0]
    assert len(shelf.taken) == 4
    assert shelf.outputs() == undisturbed
    assert [values["event"] for values in read(shelf.out.journal)][-1] == "RunEnded"


def test_a_journal_damaged_in_the_middle_is_refused(shelf: Shelf) -> None:
    shelf.run(lives=2)
    content = bytearray(shelf.out.journal.read_bytes())
    content[30] ^= 1
    shelf.out.journal.write_bytes(content)

    with pytest.raises(JournalDamaged, match="line 1"):
        shelf.resume()


def test_unfinished_files_are_swept(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.run(lives=2)
    (shelf.out.path / "txt" / "a" / ".htrkit-1234-0").write_bytes(b"ha")
    notes: list[str] = []
    shelf.resume(look=lambda ready: notes.append(said(ready)))

    assert "1 unfinished file of" in notes[0]
    assert shelf.outputs() == undisturbed


def test_the_files_of_a_page_that_was_written_and_not_journaled_are_no_hindrance(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    shelf.run(lives=2)
    place = shelf.out.path / "txt" / "b" / "2.txt"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"half")
    shelf.resume()

    assert shelf.outputs() == undisturbed


def test_relative_paths_lead_to_the_files_from_any_folder(
    shelf: Shelf,
    undisturbed: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf.run(lives=1)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    shelf.resume(out=Path(os.path.relpath(shelf.out.path, elsewhere)))

    assert shelf.outputs() == undisturbed
    assert Path.cwd() == elsewhere
    assert list(elsewhere.iterdir()) == []


def test_a_run_whose_whole_folder_has_moved_goes_on_from_there(
    shelf: Shelf,
    undisturbed: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf.run(lives=1)
    moved = tmp_path_factory.mktemp("new") / "home"
    shelf.folder.rename(moved)
    monkeypatch.chdir(moved)
    shelf.folder = moved
    shelf.resume()

    assert shelf.outputs() == undisturbed


def test_settings_are_those_that_the_run_was_started_with(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.settings = {"segmenter": "none", "dpi": 200}
    shelf.run(lives=1)
    monkeypatch.setenv("HTRKIT_DPI", "400")
    (shelf.folder / "scans" / "htrkit.toml").write_text("dpi = 500\n")
    dpi: list[int] = []
    shelf.resume(look=lambda ready: dpi.append(ready.work.settings.dpi))

    assert dpi == [200]


def test_devices_jobs_and_screens_may_be_given_anew_for_this_time_only(shelf: Shelf) -> None:
    shelf.settings = {"device": "cpu", "threads": 1}
    shelf.run(lives=1)
    seen: list[object] = []
    shelf.resume(
        typed={"threads": "2", "progress": "none"},
        look=lambda ready: seen.append((ready.work.settings.threads, ready.work.settings.progress)),
    )

    assert seen == [(2, "none")]
    assert read_plan(shelf.out).resolved.settings.threads == 1


def test_a_page_that_was_too_large_is_taken_again_with_more_allowed(shelf: Shelf) -> None:
    shelf.settings = {"max_megapixels": 0.001}
    ended = shelf.run()
    assert ended is not None
    assert ended.counts.failed == 5
    ended = shelf.resume(again=[FailureClass.TOO_LARGE], typed={"max_megapixels": "1"})

    assert ended is not None
    assert (ended.counts.done, ended.counts.failed) == (4, 1)


@pytest.mark.parametrize("pages", ["1,3", "1-1,3"])
def test_only_the_pages_asked_for_are_taken_and_the_others_stay_not_run(shelf: Shelf, pages: str) -> None:
    shelf.run(lives=0)
    keys = page_order(shelf.out)
    notes: list[str] = []
    ended = shelf.resume(pages=pages, look=lambda ready: notes.append(said(ready)))

    assert shelf.taken == [keys[0], keys[2]]
    assert ended is not None
    assert (ended.counts.selected, ended.counts.not_run) == (5, 3)
    assert "3 pages that --pages does not name: left for another time." in notes[0]


def test_what_was_left_for_another_time_comes_to_the_same_bytes(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.run(lives=1)
    shelf.resume(pages="5")
    shelf.resume(pages="2-3")
    shelf.resume()

    assert shelf.outputs() == undisturbed


def test_failed_pages_are_taken_again_among_those_asked_for_alone(shelf: Shelf) -> None:
    shelf.settings = {"max_megapixels": 0.001}
    shelf.run()
    ended = shelf.resume(again=list(FailureClass), pages="2", typed={"max_megapixels": "1"})

    assert shelf.taken == [page_order(shelf.out)[1]]
    assert ended is not None
    assert (ended.counts.done, ended.counts.failed, ended.counts.not_run) == (1, 4, 0)


@pytest.mark.parametrize("pages", ["0", "6", "x", "3-2"])
def test_pages_that_are_not_in_the_plan_are_refused(shelf: Shelf, pages: str) -> None:
    shelf.run(lives=1)

    with pytest.raises(UsageProblem, match="--pages"):
        shelf.resume(pages=pages)


@pytest.mark.parametrize("name", ["dpi", "model", "formats", "segmenter", "existing", "pages"])
def test_nothing_else_may_be_given_anew(shelf: Shelf, name: str) -> None:
    shelf.run(lives=1)

    with pytest.raises(UsageProblem, match=f"`{name}` cannot be given anew"):
        shelf.resume(typed={name: "1"})


def test_a_refused_value_is_named(shelf: Shelf) -> None:
    shelf.run(lives=1)

    with pytest.raises(UsageProblem, match="`threads` cannot be 'many'"):
        shelf.resume(typed={"threads": "many"})


def test_strikes_go_with_the_work(shelf: Shelf) -> None:
    shelf.run(lives=2)
    with Journal(shelf.out.journal) as write:
        write(Record(STARTED, PageStruck(PageKey("b/1"), Step.SEGMENT, "SIGSEGV", 1)))
    seen: list[object] = []
    shelf.resume(look=lambda ready: seen.append((ready.work.left.strikes, ready.work.before.retried)))

    assert seen == [({"b/1": 1}, 1)]


def test_an_out_without_a_run_is_refused_and_nothing_is_made(shelf: Shelf) -> None:
    with pytest.raises(UsageProblem, match="holds no run"):
        shelf.resume(out=shelf.folder / "nowhere")
    assert not (shelf.folder / "nowhere").exists()


def test_an_out_where_another_process_writes_is_refused(shelf: Shelf) -> None:
    shelf.run(lives=1)

    with held(shelf.out, since="now"), pytest.raises(OutputHeld, match="another run is writing there"):
        shelf.resume()
