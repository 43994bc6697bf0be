"""A power cut tears off what was not synced, and nothing else: what it cannot have done is damage."""

from pathlib import Path

import pytest

from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import PageDone, PageSkipped, Record
from htrkit.domain.names import PageKey
from htrkit.journal.journal import read
from htrkit.journal.lines import encode
from htrkit.journal.mending import JournalDamaged, mend
from htrkit.journal.tearing import is_torn

LEFT_ALONE = encode(Record("2026-11-25T07:00:00Z", PageSkipped(PageKey("a"), "there")))
DONE = encode(Record("2026-11-25T07:00:01Z", PageDone(PageKey("b"), 1, 5, 0.5, 0.1, {}, ())))
ZEROS = bytes(40) + LEFT_ALONE[40:]
"""A line whose first block has not reached the disk."""
CHANGED = LEFT_ALONE.replace(b"there", b"their")


@pytest.mark.parametrize(
    "lines",
    [
        [LEFT_ALONE[:9]],
        [CHANGED],
        [b"more\n", b"garbage\n"],
        [ZEROS],
        [ZEROS, LEFT_ALONE],
        [ZEROS, LEFT_ALONE, DONE],
        [b"garbage\n", ZEROS, LEFT_ALONE, LEFT_ALONE[:9]],
    ],
)
def test_what_was_not_synced_may_be_torn(lines: list[bytes]) -> None:
    assert is_torn(lines)


@pytest.mark.parametrize(
    "lines",
    [
        [CHANGED, LEFT_ALONE],
        [CHANGED, DONE],
        [CHANGED, LEFT_ALONE, ZEROS],
        [ZEROS, DONE, LEFT_ALONE],
        [ZEROS, DONE, LEFT_ALONE[:9]],
        [ZEROS, LEFT_ALONE, DONE, DONE],
    ],
)
def test_what_was_synced_or_has_other_bytes_is_damage(lines: list[bytes]) -> None:
    assert not is_torn(lines)


def test_zeros_that_a_power_cut_left_are_mended_and_read_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(DONE + ZEROS + LEFT_ALONE)

    assert [values["event"] for values in read(path)] == ["PageDone"]
    assert mend(path) == len(ZEROS + LEFT_ALONE)
    assert path.read_bytes() == DONE
    assert path.with_suffix(".torn").read_bytes() == ZEROS + LEFT_ALONE


def test_zeros_before_what_was_synced_are_refused_and_nothing_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(LEFT_ALONE + ZEROS + DONE + LEFT_ALONE)

    with pytest.raises(JournalDamaged, match="line 2 is damaged"):
        mend(path)
    with pytest.raises(HtrkitError, match="line 2 is damaged"):
        list(read(path))
    assert path.read_bytes() == LEFT_ALONE + ZEROS + DONE + LEFT_ALONE
