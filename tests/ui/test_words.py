"""Numbers as people read them."""

import pytest

from htrkit.ui.words import counted, duration, percent, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (12.4, "12 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3600, "1 h 00 min"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "0 bytes"),
        (812, "812 bytes"),
        (1000, "1.0 kB"),
        (12_540_000, "12.5 MB"),
        (999_999, "1.0 MB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_sizes(length: int, said: str) -> None:
    assert size(length) == said


def test_counts_and_shares() -> None:
    assert (counted(1, "page"), counted(12_000, "page"), counted(2, "page has", "pages have")) == (
        "1 page",
        "12,000 pages",
        "2 pages have",
    )
    assert (percent(0.0417), percent(None)) == ("4.2 %", "\N{EN DASH}")
