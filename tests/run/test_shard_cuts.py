"""Cuts are read back as they were written, and anything else is refused by name."""

import json
from pathlib import Path

import pytest

from htrkit.core.sharding import cut_of
from htrkit.domain.errors import OutputHeld, UsageProblem
from htrkit.domain.shards import Cut, Shard, ShardName
from htrkit.journal.lock import Lock
from htrkit.run import shard_cuts
from htrkit.run.out_folder import OutFolder
from htrkit.run.shard_cuts import CutUnreadable, read_cuts, read_newest_cuts, write_cut
from htrkit.run.shard_journals import owners_in


@pytest.fixture
def out(tmp_path: Path) -> OutFolder:
    return OutFolder(tmp_path / "out")


def test_a_run_in_no_shards_has_no_cuts(out: OutFolder) -> None:
    assert read_cuts(out).all == ()
    assert read_cuts(out).newest is None


def test_cuts_are_read_back_in_their_order_with_what_was_asked(out: OutFolder) -> None:
    first, second = cut_of(1, range(9), [1] * 9, 4), Cut(2, ((0, 8), ()))
    write_cut(out, first, run_id="r", asked={"dpi": 300, "model": None})
    write_cut(out, second, run_id="r")

    cuts = read_cuts(out)
    assert cuts.all == (first, second)
    assert cuts.newest == second
    assert cuts.asked == {"dpi": 300, "model": None}
    assert len(out.cut(1).read_bytes().splitlines()) == 1


GOOD: dict[str, object] = {"schema": 1, "cut": 1, "run_id": "r", "asked": None, "shards": [[0, 2], [1]]}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"schema": 2}, "its schema version is 2"),
        ({"cut": 2}, "`cut` is not the number"),
        ({"run_id": 7}, "`run_id` is no text"),
        ({"asked": 3}, "`asked` is no object"),
        ({"shards": []}, "no list of shards"),
        ({"shards": {"1": []}}, "no list of shards"),
        ({"shards": [[0], [0]]}, "the same page"),
        ({"shards": [[2, 0]]}, "do not grow"),
        ({"shards": [[-1]]}, "do not grow"),
        ({"shards": [[True]]}, "no list of whole numbers"),
        ({"shards": [3]}, "no list of whole numbers"),
        ({"more": 1}, "`more` is not known"),
    ],
)
def test_what_was_not_written_so_is_refused(out: OutFolder, changed: dict[str, object], why: str) -> None:
    out.shards.mkdir(parents=True)
    out.cut(1).write_text(json.dumps(GOOD | changed))

    with pytest.raises(CutUnreadable, match=why) as caught:
        read_cuts(out)
    assert "cut-1.json" in caught.value.what


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
def test_what_is_no_document_is_refused(out: OutFolder, content: bytes) -> None:
    out.shards.mkdir(parents=True)
    out.cut(1).write_bytes(content)

    with pytest.raises(UsageProblem, match=r"cut-1\.json: cannot be read"):
        read_cuts(out)


def test_a_cut_that_is_no_file_is_refused(out: OutFolder) -> None:
    out.cut(1).mkdir(parents=True)

    with pytest.raises(CutUnreadable, match=r"cut-1\.json: cannot be read"):
        read_cuts(out)


def test_a_cut_that_is_missing_before_others_is_told(out: OutFolder) -> None:
    for number in (1, 2, 3):
        write_cut(out, Cut(number, ((0,),)), run_id="r")
    out.cut(2).unlink()

    with pytest.raises(CutUnreadable, match=r"cut-2\.json: cannot be read \(it is not there"):
        read_cuts(out)


def test_what_was_asked_may_be_bytes_that_are_no_text(out: OutFolder) -> None:
    write_cut(out, Cut(1, ((0,),)), run_id="r", asked={"model": "models/\udcff.bin"})

    assert read_cuts(out).asked == {"model": "models/\udcff.bin"}


def test_pages_that_the_plan_does_not_have_are_refused(out: OutFolder) -> None:
    write_cut(out, Cut(1, ((0, 3), (1, 2))), run_id="r")

    assert owners_in(out, read_cuts(out), 4)[3] == ShardName(1, Shard(1, 2))
    with pytest.raises(CutUnreadable, match="not in the plan"):
        owners_in(out, read_cuts(out), 3)


def test_whoever_holds_a_shard_reads_cuts_under_the_lock_that_they_are_made_under(
    out: OutFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cut(out, Cut(1, ((0,),)), run_id="r")
    seen: list[bool] = []

    def contents(folder: OutFolder) -> list[bytes]:
        with pytest.raises(OutputHeld), Lock(folder.plan_lock, owner="b"):
            pass
        seen.append(True)
        return [folder.cut(1).read_bytes()]

    monkeypatch.setattr(shard_cuts, "_contents", contents)
    assert len(read_newest_cuts(out, say=lambda _: None).all) == 1
    assert seen == [True]
