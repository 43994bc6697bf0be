"""Pages are added to a run, and those of its plan keep their places."""

import pytest

from htrkit.config.choices import Existing
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.run.plan_pages import page_order, read_plan
from tests.fakes.runs import Shelf, said


def test_added_pages_come_after_those_of_the_plan_which_keep_their_keys(shelf: Shelf) -> None:
    shelf.run(lives=2)
    keys = page_order(shelf.out)
    for name in ("more/a/1.png", "more/c/7.png"):
        shelf.scan(f"../{name}")
    ended = shelf.resume(add=["more"])

    assert page_order(shelf.out) == (*keys, "more/a/1", "more/c/7")
    assert ended is not None
    assert (ended.counts.selected, ended.counts.done, ended.counts.failed) == (7, 6, 1)
    assert (shelf.out.path / "txt" / "more" / "a" / "1.txt").exists()
    assert read_plan(shelf.out).inputs == ("scans", "more")


def test_adding_a_folder_again_adds_what_is_new_in_it(shelf: Shelf) -> None:
    shelf.run()
    keys = page_order(shelf.out)
    shelf.scan("b/3.png")
    passed: list[str] = []
    shelf.resume(add=["scans"], look=lambda ready: passed.extend(one.path for one in ready.passed_over))

    assert page_order(shelf.out) == (*keys, "b/3")
    assert shelf.taken == ["b/3"]
    assert "scans/a/1.png" in passed


def test_an_added_file_whose_stem_is_taken_gets_another_key(shelf: Shelf) -> None:
    shelf.run(lives=5)
    shelf.resume(add=[str(shelf.scan("b/1.tif"))])
    shelf.resume(add=["scans"])

    keys = page_order(shelf.out)
    assert len(set(keys)) == len(keys) == 6


def test_adding_nothing_new_is_said_and_no_page_at_all_is_refused(shelf: Shelf) -> None:
    shelf.run()
    notes: list[str] = []
    shelf.resume(add=["scans"], look=lambda ready: notes.append(said(ready)))
    assert "Added: 0 pages." in notes[0]

    (shelf.folder / "nothing").mkdir()
    with pytest.raises(PreflightRefused, match="No page was found"):
        shelf.resume(add=["nothing"])
    with pytest.raises(UsageProblem, match="no such file"):
        shelf.resume(add=["gone"])


def test_pages_added_from_another_folder_are_found_from_any(
    shelf: Shelf, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.run(lives=1)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (shelf.scan("../tmp/7.png")).rename(elsewhere / "7.png")
    monkeypatch.chdir(elsewhere)
    shelf.resume(add=["7.png"], lives=1)
    monkeypatch.chdir(shelf.folder)
    ended = shelf.resume()

    assert ended is not None
    assert (ended.counts.done, ended.counts.selected) == (5, 6)


def test_files_of_others_where_an_added_page_would_be_written_are_not_overwritten(shelf: Shelf) -> None:
    shelf.run()
    mine = shelf.out.path / "txt" / "7.txt"
    mine.write_text("mine")

    with pytest.raises(PreflightRefused, match=r"txt/7\.txt"):
        shelf.resume(add=[str(shelf.scan("../7.png"))])
    assert len(page_order(shelf.out)) == 5


@pytest.mark.parametrize(("existing", "text", "skipped"), [(Existing.SKIP, "mine", 1), (Existing.OVERWRITE, "", 0)])
def test_what_becomes_of_files_of_others_can_be_said_for_the_added_pages(
    shelf: Shelf, existing: Existing, text: str, skipped: int
) -> None:
    shelf.run()
    mine = shelf.out.path / "txt" / "7.txt"
    mine.write_text("mine")
    ended = shelf.resume(add=[str(shelf.scan("../7.png"))], existing=existing)

    assert ended is not None
    assert (ended.counts.selected, ended.counts.skipped) == (6, skipped)
    assert (mine.read_text() == "mine") is bool(text)
    assert read_plan(shelf.out).resolved.settings.existing is Existing.ABORT


def test_a_cut_while_added_pages_are_read_loses_none(shelf: Shelf) -> None:
    shelf.run(lives=2)
    shelf.scan("../more/7.png")
    shelf.resume(add=["more"], lives=1)
    ended = shelf.resume()

    assert ended is not None
    assert (ended.counts.selected, ended.counts.done) == (6, 5)
