"""How shards are written, and what they are called."""

import pytest

from htrkit.domain.errors import UsageProblem
from htrkit.domain.shards import Cut, Shard, ShardName, ShardOfCut


def test_a_shard_is_read_as_it_is_written() -> None:
    assert Shard.read(" 2/4 ") == Shard(2, 4)
    assert str(Shard.read("12/12")) == "12/12"


@pytest.mark.parametrize("text", ["", "2", "0/4", "2/0", "-1/4", "2/4/4", "a/b", "02/4", "1,4"])
def test_what_is_no_share_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageProblem, match="--shard 2/4"):
        Shard.read(text)


def test_a_shard_beyond_the_last_is_refused() -> None:
    with pytest.raises(UsageProblem, match="there are only 4"):
        Shard.read("5/4")


def test_more_shards_than_a_run_can_have_are_refused() -> None:
    with pytest.raises(UsageProblem, match="at most 100,000"):
        Shard.read("1/100001")


def test_a_later_cut_is_in_the_name_and_every_cut_in_the_folders() -> None:
    first, later = ShardName(1, Shard(2, 4)), ShardName(3, Shard(1, 1))

    assert (str(first), first.folder) == ("2/4", "1-2of4")
    assert (str(later), later.folder) == ("1/1 of cut 3", "3-1of1")


def test_a_cut_names_its_shards_from_one() -> None:
    cut = Cut(2, ((1,), (0, 2)))

    assert [str(name) for name in cut.names] == ["1/2 of cut 2", "2/2 of cut 2"]
    assert cut.pages_of(Shard(2, 2)) == (0, 2)


def test_a_shard_of_a_certain_cut_is_read_as_it_is_written() -> None:
    assert ShardOfCut.read("2/4") == ShardOfCut(Shard(2, 4), None)
    assert ShardOfCut.read(" 2/4@13 ") == ShardOfCut(Shard(2, 4), 13)
    assert [str(ShardOfCut.read(text)) for text in ("2/4", "2/4@13")] == ["2/4", "2/4@13"]


@pytest.mark.parametrize("text", ["2/4@", "2/4@0", "2/4@x", "2/4@-1", "2/4@1@2"])
def test_what_is_no_cut_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageProblem, match="names no cut") as refused:
        ShardOfCut.read(text)
    assert "--shard 2/4@3" in refused.value.mend


def test_a_shard_of_a_certain_cut_must_be_one_itself() -> None:
    with pytest.raises(UsageProblem, match="no share"):
        ShardOfCut.read("x@3")
