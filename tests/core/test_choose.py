"""`--pages` and `--sample` take what they say, and refuse what they cannot read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.choose import chosen
from htrkit.domain.errors import UsageProblem

THIRTY = range(1, 31)


@pytest.mark.parametrize(
    ("pages", "taken"),
    [
        ("1", [1]),
        ("1-3,20", [1, 2, 3, 20]),
        ("28-", [28, 29, 30]),
        ("30-", [30]),
        ("5,2,5,1-2", [1, 2, 5]),
        (" 3 , 7-8 ", [3, 7, 8]),
        ("1-30", list(THIRTY)),
        ("007", [7]),
    ],
)
def test_pages_are_taken_by_number_each_once_and_in_their_order(pages: str, taken: list[int]) -> None:
    assert list(chosen(THIRTY, pages=pages, sample=None)) == taken


@pytest.mark.parametrize(
    "pages", ["", ",", "1,", "-5", "a", "1-2-3", "1;2", "1.5", "²", "١", "1--2", "-", "9" * 5000, "1 - 2"]
)
def test_what_is_no_range_is_refused_with_an_example(pages: str) -> None:
    with pytest.raises(UsageProblem, match="no page number") as refused:
        chosen(THIRTY, pages=pages, sample=None)

    assert "1-10,20" in refused.value.mend


@pytest.mark.parametrize("pages", ["0", "31", "29-31", "0-3", "31-", "1,999999999"])
def test_a_page_that_is_not_there_is_refused_with_the_count(pages: str) -> None:
    with pytest.raises(UsageProblem, match="not among the 30 pages found"):
        chosen(THIRTY, pages=pages, sample=None)


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(UsageProblem, match="10-1 runs backwards"):
        chosen(THIRTY, pages="3,10-1", sample=None)


def test_what_was_typed_is_safe_to_show() -> None:
    with pytest.raises(UsageProblem, match="%1B"):
        chosen(THIRTY, pages="\x1b", sample=None)


@pytest.mark.parametrize(("sample", "taken"), [(1, [16]), (2, [8, 23]), (3, [6, 16, 26]), (99, list(THIRTY))])
def test_a_sample_is_spread_evenly(sample: int, taken: list[int]) -> None:
    assert list(chosen(THIRTY, pages=None, sample=sample)) == taken


def test_a_sample_is_taken_of_the_pages_named() -> None:
    assert chosen(THIRTY, pages="1-9", sample=3) == (2, 5, 8)


def test_without_wishes_all_are_taken() -> None:
    assert chosen("abc", pages=None, sample=None) == ("a", "b", "c")


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_sample_has_its_size_its_order_and_even_steps(count: int, sample: int) -> None:
    taken = chosen(range(count), pages=None, sample=sample)

    assert len(taken) == min(count, sample)
    assert list(taken) == sorted(set(taken))
    steps = {later - earlier for earlier, later in pairwise(taken)}
    assert max(steps, default=1) - min(steps, default=1) <= 1
