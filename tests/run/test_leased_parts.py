"""The parts of a leased run by themselves: names, views, files that land, places, and what is told once."""

from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.config.choices import ExecutorKind, OnError
from htrkit.config.layers import Layer, resolve
from htrkit.config.settings import Settings
from htrkit.core.guardrails import guardrail_findings
from htrkit.domain.events import (
    DeviceShort,
    Event,
    MachineSampled,
    MemoryEnough,
    MemoryShort,
    PageDone,
    PageStarted,
    RunContinued,
    RunPaused,
    ServerStarted,
    WorkerStarted,
    WrittenFile,
)
from htrkit.domain.finding import Severity
from htrkit.domain.geometry import Size
from htrkit.domain.glimpse import Glimpse, OnDevice
from htrkit.domain.names import PageKey
from htrkit.domain.page import ImageFacts
from htrkit.domain.sample import DeviceSample, MachineSample, ProcessSample
from htrkit.domain.schedule import InHand
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import ENGINES
from htrkit.run.agent_messages import PIECE_BYTES, Brings, Seen, Share, Wants, packed, unpacked
from htrkit.run.agents import Place
from htrkit.run.briefing import settings_there
from htrkit.run.cluster_view import ClusterView
from htrkit.run.guarding import guarded
from htrkit.run.landing import Landing
from htrkit.run.lending import Lending
from htrkit.run.node_names import Naming
from htrkit.run.option_findings import placement_findings
from htrkit.run.placing import NOBODY_SECONDS, START_SECONDS, Placing
from htrkit.run.settling import UNSEEN_SECONDS, Distrusted, Settling, Unsettled
from htrkit.run.together import Together

CPU = Place("n1", 8)
CARD = Place("n1", 8, gpu=2, gpus=4)
ONLY_CARD = Place("n1", 8, gpu=0, gpus=1)
DONE = PageDone(PageKey("a"), 1, 10, None, 1.0, {}, (WrittenFile("txt/a.txt", 3, ""),))


@pytest.mark.parametrize(
    ("place", "event", "named"),
    [
        (CPU, WorkerStarted("w3", 1, 1.0), WorkerStarted("n1/w3", 1, 1.0, "n1/cpu")),
        (CARD, WorkerStarted("w3", 1, 1.0, "cuda:0"), WorkerStarted("n1/cuda:2/w3", 1, 1.0, "n1/cuda:2")),
        (ONLY_CARD, ServerStarted("cuda:0", 1, 1.0), ServerStarted("n1/cuda:0", 1, 1.0)),
        (CARD, DeviceShort("cuda:0", 0.9, 1), DeviceShort("n1/cuda:2", 0.9, 1)),
        (CPU, PageStarted(PageKey("a"), 1), PageStarted(PageKey("a"), 1)),
        (CPU, replace(DONE, device="http://models:8000"), replace(DONE, device="http://models:8000")),
    ],
)
def test_what_a_node_calls_its_own_is_told_with_the_nodes_name(place: Place, event: Event, named: Event) -> None:
    assert Naming(place).event(event) == named


def test_agents_of_one_node_share_its_cores() -> None:
    assert (CPU.share, CARD.share) == (Share(8), Share(8, 2, 4))
    assert (CPU.name, ONLY_CARD.name, CARD.name) == ("n1", "n1", "n1/cuda:2")


def test_the_view_puts_nodes_together_and_counts_the_memory_of_each_once() -> None:
    view = ClusterView()
    hand = InHand("w0", PageKey("a"), 1, None, since=95.0)
    sample = MachineSample(100, 40, 0, (DeviceSample("cuda:0", 10, 5),), (ProcessSample("w0", 7, 1),))
    glimpse = Glimpse(100.0, (hand,), workers=4, servers=(OnDevice("cuda:0"),))
    for gpu in (0, 1):
        view.see(Place("n1", 8, gpu, 2), Seen(glimpse, sample), at=1000.0)
    view.see(Place("n2", 8), Seen(Glimpse(5.0, workers=2, cores=8, cpu_percent=50), sample), at=1000.0)

    seen = view.glimpse(1001.0)
    assert (seen.workers, seen.hands[0].worker, seen.hands[0].since) == (10, "n1/cuda:0/w0", 995.0)
    assert [one.server for one in seen.servers] == ["n1/cuda:0", "n1/cuda:1", "n2/cpu"]
    machine = view.sample()
    assert (machine.total_bytes, machine.free_bytes) == (200, 80)
    assert [one.device for one in machine.devices] == ["n1/cuda:0", "n1/cuda:1", "n2/cpu"]
    assert machine.devices[2].utilisation_percent == 50

    view.measure("n2", MachineSampled(100, 40, 0, (), (ProcessSample("w0", 7, 1, 1),)))
    view.forget("n1/cuda:0")
    point = view.point()
    assert {one.process: one.proportional_bytes for one in point.processes if one.process != "run"} == {
        "n1/cuda:1/w0": None,
        "n2/w0": 1,
    }


def test_states_of_several_agents_are_told_when_the_first_enters_and_the_last_leaves() -> None:
    together = Together()
    assert together.hear("n1", RunPaused("full"))
    assert not together.hear("n2", RunPaused("full"))
    assert not together.hear("n1", RunContinued(1.0))
    assert together.hear("n2", RunContinued(1.0))
    assert together.hear("n1", MemoryShort(0.9, 1))
    assert not together.hear("n2", MemoryEnough(0.1))
    assert together.forget("n1") == (MemoryEnough(0.0),)
    assert together.forget("n2") == ()


def test_places_that_failed_come_last_and_are_given_up_in_the_end() -> None:
    placing, places = Placing(), [Place("n1", 1), Place("n2", 1)]
    for _ in range(2):
        placing.placed(places[0], 0.0)
        placing.lost("n1", "exit code 1")
    assert [place.name for place in placing.wanted(places, most=9)] == ["n2", "n1"]
    assert placing.wanted(places, most=1) == [places[1]]
    placing.lost("n1", "exit code 1")
    assert placing.wanted(places, most=9) == [places[1]]
    placing.refuse("n2", "no card")
    assert placing.hopeless(places, 0.0) == "n2: no card"


def test_an_agent_that_is_not_ready_in_time_is_overdue() -> None:
    placing = Placing()
    for name in ("n1", "n2"):
        placing.placed(Place(name, 1), 0.0)
    placing.ready("n1")
    assert placing.overdue(START_SECONDS - 1) == []
    assert placing.overdue(START_SECONDS) == ["n2"]


def test_inputs_that_are_away_as_a_whole_are_owed_until_they_are_back(tmp_path: Path) -> None:
    share = tmp_path / "share"
    page = PageSource(PageKey("a"), str(share / "a.jpg"), root=str(share))
    lending = Lending.of([page])
    wants = Wants(page.path)
    assert lending.piece("n1", wants) is None
    assert str(share) in lending.trouble()
    assert lending.paid() == []
    share.mkdir()
    (share / "a.jpg").write_bytes(b"picture")
    ((agent, piece),) = lending.paid()
    assert (agent, unpacked(piece.content), piece.last) == ("n1", b"picture", True)
    assert lending.owed == []


def test_a_single_file_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    (tmp_path / "b.jpg").write_bytes(b"picture")
    page = PageSource(PageKey("a"), str(tmp_path / "a.jpg"), root=str(tmp_path))
    piece = Lending.of([page]).piece("n1", Wants(page.path))
    assert piece is not None
    assert not piece.there


def test_a_large_file_is_lent_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x" * (PIECE_BYTES + 1))
    page = PageSource(PageKey("a"), str(tmp_path / "a.jpg"), root=str(tmp_path))
    lending = Lending.of([page])
    first, second = (lending.piece("n1", Wants(page.path, offset)) for offset in (0, PIECE_BYTES))
    assert first is not None
    assert second is not None
    assert (first.last, second.last, len(unpacked(second.content))) == (False, True, 1)


def test_a_cluster_without_nodes_is_waited_for_a_while() -> None:
    placing = Placing()
    placing.lost("n1", "its node is gone")
    assert placing.hopeless([], 5.0) is None
    assert placing.hopeless([], 5.0 + NOBODY_SECONDS) is not None
    assert placing.hopeless([Place("n2", 1)], 5.0 + NOBODY_SECONDS) is None


def test_files_that_never_show_up_cost_their_agent_its_credit(tmp_path: Path) -> None:
    settling = Settling(Landing(tmp_path), lambda _: None, lambda: True)
    assert settling.settle(Unsettled("n1", DONE, 0.0)) is None
    assert settling.look(1.0) == []
    (distrusted,) = settling.look(UNSEEN_SECONDS)
    assert isinstance(distrusted, Distrusted)
    settling.settle(Unsettled("n2", DONE, 0.0))
    settling.forget("n2")
    assert settling.look(UNSEEN_SECONDS) == []


def test_what_an_agent_brought_is_forgotten_with_it(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.take("n1", Brings(DONE.key, "txt/a.txt", packed(b"abc")))
    landing.forget("n1")
    assert not landing._brought


def test_what_is_decided_over_the_whole_run_is_not_the_nodes_business() -> None:
    settings = Settings(executor=ExecutorKind.RAY, address="head:6379", on_error=OnError.ABORT, device="cuda:3")
    there = settings_there(settings, CARD)
    assert (there.executor, there.address, there.device) == (ExecutorKind.LOCAL, None, "all")
    assert (there.on_error, there.max_fail_rate) == (OnError.CONTINUE, "off")
    assert settings_there(settings, CPU).device == "cpu"
    assert settings_there(settings.model_copy(update={"device": "cpu"}), CARD).device == "cpu"


def test_a_picture_that_was_brought_is_cited_as_it_is_called_at_home() -> None:
    facts = ImageFacts("a.jpg", "/tmp/htrkit-agent-1/in/scans/a.jpg", "", Size(1, 1))  # noqa: S108 - nothing is there
    assert facts.without("/tmp/htrkit-agent-1/in").path == "/scans/a.jpg"  # noqa: S108 - as above
    assert facts.without("") == facts


@pytest.mark.parametrize(
    ("values", "severities"),
    [
        ({"address": "head:6379"}, [Severity.WARNING]),
        ({"executor": "ray", "workforce": "inline"}, [Severity.NOTE, Severity.BLOCKER]),
        ({"executor": "ray", "address": "head:6379"}, [Severity.NOTE]),
        ({}, []),
    ],
)
def test_settings_of_a_cluster_that_contradict_each_other_are_said(
    values: dict[str, object], severities: list[Severity]
) -> None:
    found = list(placement_findings(resolve([Layer("command line", values)])))
    assert [one.severity for one in found] == severities


def test_no_device_of_this_machine_stands_in_the_way_of_a_cluster() -> None:
    row = next(one for one in ENGINES if one.name == "qwen3-vl")
    looked_at = guarded(Settings(engine="qwen3-vl", executor=ExecutorKind.RAY), row, (), None)
    assert not [one for one in guardrail_findings(looked_at) if one.severity is Severity.BLOCKER]


def test_a_place_that_is_distrusted_twice_is_given_up() -> None:
    placing, places = Placing(), [Place("n1", 1)]
    placing.distrust("n1", "not seen")
    assert placing.unseen("n1")
    assert placing.wanted(places, most=9) == places
    placing.distrust("n1", "not seen")
    assert placing.wanted(places, most=9) == []


def test_what_is_seen_at_last_is_told_before_its_agent_is_distrusted(tmp_path: Path) -> None:
    settling = Settling(Landing(tmp_path), lambda _: None, lambda: True)
    seen = replace(DONE, key=PageKey("b"), files=(WrittenFile("txt/b.txt", 0, ""),))
    for page in (DONE, seen):
        settling.settle(Unsettled("n1", page, 0.0))
    assert settling.unsettled("n1") == {"a", "b"}
    (tmp_path / "txt").mkdir()
    (tmp_path / "txt/b.txt").touch()
    assert [type(one) for one in settling.look(UNSEEN_SECONDS)] == [Unsettled, Distrusted]
