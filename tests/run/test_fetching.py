"""Files that a node lacks are asked for piece by piece, a few pages ahead, and let go of when nobody needs them."""

from pathlib import Path

import pytest

from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource, SourceKind
from htrkit.run.agent_messages import Piece, Wants, packed
from htrkit.run.fetching import KEPT, Fetching


def page(name: str, path: str, *sidecars: str) -> PageSource:
    return PageSource(PageKey(name), path, sidecars=sidecars, root="/scans")


def fetching(tmp_path: Path, most_ahead: int = 9) -> tuple[Fetching, list[Wants]]:
    asked: list[Wants] = []
    return Fetching(tmp_path, asked.append, most_ahead), asked


def piece(path: str, content: bytes, *, offset: int = 0, last: bool = True) -> Piece:
    return Piece(path, offset, packed(content), last)


def test_a_page_arrives_when_all_of_its_files_are_here(tmp_path: Path) -> None:
    bringing, asked = fetching(tmp_path)
    bringing.add(page("a", "/scans/a.jpg", "/scans/a.xml"))
    assert list(bringing.arrived()) == []
    assert asked == [Wants("/scans/a.jpg")]

    bringing.take(piece("/scans/a.jpg", b"pic", last=False))
    bringing.take(piece("/scans/a.jpg", b"ture", offset=3))
    assert asked[-1] == Wants("/scans/a.jpg", 3)
    assert list(bringing.arrived()) == []
    bringing.take(piece("/scans/a.xml", b"<PcGts/>"))
    arrived = list(bringing.arrived())

    assert [one.path for one in arrived] == [f"{tmp_path}/scans/a.jpg"]
    assert arrived[0].sidecars == (f"{tmp_path}/scans/a.xml",)
    assert arrived[0].root == f"{tmp_path}/scans"
    assert Path(arrived[0].path).read_bytes() == b"picture"


def test_a_file_that_the_driver_cannot_read_is_left_to_the_page_to_find(tmp_path: Path) -> None:
    bringing, _ = fetching(tmp_path)
    bringing.add(page("a", "/scans/a.jpg"))
    list(bringing.arrived())
    bringing.take(Piece("/scans/a.jpg", 0, "", last=True, there=False))

    assert [one.key for one in bringing.arrived()] == ["a"]
    assert not (tmp_path / "scans/a.jpg").exists()
    assert (tmp_path / "scans" / KEPT).exists(), "an empty folder passes for a share that is not mounted"


def test_files_are_let_go_of_with_the_last_page_that_needs_them(tmp_path: Path) -> None:
    bringing, asked = fetching(tmp_path)
    book = [PageSource(PageKey(f"b{number}"), "/scans/b.pdf", SourceKind.PDF, number) for number in range(2)]
    for one in book:
        bringing.add(one)
    list(bringing.arrived())
    bringing.take(piece("/scans/b.pdf", b"%PDF"))

    assert [one.frame for one in bringing.arrived()] == [0, 1]
    assert len(asked) == 1
    bringing.ended(book[0].key)
    assert (tmp_path / "scans/b.pdf").exists()
    bringing.ended(book[1].key)
    assert not (tmp_path / "scans/b.pdf").exists()


def test_only_so_many_pages_are_brought_ahead(tmp_path: Path) -> None:
    bringing, asked = fetching(tmp_path, most_ahead=1)
    for name in ("a", "b"):
        bringing.add(page(name, f"/scans/{name}.jpg"))
    list(bringing.arrived())
    bringing.take(piece("/scans/a.jpg", b"a"))
    assert [one.key for one in bringing.arrived()] == ["a"]
    assert len(asked) == 1
    bringing.ended(PageKey("a"))
    assert list(bringing.arrived()) == []
    assert asked[-1] == Wants("/scans/b.jpg")


def test_relative_paths_stay_as_they_are_below_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bringing, _ = fetching(tmp_path / "in")
    bringing.add(PageSource(PageKey("a"), "scans/a.jpg"))
    list(bringing.arrived())
    bringing.take(piece("scans/a.jpg", b"a"))
    assert [one.path for one in bringing.arrived()] == ["scans/a.jpg"]
    assert (tmp_path / "scans/a.jpg").read_bytes() == b"a"


def test_a_piece_that_nobody_waits_for_is_left(tmp_path: Path) -> None:
    bringing, _ = fetching(tmp_path)
    bringing.take(piece("/scans/late.jpg", b"late"))
    assert not (tmp_path / "scans").exists()


def test_a_file_that_cannot_be_put_here_is_said_with_its_place_and_cause(tmp_path: Path) -> None:
    bringing, _ = fetching(tmp_path)
    (tmp_path / "scans").write_bytes(b"in the way of a folder")
    bringing.add(page("a", "/scans/a.jpg"))
    list(bringing.arrived())
    with pytest.raises(OutputUnwritable, match=r"/scans.*: cannot be written \(File exists\)"):
        bringing.take(piece("/scans/a.jpg", b"a"))
