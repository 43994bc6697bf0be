"""Pages that stand for all, and what a page may cost before anything is known."""

from htrkit.core.page_costs import PageFeatures, rough_seconds, stratified

SHELF = [PageFeatures(lines=lines, megapixels=float(lines % 7)) for lines in range(100)]


def test_pages_that_stand_for_all_come_one_from_each_stratum() -> None:
    chosen = stratified(SHELF, 10)

    assert [place // 10 for place in chosen] == list(range(10))


def test_the_same_pages_are_chosen_each_time() -> None:
    assert stratified(SHELF, 7) == stratified(SHELF, 7)


def test_no_more_pages_are_chosen_than_there_are() -> None:
    assert stratified(SHELF[:3], 10) == (0, 1, 2)
    assert stratified([], 3) == ()


def test_a_few_pages_to_segment_are_not_overlooked() -> None:
    shelf = [*SHELF, PageFeatures(to_segment=True)]

    assert 100 in stratified(shelf, 3)


def test_pages_without_lines_are_told_apart_by_size() -> None:
    shelf = [PageFeatures(megapixels=float(number)) for number in range(20)]

    assert [place // 10 for place in stratified(shelf, 2)] == [0, 1]


def test_a_page_to_segment_comes_before_one_that_brings_its_lines() -> None:
    assert rough_seconds(PageFeatures(to_segment=True)) > rough_seconds(PageFeatures(lines=100, megapixels=20))
    assert rough_seconds(PageFeatures(lines=30)) > rough_seconds(PageFeatures(lines=20))
