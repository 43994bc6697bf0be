"""What is made again from page records is what the run promises from then on."""

import pytest

from htrkit.config.choices import Format
from htrkit.core.report_damage import Verified
from htrkit.domain.errors import OutputHeld
from htrkit.domain.events import PageRemade
from htrkit.domain.renderers import RenderOptions, Target
from htrkit.journal.replay import replay
from htrkit.run.exporting import exported
from htrkit.run.reporting import reported, reported_and_verified
from htrkit.run.running import held
from tests.fakes.runs import STARTED, Shelf

TRANSKRIBUS = RenderOptions(Target.TRANSKRIBUS)
LATER = "2026-11-26T07:00:00Z"


@pytest.fixture
def read(shelf: Shelf) -> Shelf:
    """A run with PAGE, which has come to its end."""
    shelf.settings = {"formats": "txt,page"}
    shelf.run()
    return shelf


def verified(shelf: Shelf) -> Verified:
    found = reported_and_verified(shelf.out).verified
    assert found is not None
    return found


def export(shelf: Shelf, *formats: Format, options: RenderOptions = TRANSKRIBUS) -> int:
    return exported(shelf.out, formats, options, now=lambda: LATER)


def remade(shelf: Shelf) -> list[PageRemade]:
    return [record.event for record in replay(shelf.out.journal) if isinstance(record.event, PageRemade)]


def test_an_export_with_other_options_is_no_damage_and_every_changed_byte_still_is(read: Shelf) -> None:
    before = (read.out.path / "page" / "a" / "1.xml").read_bytes()
    assert export(read, Format.PAGE) == 4
    place = read.out.path / "page" / "a" / "1.xml"
    assert place.read_bytes() != before
    assert verified(read).damages == ()

    for content in (before, place.read_bytes().replace(b"a", b"e", 1), place.read_bytes() + b" "):
        kept = place.read_bytes()
        place.write_bytes(content)
        assert [one.path for one in verified(read).damages] == ["page/a/1.xml"]
        place.write_bytes(kept)
    assert verified(read).damages == ()


def test_an_export_with_other_options_leaves_nothing_to_be_read_again(read: Shelf) -> None:
    export(read, Format.PAGE)
    ended = read.resume()

    assert read.taken == []
    assert ended is not None
    assert ended.counts.done == 4


def test_a_page_that_is_read_again_after_an_export_is_promised_as_it_was_read(read: Shelf) -> None:
    export(read, Format.PAGE)
    (read.out.path / "txt" / "a" / "1.txt").unlink()
    read.resume()

    assert read.taken == ["a/1"]
    assert verified(read).damages == ()


def test_the_same_files_again_are_no_news(read: Shelf) -> None:
    export(read, Format.PAGE, Format.TXT, options=RenderOptions())

    assert remade(read) == []


def test_a_format_that_the_run_did_not_write_is_the_users_own(read: Shelf) -> None:
    with held(read.out, since=STARTED):
        export(read, Format.ALTO)
    (read.out.path / "alto" / "a" / "1.xml").unlink()

    assert remade(read) == []
    assert verified(read).damages == ()
    read.resume()
    assert read.taken == []


def test_files_that_a_run_writes_are_not_made_again_beside_it(read: Shelf) -> None:
    with held(read.out, since=STARTED), pytest.raises(OutputHeld):
        export(read, Format.PAGE)

    assert remade(read) == []


def test_an_export_is_no_time_at_work(read: Shelf) -> None:
    seconds = reported(read.out).seconds
    export(read, Format.PAGE)

    assert reported(read.out).seconds == seconds


def test_records_without_a_journal_can_be_exported(read: Shelf) -> None:
    read.out.journal.unlink()
    assert export(read, Format.PAGE) == 4
    assert not read.out.journal.exists()


def test_an_export_after_a_crash_does_not_write_on_a_torn_line(read: Shelf) -> None:
    with read.out.journal.open("ab") as journal:
        journal.write(b'{"at":"2026-11-25T07:00:00Z","event":"PageSt')
    export(read, Format.PAGE)

    assert len(remade(read)) == 4
    assert verified(read).damages == ()
