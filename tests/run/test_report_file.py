"""`report.html` at the end of a run: whole or not at all, and never at the cost of the run."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from lxml import html

from htrkit.domain.exits import ExitCode
from htrkit.run.plan_pages import read_plan
from htrkit.run.report_file import IN_A_HURRY, pictured, with_pictures, write_report
from htrkit.run.report_pictures import Patience, cut_here
from htrkit.run.report_pictures_cut import NO_PICTURE, Asked, Cut
from htrkit.run.reporting import reported
from tests.fakes.runs import Shelf


def report_of(shelf: Shelf) -> html.HtmlElement:
    return html.document_fromstring(shelf.out.report.read_bytes())


def test_a_run_leaves_its_report(shelf: Shelf) -> None:
    shelf.run()
    words = report_of(shelf).text_content()

    assert "selected 5 = done 4 + failed 1 + skipped 0 + not run 0" in words
    assert "no picture: empty" in words
    assert "--retry-failed --class empty" in words


def test_its_pictures_are_part_of_it(shelf: Shelf) -> None:
    shelf.run()
    sources = report_of(shelf).xpath("//img/@src")

    assert sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)


def test_a_resumed_run_leaves_another(shelf: Shelf) -> None:
    shelf.run(lives=2)
    assert not shelf.out.report.exists()
    shelf.resume()

    assert "done 4" in report_of(shelf).text_content()


def test_a_report_that_cannot_be_written_costs_a_line_of_the_log(shelf: Shelf) -> None:
    shelf.out.report.mkdir(parents=True)
    ended = shelf.run()

    assert ended is not None
    assert ended.counts.done == 4
    assert "report.html was not written: " in shelf.out.log.read_text()
    assert not list(shelf.out.path.glob(".htrkit-*"))


@pytest.mark.parametrize("trouble", [RuntimeError("odd"), MemoryError(), KeyboardInterrupt()])
def test_nothing_that_goes_wrong_with_it_reaches_the_run(shelf: Shelf, trouble: BaseException) -> None:
    shelf.run()
    before = shelf.out.report.read_bytes()

    def cuts(_: Sequence[Asked], __: Patience) -> Iterator[Cut]:
        raise trouble

    write_report(shelf.out, read_plan(shelf.out), exit_code=ExitCode.DONE, at="2026-01-01T00:00:00Z", cuts=cuts)

    assert shelf.out.report.read_bytes() == before
    assert shelf.out.log.read_text().startswith("2026-01-01T00:00:00Z report.html was not written: ")


@pytest.mark.parametrize(
    ("code", "patience"),
    [(ExitCode.DONE, Patience()), (ExitCode.INTERRUPTED, IN_A_HURRY), (ExitCode.TERMINATED, IN_A_HURRY)],
)
def test_after_a_signal_there_is_less_time_for_pictures(shelf: Shelf, code: ExitCode, patience: Patience) -> None:
    shelf.run()
    given: list[Patience] = []

    def cuts(_: Sequence[Asked], patience: Patience) -> Iterator[Cut]:
        given.append(patience)
        return iter(())

    write_report(shelf.out, read_plan(shelf.out), exit_code=code, at="now", cuts=cuts)

    assert given == [patience]
    assert "pages were given up: they took too long" in report_of(shelf).text_content()


def test_pictures_that_there_is_no_time_for_are_counted(shelf: Shelf) -> None:
    shelf.run()

    def only_the_first(asked: Sequence[Asked], patience: Patience) -> Iterator[Cut]:
        return cut_here(asked[:1], patience)

    pictures = pictured(reported(shelf.out), shelf.out, read_plan(shelf.out), cuts=only_the_first).pictures

    assert pictures.given_up == "Pictures of 4 pages were given up: they took too long."
    assert len(pictures.failed) == 1
    assert pictures.lines
    assert {(line.picture, line.cause) for line in pictures.lines} == {(None, NO_PICTURE)}


def test_scans_are_found_from_any_folder(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.run()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    lines = pictured(reported(shelf.out), shelf.out, read_plan(shelf.out), cuts=cut_here).pictures.lines

    assert lines
    assert all(line.picture is not None for line in lines)


def test_a_plan_of_another_version_costs_the_pictures_alone(shelf: Shelf) -> None:
    shelf.run()
    report = reported(shelf.out)
    shelf.out.plan.write_bytes(shelf.out.plan.read_bytes().replace(b'"schema": 2', b'"schema": 99'))

    assert with_pictures(report, shelf.out).pictures.given_up.startswith("No pictures: ")
