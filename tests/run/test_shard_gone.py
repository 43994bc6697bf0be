"""A batch script that is submitted again reads nothing of what a later cut has taken: its tasks say who would."""

import re
from contextlib import ExitStack

import pytest

from htrkit.domain.finding import Finding, Severity
from htrkit.domain.shards import Shard, ShardName
from htrkit.run.out_folder import OutFolder
from htrkit.run.running import held
from htrkit.run.shard_recutting import recut_into
from tests.fakes.runs import Shelf


def recut(shelf: Shelf, shards: int) -> None:
    recut_into(shelf.out.path, shards, say=lambda _: None)


def found(shelf: Shelf, number: int) -> tuple[list[str], list[Finding]]:
    """Take a shard of the first cut of two again; gives the notes and the warnings."""
    findings: list[Finding] = []
    shelf.resume(shard=f"{number}/2", cut=1, look=lambda ready: findings.extend(ready.findings))
    notes = [one.message for one in findings if one.severity is Severity.NOTE]
    return notes, [one for one in findings if one.severity is Severity.WARNING]


@pytest.fixture
def shelf_cut_anew(shelf: Shelf) -> Shelf:
    """Shard 1/2 has read one of its three pages and died, 2/2 never ran; all four that are left went to three."""
    shelf.cut(2)
    shelf.resume(shard="1/2", lives=1)
    recut(shelf, 3)
    return shelf


def test_pages_that_nobody_reads_where_they_went_are_named_with_the_command(shelf_cut_anew: Shelf) -> None:
    notes, warnings = found(shelf_cut_anew, 2)

    assert "2 pages of shard 2/2 went to cut 2." in notes
    (warning,) = warnings
    assert re.fullmatch(
        r"2 pages that went there are not read yet, and nobody is at work on (\d/3 of cut 2(, )?)+\.", warning.message
    )
    assert warning.mend == (
        f"Read them here: htrkit resume {shelf_cut_anew.out.path}; or by Slurm: "
        "sbatch --export=ALL,HTRKIT_SHARDS=3@2 --array=1-3 SCRIPT"
    )
    assert shelf_cut_anew.taken == []


def test_the_script_is_named_where_it_is_in_its_place(shelf_cut_anew: Shelf) -> None:
    script = shelf_cut_anew.out.script
    script.parent.mkdir()
    script.touch()

    assert found(shelf_cut_anew, 2)[1][0].mend.endswith(f"--array=1-3 {script}")


def test_pages_that_somebody_is_at_work_on_or_has_read_are_told_without_a_warning(shelf_cut_anew: Shelf) -> None:
    with ExitStack() as at_work:
        for number in (1, 2, 3):
            part = OutFolder(shelf_cut_anew.out.path, ShardName(2, Shard(number, 3)))
            at_work.enter_context(held(part, since="noon"))
        assert found(shelf_cut_anew, 1)[1] == []
    assert len(found(shelf_cut_anew, 1)[1]) == 1

    for number in (1, 2, 3):
        shelf_cut_anew.resume(shard=f"{number}/3")
    notes, warnings = found(shelf_cut_anew, 1)
    assert "2 pages of shard 1/2 went to cut 2." in notes
    assert warnings == []


def test_a_shard_of_a_cut_that_is_not_the_newest_is_finished_by_what_takes_all_that_is_left(
    shelf_cut_anew: Shelf,
) -> None:
    with held(OutFolder(shelf_cut_anew.out.path, ShardName(2, Shard(1, 3))), since="noon"):
        recut(shelf_cut_anew, 1)
    mends = [warning.mend for number in (1, 2) for warning in found(shelf_cut_anew, number)[1]]

    assert f"Read them here: htrkit resume {shelf_cut_anew.out.path}" in mends
