"""Curves of a report: round axes, lifted where the run stood still, told apart without colour."""

import pytest
from lxml import html

from htrkit.core.report_numbers import Throughput
from htrkit.ui.html_style import STYLE
from htrkit.ui.report_plot import KINDS, Curve, TimeAxis, bars_plot, curves_plot

AXIS = TimeAxis(60, (0, 60, 120, 36000, 36060))


def plot(curves: list[Curve], **others: object) -> html.HtmlElement:
    return html.fragment_fromstring(
        curves_plot(AXIS, curves, label="RAM over time", unit="GB", **others),  # type: ignore[arg-type]
        create_parent="div",
    )


def test_an_axis_takes_the_spans_of_the_run() -> None:
    spans = ("1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z")

    assert TimeAxis.of(Throughput(60, spans, ())) == TimeAxis(60, (0, 60))


def test_the_time_between_two_sittings_takes_no_room() -> None:
    assert AXIS.x(36000) - AXIS.x(179) < AXIS.step / 30
    assert AXIS.breaks == (36000,)


def test_a_curve_is_lifted_where_the_run_stood_still() -> None:
    (way,) = plot([Curve("used", [(0, 1.0), (130, 2.0), (36010, 3.0), (36070, 4.0)])]).xpath(
        "//svg[@role='img']//path[@class='curve c0']/@d"
    )

    assert way.count("M") == 2
    assert way.count("L") == 2


def test_a_step_keeps_its_value_until_the_next() -> None:
    (way,) = plot([Curve("batch", [(0, 8), (60, 16)], steps=True)]).xpath(
        "//svg[@role='img']//path[@class='curve c0']/@d"
    )

    assert "H" in way
    assert "V" in way
    assert "L" not in way


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (1.0, ["0", "0.25", "0.5", "0.75", "1"]),
        (755.0, ["0", "200", "400", "600", "800"]),
        (7.0, ["0", "2", "4", "6", "8"]),
        (4096.0, ["0", "2,000", "4,000", "6,000"]),
    ],
)
def test_an_axis_has_round_marks_up_to_the_most(most: float, marks: list[str]) -> None:
    words = plot([Curve("used", [(0, most)])]).xpath("//text[@text-anchor='end']/text()")

    assert words[: len(marks)] == marks


def test_the_unit_and_the_most_are_words_for_who_cannot_see_it() -> None:
    root = plot([Curve("used", [(0, 12.0)])], limit=("all there is", 64.0))

    assert root.xpath("//svg[@role='img']/@aria-label") == ["RAM over time, in GB: most 64"]
    assert "GB" in root.xpath("//svg/text/text()")
    assert "all there is" in root.text_content()


def test_curves_are_told_apart_by_their_dashes() -> None:
    for kind in range(1, KINDS):
        assert f".c{kind}{{stroke:var(--c{kind});stroke-dasharray:" in STYLE.replace("\n", "")


@pytest.mark.parametrize("curves", [[], [Curve("used", [])], [Curve("used", [(0, 0.0)])]])
def test_nothing_is_drawn_of_nothing(curves: list[Curve]) -> None:
    assert curves_plot(AXIS, curves, label="RAM", unit="GB") == ""


def test_nothing_is_drawn_of_a_run_that_was_never_at_work() -> None:
    assert curves_plot(TimeAxis(60, ()), [Curve("used", [(0, 1.0)])], label="RAM", unit="GB") == ""
    assert bars_plot(TimeAxis(60, ()), [], label="Pages", unit="pages") == ""


def test_names_in_it_are_words() -> None:
    root = plot([Curve("<script>alert(1)</script>", [(0, 1.0)])])

    assert not root.xpath("//script")
    assert "<script>alert(1)</script>" in root.text_content()
