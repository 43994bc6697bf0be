"""Whoever comes first plans a run and cuts it; the others hold what they were asked for against it."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from htrkit.config.layers import Layer, resolve
from htrkit.domain.errors import OutputHeld, PreflightRefused, UsageProblem
from htrkit.domain.shards import Shard
from htrkit.run.again import Again
from htrkit.run.plan_pages import read_plan
from htrkit.run.preflight import Ready, Request
from htrkit.run.shard_cuts import planning, read_cuts
from htrkit.run.shard_planning import ShardPlanned, given_anew, shard_planned
from htrkit.run.shard_recutting import recut_into
from tests.fakes.runs import Shelf

Plans = Callable[..., ShardPlanned]


def request(shelf: Shelf, *inputs: str, **typed: object) -> Request:
    layer = Layer("command line", {"formats": "txt,page,csv", **typed})
    return Request(inputs or ("scans",), shelf.out.path, None, (layer,), {}, shelf.folder)


@pytest.fixture
def planned_by() -> list[str]:
    """Who has planned, by what they were told."""
    return []


@pytest.fixture
def plan(shelf: Shelf, planned_by: list[str]) -> Plans:
    """Ask for a shard, as a process of its own would."""

    def ask(written: str, *inputs: str, **typed: object) -> ShardPlanned:
        def ready_of(asked: Request) -> Ready:
            planned_by.append(written)
            return shelf.planned(*asked.inputs)[0]

        shard = Shard.read(written)
        again = Again(shelf.out.path, {}, shelf.folder, shard=shard, cut=1)
        return shard_planned(request(shelf, *inputs, **typed), shard, again=again, ready_of=ready_of)

    return ask


def test_the_first_comer_plans_and_cuts_whichever_shard_it_is(shelf: Shelf, plan: Plans, planned_by: list[str]) -> None:
    for written in ("3/4", "1/4", "4/4", "3/4"):
        plan(written)

    assert planned_by == ["3/4"]
    assert [cut.of for cut in read_cuts(shelf.out).all] == [4]
    assert len(read_plan(shelf.out).pages) == 5


def test_all_that_come_at_once_wait_for_one(shelf: Shelf, plan: Plans, planned_by: list[str]) -> None:
    threads = [Thread(target=plan, args=(f"{number}/8",)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(planned_by) == 1
    assert shelf.out.plan.exists()


@pytest.mark.parametrize("first", ["1/3", "2/3", "3/3"])
def test_the_cut_is_the_same_whoever_comes_first(shelf: Shelf, plan: Plans, first: str) -> None:
    plan(first)

    assert read_cuts(shelf.out).all[0].shards == ((0, 3), (1, 4), (2,))


def test_a_planner_that_was_killed_before_its_plan_was_written_is_followed_by_another(
    shelf: Shelf, plan: Plans, planned_by: list[str]
) -> None:
    plan("1/4")
    shelf.out.plan.unlink()
    plan("2/4")

    assert planned_by == ["1/4", "2/4"]


def test_a_planner_that_is_refused_leaves_the_plan_to_the_next(shelf: Shelf, plan: Plans) -> None:
    def refused(_: Request) -> Ready:
        raise PreflightRefused("no model", mend="bring one")

    shard = Shard(1, 4)
    again = Again(shelf.out.path, {}, shelf.folder, shard=shard, cut=1)
    with pytest.raises(PreflightRefused):
        shard_planned(request(shelf), shard, again=again, ready_of=refused)
    plan("2/4")

    assert shelf.out.plan.exists()


def test_what_differs_from_the_plan_is_named_with_the_command_that_goes_on(shelf: Shelf, plan: Plans) -> None:
    plan("1/4")
    with pytest.raises(UsageProblem) as caught:
        plan("2/4", "scans", "more", dpi=400)

    assert "dpi: was 300, now 400" in caught.value.what
    assert "INPUT: was scans, now scans more" in caught.value.what
    assert f"htrkit resume {shelf.out.path} --shard 2/4" in caught.value.mend


def test_another_folder_is_another_run(plan: Plans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan("1/4")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    with pytest.raises(UsageProblem, match="current folder: was"):
        plan("2/4")


def test_devices_jobs_limits_and_screens_may_differ(plan: Plans, planned_by: list[str]) -> None:
    plan("1/4", jobs="2", retries=0)
    plan("2/4", jobs="7", device="cpu", progress="plain")

    assert planned_by == ["1/4"]


def test_another_number_of_shards_is_refused(plan: Plans) -> None:
    plan("1/4")
    with pytest.raises(UsageProblem, match="was cut into 4") as caught:
        plan("2/8")

    assert "htrkit cluster recut" in caught.value.mend


def test_a_shard_of_the_first_cut_is_still_asked_for_after_another_cut(shelf: Shelf, plan: Plans) -> None:
    plan("1/4")
    recut_into(shelf.out.path, 2, say=lambda _: None)
    plan("4/4")


def test_a_run_in_no_shards_is_not_taken_for_one(shelf: Shelf, plan: Plans) -> None:
    shelf.run(lives=1)
    with pytest.raises(OutputHeld, match="in no shards") as caught:
        plan("1/4")

    assert "htrkit cluster recut" in caught.value.mend


def test_a_run_that_had_begun_before_it_was_cut_goes_on_by_resume(shelf: Shelf, plan: Plans) -> None:
    shelf.run(lives=1)
    recut_into(shelf.out.path, 2, say=lambda _: None)
    with pytest.raises(UsageProblem, match="had begun before") as caught:
        plan("4/4")

    assert f"htrkit resume {shelf.out.path} --shard 2/2" in caught.value.mend


def test_an_engine_that_nobody_knows_leaves_no_trace(shelf: Shelf, plan: Plans) -> None:
    with pytest.raises(UsageProblem):
        plan("1/4", engine="krakn")

    assert not shelf.out.path.exists()


def test_who_waits_is_told_for_whom(shelf: Shelf) -> None:
    told: list[str] = []
    shard = Shard(1, 4)
    again = Again(shelf.out.path, {}, shelf.folder, shard=shard, cut=1, say=told.append)
    with planning(shelf.out, say=told.append):
        plans = Thread(
            target=shard_planned,
            args=(request(shelf), shard),
            kwargs={"again": again, "ready_of": lambda _: shelf.planned()[0]},
        )
        plans.start()
        while not told:
            plans.join(0.01)
    plans.join()

    assert told[0].startswith("waiting: ")
    assert shelf.out.plan.exists()


def test_what_is_given_anew_is_what_was_asked_for_and_nothing_else() -> None:
    resolved = resolve([Layer("htrkit.toml", {"jobs": "3", "dpi": 400}), Layer("command line", {"retries": 0})])

    assert dict(given_anew(resolved).values) == {"jobs": 3, "retries": 0}
