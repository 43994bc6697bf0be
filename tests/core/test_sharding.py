"""Pages are shared out evenly, always in the same way, and a page belongs to the newest cut that has it."""

import time

from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.page_costs import PageFeatures
from htrkit.core.sharding import cost_milliseconds, cut_of, owners_of, pages_by_owner, shared_out
from htrkit.domain.shards import Cut, Shard, ShardName

COSTS = st.lists(st.integers(0, 60_000), max_size=80)
SHARDS = st.integers(1, 12)


@given(costs=COSTS, shards=SHARDS)
def test_each_page_is_in_one_share_and_shares_keep_the_plans_order(costs: list[int], shards: int) -> None:
    shares = shared_out(costs, shards)

    assert len(shares) == shards
    assert sorted(place for share in shares for place in share) == list(range(len(costs)))
    assert all(list(share) == sorted(share) for share in shares)


@given(costs=COSTS, shards=SHARDS)
def test_shares_differ_by_no_more_than_the_costliest_page(costs: list[int], shards: int) -> None:
    loads = [sum(costs[place] for place in share) for share in shared_out(costs, shards)]

    assert max(loads) - min(loads) <= max(costs, default=0)


@given(pages=st.integers(0, 200), shards=SHARDS, cost=st.integers(0, 9))
def test_pages_that_cost_the_same_are_counted_out(pages: int, shards: int, cost: int) -> None:
    sizes = [len(share) for share in shared_out([cost] * pages, shards)]

    assert max(sizes) - min(sizes) <= 1


def test_equal_pages_go_to_the_first_shards_in_the_plans_order() -> None:
    assert shared_out([5, 5, 5, 5, 5], 3) == ((0, 3), (1, 4), (2,))


def test_a_costly_page_has_a_shard_to_itself_where_the_others_cost_no_more() -> None:
    assert shared_out([1, 1, 9, 1, 1], 2) == ((2,), (0, 1, 3, 4))


def test_a_hundred_thousand_pages_are_shared_out_in_no_time() -> None:
    start = time.process_time()
    shared_out([(place * 7919) % 15_000 for place in range(100_000)], 1000)

    assert time.process_time() - start < 10


def test_a_cut_has_the_places_of_the_plan_and_not_those_of_what_was_cut() -> None:
    cut = cut_of(3, [4, 7, 9], [1, 1, 1], 2)

    assert cut == Cut(3, ((4, 9), (7,)))
    assert list(cut.names) == [ShardName(3, Shard(1, 2)), ShardName(3, Shard(2, 2))]
    assert cut.pages_of(Shard(2, 2)) == (7,)


@given(st.data())
def test_the_newest_cut_that_has_a_page_owns_it(data: st.DataObject) -> None:
    pages = data.draw(st.integers(1, 20))
    cuts, expected = [], dict.fromkeys(range(pages))
    for number in range(1, data.draw(st.integers(0, 4)) + 1):
        places = sorted(data.draw(st.sets(st.integers(0, pages - 1))))
        cut = cut_of(number, places, [1] * len(places), data.draw(st.integers(1, 3)))
        cuts.append(cut)
        expected |= {place: name for name in cut.names for place in cut.pages_of(name.shard)}

    owners = owners_of(reversed(cuts), pages)
    assert owners == [expected[place] for place in range(pages)]
    assert {place: owner for owner, places in pages_by_owner(owners).items() for place in places} == expected


def test_what_a_page_costs_is_told_from_its_files_alone_and_is_never_nothing() -> None:
    unknown, light = PageFeatures(), PageFeatures(megapixels=8.0, lines=40)
    heavy = PageFeatures(megapixels=8.0, to_segment=True)

    assert 0 < cost_milliseconds(unknown) < cost_milliseconds(light) < cost_milliseconds(heavy)
