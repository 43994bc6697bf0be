"""Rates of late, and curves over a whole run, from few numbers."""

from htrkit.ui.live_series import MOST_POINTS, Curve, Pace


def pace(*moments: float, began: float = 0.0) -> Pace:
    result = Pace(began)
    for at in moments:
        result = result.after(at, lines=40)
    return result


def test_a_rate_counts_the_last_minute() -> None:
    rate = pace(*range(0, 600, 2)).rate(600.0)

    assert abs(rate.pages - 0.5) < 0.01
    assert abs(rate.lines - 20) < 0.4


def test_slow_pages_are_counted_further_back() -> None:
    assert abs(pace(*range(0, 600, 50)).rate(600.0).pages - 0.02) < 0.001


def test_nothing_is_fast_or_slow_before_the_first_page() -> None:
    assert Pace(0.0).rate(100.0).pages == 0.0


def test_a_run_that_stands_slows_down_to_nothing() -> None:
    stopped = pace(*range(100))

    assert stopped.rate(100.0).pages > stopped.rate(160.0).pages > stopped.rate(900.0).pages
    assert stopped.rate(2000.0).pages == 0.0


def test_the_first_seconds_are_no_whole_minute() -> None:
    assert abs(pace(1, 2, 3, 4).rate(4.0).pages - 1.0) < 0.01


def test_a_pace_forgets_what_it_does_not_need() -> None:
    assert len(pace(*range(5000)).seconds) <= 901


def test_a_curve_never_has_more_points_and_keeps_its_area() -> None:
    curve = Curve(0.0)
    for second in range(10_000):
        curve = curve.after(float(second), 1.0)

    assert len(curve.counts) <= MOST_POINTS
    assert sum(curve.counts) == 10_000
    assert set(curve.means()) == {1.0}
    assert set(curve.rates(10_000.0)) == {1.0}


def test_a_gap_in_readings_is_bridged_and_a_gap_in_pages_is_nothing() -> None:
    curve = Curve(0.0).after(0.0, 0.5).after(8.0, 0.7)

    assert curve.means() == (0.5, 0.5, 0.5, 0.5, 0.7)
    assert curve.rates(12.0) == (0.5, 0.0, 0.0, 0.0, 0.5, 0.0)


def test_what_is_told_late_falls_into_the_first_span() -> None:
    assert Curve(10.0).after(5.0, 1.0).counts == (1,)
