"""Reading order: what is named first, everything once, the document's order for the rest."""

from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.order import Placed, reading_order

R1, R2 = Placed("r1", None), Placed("r2", None)
L1, L2, L3 = Placed("l1", "r1"), Placed("l2", "r1"), Placed("l3", "r2")


def test_without_any_order_it_is_the_documents() -> None:
    assert reading_order([], [R1, R2], [L3, L1, L2]) == ("l3", "l1", "l2")


def test_regions_stand_as_they_are_named() -> None:
    assert reading_order(["r2", "r1"], [R1, R2], [L1, L2, L3]) == ("l3", "l1", "l2")


def test_what_is_not_named_stands_after_what_is() -> None:
    assert reading_order(["r2"], [R1, R2], [L1, L2, L3]) == ("l3", "l1", "l2")
    assert reading_order(["r2"], [R1, R2], [L1, L2, L3, Placed("l4", None)])[-1] == "l4"


def test_names_of_nothing_and_names_said_twice_count_once_or_not() -> None:
    assert reading_order(["gone", "r2", "r2", "l3"], [R1, R2], [L1, L2, L3]) == ("l3", "l1", "l2")


def test_lines_may_be_named_themselves() -> None:
    assert reading_order(["l3", "l2"], [R1, R2], [L1, L2, L3]) == ("l3", "l2", "l1")


def test_indices_order_siblings_and_those_without_come_last() -> None:
    regions = [Placed("r1", None, 2), Placed("r2", None, 1), Placed("r3", None)]
    lines = [Placed("a", "r1", 1), Placed("b", "r1", 0), Placed("c", "r2"), Placed("d", "r3")]

    assert reading_order([], regions, lines) == ("c", "b", "a", "d")


def test_regions_and_lines_keep_the_places_of_their_kind() -> None:
    regions = [Placed("r1", None, 1), Placed("r2", None, 0)]
    lines = [Placed("loose", None), Placed("a", "r1"), Placed("b", "r2"), Placed("late", None)]

    assert reading_order([], regions, lines) == ("loose", "b", "a", "late")


def test_indices_within_a_region_that_is_named_count() -> None:
    lines = [Placed("a", "r1", 2), Placed("b", "r1"), Placed("c", "r1", 1), L3]

    assert reading_order(["r2", "r1"], [R1, R2], lines) == ("l3", "c", "a", "b")


def test_equal_indices_stand_as_in_the_document() -> None:
    lines = [Placed("a", "r1", 1), Placed("b", "r1", 1), Placed("c", "r1", 0)]

    assert reading_order([], [R1], lines) == ("c", "a", "b")


def test_what_a_stated_order_does_not_name_is_in_no_order_of_indices() -> None:
    regions = [Placed("r1", None, 9), Placed("r2", None, 8), Placed("r3", None)]

    assert reading_order(["r3"], regions, [L1, L2, L3, Placed("x", "r3")]) == ("x", "l1", "l2", "l3")


def test_an_order_of_nothing_that_is_there_is_none() -> None:
    regions = [Placed("r1", None, 1), Placed("r2", None, 0)]

    assert reading_order(["gone"], regions, [L1, L3]) == ("l3", "l1")


def test_a_stated_order_goes_before_indices() -> None:
    regions = [Placed("r1", None, 0), Placed("r2", None, 1)]

    assert reading_order(["r2", "r1"], regions, [L1, L2, L3]) == ("l3", "l1", "l2")


def test_regions_within_follow_the_one_that_holds_them_unless_named() -> None:
    regions = [R1, Placed("inner", "r1"), R2]
    lines = [L1, Placed("i", "inner"), L3]

    assert reading_order(["r2", "r1"], regions, lines) == ("l3", "l1", "i")
    assert reading_order(["inner", "r2", "r1"], regions, lines) == ("i", "l3", "l1")
    assert reading_order(["r1", "r2", "inner"], regions, lines) == ("l1", "l3", "i")


def test_regions_that_hold_each_other_end() -> None:
    regions = [Placed("r1", "r2"), Placed("r2", "r1")]

    for named in ([], ["r1"], ["r2", "r1"]):
        assert sorted(reading_order(named, regions, [L1, L2, L3])) == ["l1", "l2", "l3"]


@given(st.data())
def test_every_line_is_given_once(data: st.DataObject) -> None:
    names = [f"r{number}" for number in range(data.draw(st.integers(0, 5)))]
    parents = st.one_of(st.none(), st.sampled_from([*names, "gone"]))
    index = st.one_of(st.none(), st.integers(0, 5))
    regions = [Placed(name, data.draw(parents), data.draw(index)) for name in names]
    lines = [
        Placed(f"l{number}", data.draw(parents), data.draw(index)) for number in range(data.draw(st.integers(0, 6)))
    ]
    named = data.draw(st.lists(st.sampled_from([*names, "l0", "l1", "gone"])))

    assert sorted(reading_order(named, regions, lines)) == sorted(line.id for line in lines)
