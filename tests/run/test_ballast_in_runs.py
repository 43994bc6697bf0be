"""The room that a run holds back is in nobody's way, and none is left when it has ended."""

from htrkit.config.choices import Format
from htrkit.domain.events import Record
from htrkit.domain.renderers import RenderOptions
from htrkit.journal.ballast import BALLAST_BYTES, Ballast
from htrkit.run.exporting import exported
from htrkit.run.reporting import reported_and_verified
from tests.fakes.runs import Shelf


class Watch(list[Record]):
    """Looks at the room that is held at each event."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf
        self.held: list[int] = []

    def append(self, record: Record) -> None:
        super().append(record)
        self.held.append(self.shelf.out.ballast.stat().st_size)


def test_room_is_held_while_pages_are_read_and_is_given_back(shelf: Shelf) -> None:
    shelf.records = watch = Watch(shelf)
    shelf.run()

    assert set(watch.held) == {BALLAST_BYTES}
    assert not shelf.out.ballast.exists()


def test_what_a_killed_run_has_left_disturbs_no_report_no_export_and_no_resume(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    shelf.run(lives=2)
    Ballast(shelf.out.ballast).take()
    report = reported_and_verified(shelf.out)
    assert report.verified is not None
    assert not report.verified.damages
    assert exported(shelf.out, [Format.TXT], RenderOptions()) == 2

    shelf.resume()
    assert shelf.outputs() == undisturbed
    assert not shelf.out.ballast.exists()
