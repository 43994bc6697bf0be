"""The checker: cuts the power after every operation of a run, and has every disk that there may be recovered."""

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from htrkit.files.atomic import TEMPORARY
from tests.fakes.power import Acknowledged
from tests.fakes.power_cuts import cut_after, disks
from tests.fakes.power_runs import Trial
from tests.fakes.power_verdicts import Fault, Journals, Recovery


@dataclass(slots=True)
class Found:
    """What came of cutting the power."""

    cuts: int = 0
    """After different operations, of all runs."""
    built: int = 0
    """Disks after a cut."""
    recovered: int = 0
    """Those that differ, run by run."""
    passed_by: int = 0
    """Cuts of which not all disks were built."""
    faults: set[Fault] = field(default_factory=set)


EVERY_DISK = sys.maxsize
ALL = frozenset(Fault)


def checked(trials: Iterable[Trial], place: Path, *, most: int = EVERY_DISK, until: Collection[Fault] = ALL) -> Found:
    """Cut the power after every operation, run by run, until such faults are found.

    Of each cut at most so many disks are built, those that lack the least first.
    """
    found = Found()
    journals = Journals(place / "journal.jsonl")
    for number, trial in enumerate(trials):
        _check(trial, Recovery(place / f"out-{number}", trial.promise, journals), found, most)
        if found.faults.issuperset(until):
            break
    return found


def _check(trial: Trial, recovery: Recovery, found: Found, most: int) -> None:
    seen = set()
    for number in range(trial.first_cut, len(trial.power.operations) + 1):
        told = trial.power.operations[trial.power.began : number]
        acknowledged = frozenset(one.key for one in told if isinstance(one, Acknowledged))
        possible = disks(cut_after(trial.power, number), besides=TEMPORARY)
        for disk in islice(possible, most):
            found.built += 1
            state = (frozenset(disk.items()), acknowledged)
            if state not in seen:
                seen.add(state)
                found.faults |= recovery.faults(disk, acknowledged)
        found.cuts += 1
        found.passed_by += next(possible, None) is not None
    found.recovered += len(seen)
