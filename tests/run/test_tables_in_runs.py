"""Tables tell of pages that the run vouches for."""

from htrkit.domain.exits import ExitCode
from tests.fakes.runs import Shelf


def test_a_page_that_fails_when_it_is_read_again_is_in_no_table_whatever_record_it_has_left(shelf: Shelf) -> None:
    shelf.run()
    assert "\na/1," in (shelf.out.path / "pages.csv").read_text()
    (shelf.out.path / "txt" / "a" / "1.txt").unlink()
    (shelf.folder / "scans" / "a" / "1.png").write_bytes(b"")
    ended = shelf.resume(accept_changes=True)

    assert ended is not None
    assert ended.counts.exit_code == ExitCode.FAILED_PAGES
    assert (shelf.out.path / "json" / "a" / "1.json").exists()
    for name in ("pages.csv", "lines.csv"):
        table = (shelf.out.path / name).read_text()
        assert "\na/1," not in table
        assert "\na/2," in table
