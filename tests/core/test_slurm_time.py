"""Times as Slurm writes them are read and written as it does."""

import pytest

from htrkit.core.slurm_time import seconds_of_time, time_words
from htrkit.domain.errors import UsageProblem


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("90", 5400),
        ("90:30", 5430),
        ("1:30:00", 5400),
        ("100:00:00", 360_000),
        ("1-12", 129_600),
        ("1-12:30", 131_400),
        ("1-12:30:15", 131_415),
        ("UNLIMITED", None),
        (" infinite ", None),
    ],
)
def test_every_form_that_sbatch_takes_is_read(words: str, seconds: int | None) -> None:
    assert seconds_of_time(words) == seconds


@pytest.mark.parametrize("words", ["", "0", "00:00:00", "two hours", "1:2:3:4", "-5", "1-", "08:00:00\n#SBATCH"])
def test_what_is_no_time_is_refused_with_one_that_is(words: str) -> None:
    with pytest.raises(UsageProblem, match="HH:MM:SS"):
        seconds_of_time(words)


@pytest.mark.parametrize(("seconds", "words"), [(900, "00:15:00"), (86_399, "23:59:59"), (99_000, "1-03:30:00")])
def test_seconds_are_written_so_that_they_are_read_again(seconds: int, words: str) -> None:
    assert time_words(seconds) == words
    assert seconds_of_time(words) == seconds
