"""Pages are looked at here or in processes, and what is seen is the same; a page that crashes one is known by name."""

import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from PIL import Image

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.domain.failure import FailureClass
from htrkit.domain.names import PageKey
from htrkit.domain.page import Note
from htrkit.domain.source import PageSource
from htrkit.run.look_process import (
    look_at_sent,
    read_look,
    read_looking,
    read_pages,
    written_look,
    written_looking,
    written_pages,
)
from htrkit.run.page_check import Depth
from htrkit.run.page_looks import Look, Looking, Trouble, look_at, looks, spread, until
from htrkit.run.page_looks_parallel import CHUNK_PAGES, looks_in_processes

BADLY = (sys.executable, "-m", "htrkit.run.begin", "tests.fakes.looking_badly")
HEADS = Looking(Settings(segmenter=Segmenter.NONE))


def shelf(folder: Path, names: Sequence[str]) -> list[PageSource]:
    """Give pages; `x…` are no pictures."""
    Image.new("L", (40, 60), 200).save(folder / "good.png")
    content = (folder / "good.png").read_bytes()
    for name in names:
        (folder / name).write_bytes(b"no picture" if name.startswith("x") else content)
    return [PageSource(PageKey(name), str(folder / name), image_name=name) for name in names]


def by_number(seen: Iterator[Look]) -> list[Look]:
    return sorted(seen, key=lambda look: look.number)


def test_a_look_is_the_same_here_and_in_processes(tmp_path: Path) -> None:
    pages = shelf(tmp_path, ["1.png", "x.png", "b\udcff.png", "3.png"])
    here = by_number(looks(pages, Looking(HEADS.settings, processes=0)))
    there = by_number(looks(pages, Looking(HEADS.settings, processes=2)))

    assert here == there
    assert [look.trouble and look.trouble.failure for look in here] == [None, FailureClass.UNSUPPORTED, None, None]


@pytest.mark.slow
def test_a_page_that_kills_the_process_is_named_and_all_others_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    names = [f"{n}.png" for n in range(CHUNK_PAGES + 10)]
    names[3], names[50] = "crash.png", "crash2.png"
    seen = by_number(looks_in_processes(shelf(tmp_path, names), HEADS, processes=1, command=BADLY))

    assert [look.number for look in seen] == list(range(len(names)))
    lost = {look.number: look.trouble for look in seen if look.trouble is not None}
    assert {number: trouble.failure for number, trouble in lost.items()} == dict.fromkeys((3, 50), FailureClass.DIED)
    assert "crash.png" in lost[3].what
    assert "SIGSEGV" in lost[3].what


@pytest.mark.slow
def test_a_page_that_never_ends_is_given_up_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pages = shelf(tmp_path, ["1.png", "hang.png", "3.png"])
    # Long enough for a process to begin on a busy machine; the sleep of the page is far longer.
    seen = by_number(looks_in_processes(pages, HEADS, processes=1, command=BADLY, patience_seconds=20))

    assert [look.trouble and look.trouble.failure for look in seen] == [None, FailureClass.TIMEOUT, None]
    assert seen[1].trouble is not None
    assert "hang.png" in seen[1].trouble.what


@pytest.mark.parametrize("command", [("/nowhere/python",), (sys.executable, "-c", "raise SystemExit(3)")])
def test_processes_that_cannot_begin_are_done_without(tmp_path: Path, command: Sequence[str]) -> None:
    pages = shelf(tmp_path, ["1.png", "x.png"])
    seen = by_number(looks_in_processes(pages, HEADS, processes=2, command=command))

    assert [look.trouble and look.trouble.failure for look in seen] == [None, FailureClass.UNSUPPORTED]


def test_no_process_is_left_where_nobody_hears_to_the_end(tmp_path: Path) -> None:
    pages = shelf(tmp_path, [f"{n}.png" for n in range(3)])
    seen = looks_in_processes(pages, HEADS, processes=1)
    next(iter(seen))
    seen.close()  # type: ignore[attr-defined]  # a generator; `-W error` would tell of a process that is left


def test_the_process_looks_at_what_it_is_sent_and_tells_of_each(tmp_path: Path) -> None:
    pages = shelf(tmp_path, ["1.png", "x.png"])
    told = StringIO()
    look_at_sent(HEADS, [written_pages(enumerate(pages, 7))], told)

    assert [read_look(line) for line in told.getvalue().splitlines()] == [
        look_at(number, page, HEADS) for number, page in enumerate(pages, 7)
    ]


def test_what_is_sent_comes_out_as_it_went_in() -> None:
    looking = Looking(Settings(dpi=200, pages="1-3"), Depth.DECODED)
    page = PageSource(PageKey("a/1"), "/x/\udcff.jpg", frame=3, sidecars=("/x/1.xml",), root="/x")
    look = Look(4, (Note("sidecar-scaled", "…"),), Trouble(FailureClass.SIZE, "no", "Put it."))

    assert read_looking(written_looking(looking)) == looking
    assert read_pages(written_pages([(5, page)])) == [(5, page)]
    assert read_look(written_look(look)) == look


def test_of_many_pages_some_are_looked_at_spread_evenly_wherever_it_is_cut() -> None:
    assert sorted(spread(10, 100)) == list(range(10))
    assert spread(0, 100) == ()
    places = spread(1_000_000, 10_000)
    assert len(set(places)) == len(places) == 10_000
    for cut in (200, 2_000, 10_000):
        quarters = [sum(place * 4 // 1_000_000 == quarter for place in places[:cut]) for quarter in range(4)]
        assert max(quarters) - min(quarters) <= 0.05 * cut


def test_looking_ends_when_its_time_is_up() -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0, 4.0]).__next__
    endless = (Look(number) for number in count())

    assert [look.number for look in until(endless, 2.5, clock)] == [0, 1, 2]
    assert len(list(until((Look(number) for number in range(4)), None))) == 4


def test_decoding_is_for_processes_and_few_heads_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def in_processes(*_: object, processes: int) -> Iterator[Look]:
        started.append(processes)
        return iter(())

    monkeypatch.setattr("htrkit.run.page_looks_parallel.looks_in_processes", in_processes)
    one = shelf(tmp_path, ["1.png"])
    assert len(list(looks(one, HEADS))) == 1
    assert started == []
    list(looks(one, Looking(HEADS.settings, Depth.DECODED)))
    list(looks(one * 100_000, HEADS))
    assert [processes >= 1 for processes in started] == [True, True]
