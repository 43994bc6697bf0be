"""What was seen of pages is said in their order, with what mends it; of very many only some are looked at."""

from collections.abc import Iterator, Sequence

from htrkit.config.settings import Settings
from htrkit.domain.failure import FailureClass
from htrkit.domain.finding import Severity
from htrkit.domain.names import PageKey
from htrkit.domain.page import Note
from htrkit.domain.source import PageSource
from htrkit.run.page_findings import BEFORE_A_RUN, Bounds, Closely, page_findings
from htrkit.run.page_looks import Look, Looking, Looks, Trouble

TORN = Trouble(FailureClass.BROKEN, "1.jpg: is torn.", "Copy or scan it again.")


def shelf(number: int) -> list[PageSource]:
    return [PageSource(PageKey(str(n)), f"{n}.jpg") for n in range(number)]


def all_good_but(*bad: str) -> Looks:
    def look(pages: Sequence[PageSource], _: Looking) -> Iterator[Look]:
        for number, page in reversed(list(enumerate(pages))):
            yield Look(number, trouble=TORN if page.key in bad else None)

    return look


def test_a_page_that_will_fail_warns_and_may_be_left_out_by_typing_what_is_offered() -> None:
    found = page_findings(shelf(10), Settings(), Closely(look=all_good_but("0", "3", "4", "8")))

    assert [(one.code, one.severity) for one in found] == [("page-broken", Severity.WARNING)] * 4
    assert found[0].mend == "Copy or scan it again; or leave out all that will fail: --pages 2-3,6-8,10"


def test_nothing_is_offered_that_would_count_other_pages_or_leave_none() -> None:
    for pages, settings, bad in (
        (shelf(3), Settings(pages="2-4"), ["1"]),
        (shelf(3), Settings(sample=3), ["1"]),
        (shelf(3), Settings(), ["0", "1", "2"]),
        (shelf(1000), Settings(), [str(n) for n in range(0, 1000, 2)]),
        (shelf(1000), Settings(), [str(n) for n in range(0, 1000, 20)]),
    ):
        found = page_findings(pages, settings, Closely(look=all_good_but(*bad)))
        assert {one.mend for one in found} == {"Copy or scan it again."}


def test_what_is_noted_of_a_page_names_its_file() -> None:
    def look(*_: object) -> Iterator[Look]:
        yield Look(0, (Note("sidecar-scaled", "Its points were scaled."),))

    (note,) = page_findings(shelf(1), Settings(), Closely(look=look))
    assert (note.code, note.severity, note.message) == (
        "sidecar-scaled",
        Severity.NOTE,
        "0.jpg: Its points were scaled.",
    )


def test_of_a_million_pages_ten_thousand_are_looked_at_before_a_run_and_that_is_said() -> None:
    looked: list[str] = []

    def look(pages: Sequence[PageSource], looking: Looking) -> Iterator[Look]:
        looked.extend(page.key for page in pages)
        yield from all_good_but()(pages, looking)

    found = page_findings(shelf(100_000), Settings(), Closely(bounds=BEFORE_A_RUN, look=look))

    assert len(set(looked)) == 10_000
    assert [(one.code, one.severity) for one in found] == [("not-checked", Severity.NOTE)]
    assert "10,000 of the 100,000 pages" in found[0].message


def test_where_the_time_is_up_what_was_seen_is_said_and_how_much_it_was() -> None:
    closely = Closely(bounds=Bounds(seconds=0.0), look=all_good_but("9"))
    found = page_findings(shelf(10), Settings(), closely)

    assert [one.code for one in found] == ["page-broken", "not-checked"]
    assert "1 of the 10 pages" in found[1].message


def test_whoever_listens_is_told_how_far_it_has_come() -> None:
    told: list[tuple[int, int]] = []
    page_findings(shelf(3), Settings(), Closely(told=lambda *of: told.append(of), look=all_good_but()))

    assert told == [(1, 3), (2, 3), (3, 3)]
