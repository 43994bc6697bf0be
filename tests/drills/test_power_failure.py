"""The power is cut after every operation of a run; whatever the disk then holds, the recovery keeps every promise."""

import sys
from itertools import islice
from pathlib import Path

import pytest

from htrkit.files.atomic import write_stream
from tests.fakes.power import ROOT, Acknowledged, Power
from tests.fakes.power_check import Found, checked
from tests.fakes.power_cuts import cut_after, disks, held
from tests.fakes.power_mutants import MUTANTS, record_last
from tests.fakes.power_runs import DEATHS, MEETINGS, Protocol, first_run, trials
from tests.fakes.power_verdicts import Fault

FEW_DISKS = 100
"""Enough to find a fault; without a sync the disks that there may be double with every file."""


def show(name: str, found: Found) -> None:
    """Write a row of the table that `pytest -rP` shows."""
    faults = ", ".join(sorted(found.faults)) or "none"
    sys.stdout.write(f"| {name} | {found.cuts} | {found.built} | {found.recovered} | {faults} |\n")


def test_no_cut_breaks_a_promise_of_the_protocol(tmp_path: Path) -> None:
    found = checked(trials(Protocol()), tmp_path)
    show("the protocol", found)

    assert found.faults == set()
    assert found.passed_by == 0
    assert found.cuts > 4000
    assert found.built > 80_000
    assert found.recovered > 3000


def test_the_record_may_be_put_in_place_last_as_well_for_the_journal_comes_after_all(tmp_path: Path) -> None:
    found = checked(islice(trials(Protocol(write=record_last)), 2 + len(MEETINGS)), tmp_path)
    show("the page's record put in place last", found)

    assert found.faults == set()
    assert found.cuts > 1500


@pytest.mark.parametrize("name", MUTANTS)
def test_a_protocol_that_leaves_a_step_out_is_found_out(name: str, tmp_path: Path) -> None:
    protocol, faults = MUTANTS[name]
    with protocol.lines():
        found = checked(trials(protocol), tmp_path, most=FEW_DISKS, until=faults)
    show(name, found)

    assert found.faults >= faults


def test_every_run_that_is_cut_off_had_come_to_its_end_and_every_death_is_died() -> None:
    assert DEATHS.stop == len(first_run(Protocol()).power.operations)
    for trial in trials(Protocol()):
        told = [one.key for one in trial.power.operations if isinstance(one, Acknowledged)]
        assert {*told} >= {*trial.promise.plan}


def after(power: Power) -> list[dict[str, bytes]]:
    return [dict(disk) for disk in disks(cut_after(power, len(power.operations)), besides=".htrkit-")]


def test_what_is_synced_is_never_lost() -> None:
    power = Power()
    write_stream([b"one", b"two"], ROOT / "deep" / "a.csv", disk=power)

    assert after(power) == [{"deep/a.csv": b"onetwo"}]


def test_any_of_the_names_given_since_a_sync_may_be_lost() -> None:
    power = Power()
    for name in ("a", "b"):
        power.create(ROOT / name)
    power.remove(ROOT / "a")

    assert {frozenset(disk) for disk in after(power)} == {frozenset(names) for names in ("", "a", "b", "ab")}


def test_a_name_may_reach_the_device_before_the_content() -> None:
    power = Power()
    power.create(ROOT / "a").write(b"text")
    power.sync_folder(ROOT)

    assert [disk["a"] for disk in after(power)] == [b"text", b"", b"te", bytes(4), b"\0\0xt"]


def test_what_was_added_since_a_sync_is_whole_or_lost_or_torn_and_the_rest_stays() -> None:
    assert held(b"old", b"oldnew!") == (b"oldnew!", b"old", b"oldne", b"old\0\0\0\0", b"old\0\0w!")


def test_a_file_written_anew_may_be_empty_or_as_it_was() -> None:
    assert {b"", b"old", b"new!"} < {*held(b"old", b"new!")}


def test_every_kind_of_fault_is_found_in_some_mutant() -> None:
    names = {fault for _, faults in MUTANTS.values() for fault in faults}

    assert names == {*Fault} - {Fault.TWICE}, "a page is read twice where its output is lacking"
