"""What is said where Ray, its cluster or its address is not what is needed; and how its words are understood."""

import os
import socket
import sys
from types import ModuleType
from typing import Any

import pytest

from htrkit.domain.errors import PreflightRefused, RunStopped
from htrkit.run.agent_messages import AgentLost, AgentSaid, EndNow, HasEnded
from htrkit.run.messages import framed
from htrkit.run.ray_cluster import RayAgents, connected
from tests.fakes.fake_ray import FakeRay, RayError


def node(name: str, host: str = "host", *, alive: bool = True, **resources: float) -> dict[str, Any]:
    return {"NodeID": name, "NodeManagerHostname": host, "Alive": alive, "Resources": resources}


def reached(address: str) -> None:
    """Somebody listens at every address."""
    assert address == "head:6379"


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    fake = FakeRay([node("x", CPU=8.0)])
    strategies = ModuleType("ray.util.scheduling_strategies")
    strategies.NodeAffinitySchedulingStrategy = lambda node_id, soft: (node_id, soft)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ray", fake)
    monkeypatch.setitem(sys.modules, "ray.util", ModuleType("ray.util"))
    monkeypatch.setitem(sys.modules, "ray.util.scheduling_strategies", strategies)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    return fake


def test_without_ray_the_command_that_brings_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(PreflightRefused) as refused:
        connected(None, on_cpu=False)
    assert 'pip install "htrkit[ray]"' in refused.value.mend


def test_the_cluster_that_is_here_is_taken_and_else_a_new_one_is_started(ray: FakeRay) -> None:
    ray.connections = [ConnectionError("no cluster"), None]
    connected(None, on_cpu=False)
    assert [words["address"] for words in ray.inits] == ["auto", "local"]
    assert all(words["log_to_driver"] is False for words in ray.inits)


def test_where_nobody_listens_ray_is_not_asked(ray: FakeRay) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(PreflightRefused, match="refused"):
            connected(address, on_cpu=False)
    assert ray.inits == []


def test_an_address_is_taken_and_no_other_cluster(ray: FakeRay) -> None:
    ray.connections = [ConnectionError("Connection refused")]
    with pytest.raises(PreflightRefused, match="at head:6379 cannot be used: Connection refused"):
        connected("head:6379", on_cpu=False, reach=reached)
    assert len(ray.inits) == 1


def test_what_ray_address_names_is_taken_and_no_other(ray: FakeRay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    ray.connections = [ConnectionError("Connection refused")]
    with pytest.raises(PreflightRefused):
        connected(None, on_cpu=False, reach=reached)
    assert [words["address"] for words in ray.inits] == ["head:6379"]


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (RuntimeError("Version mismatch: the cluster was started with Ray 2.9"), "same versions"),
        (RuntimeError("Invalid auth token"), "auth_token"),
        (ConnectionError("Connection refused"), "ray status"),
    ],
)
def test_what_may_help_is_said(ray: FakeRay, error: Exception, mend: str) -> None:
    ray.connections = [error]
    with pytest.raises(PreflightRefused) as refused:
        connected("head:6379", on_cpu=False, reach=reached)
    assert mend in refused.value.mend


def test_ray_client_is_refused(ray: FakeRay) -> None:
    with pytest.raises(PreflightRefused, match="Ray Client"):
        connected("ray://head:10001", on_cpu=False)
    assert ray.inits == []


@pytest.mark.usefixtures("ray")
def test_nobody_is_told_of_the_run_unless_the_user_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    connected(None, on_cpu=True)
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_a_cluster_without_anything_to_compute_on_is_left_again(ray: FakeRay) -> None:
    ray.living = [node("x")]
    with pytest.raises(PreflightRefused, match="neither GPUs nor CPUs"):
        connected(None, on_cpu=False)
    assert ray.closed


def test_every_gpu_is_a_place_and_nodes_without_any_are_left_out() -> None:
    ray = FakeRay([node("x", GPU=2.0, CPU=16.0), node("y", "other", CPU=8.0), node("z", alive=False, GPU=1.0)])
    agents = RayAgents(ray, on_cpu=False)
    assert [place.name for place in agents.places()] == ["host/cuda:0", "host/cuda:1"]
    assert [place.name for place in RayAgents(ray, on_cpu=True).places()] == ["host", "other"]


def test_nodes_of_one_host_have_names_of_their_own() -> None:
    ray = FakeRay([node("x", CPU=1.0), node("y", CPU=1.0), node("z", CPU=1.0)])
    agents = RayAgents(ray, on_cpu=True)
    assert [place.name for place in agents.places()] == ["host", "host#2", "host#3"]
    ray.living.pop(0)
    assert [place.name for place in agents.places()] == ["host#2", "host#3"]


@pytest.mark.usefixtures("ray")
def test_an_agent_is_placed_on_its_node_with_one_gpu_and_is_never_restarted() -> None:
    ray = FakeRay([node("x", GPU=1.0, CPU=4.0)])
    agents = RayAgents(ray, on_cpu=False)
    agents.start(agents.places()[0])
    given = ray.options_given[0]
    assert (given["num_gpus"], given["num_cpus"], given["max_restarts"]) == (1, 0, 0)
    assert given["scheduling_strategy"] == ("x", False)


def agents_with_one(ray: FakeRay) -> RayAgents:
    agents = RayAgents(ray, on_cpu=True)
    agents.start(agents.places()[0])
    return agents


def test_what_an_agent_says_is_heard_and_what_it_is_told_goes_with_the_next_call(ray: FakeRay) -> None:
    agents = agents_with_one(ray)
    agents.say("host", EndNow())
    frame = framed(HasEnded())
    ray.answers = [(frame[:5], "")]
    assert list(agents.heard(0.0)) == []
    ray.answers = [(frame[5:], "exit code 0")]
    assert list(agents.heard(0.0)) == [AgentSaid("host", HasEnded()), AgentLost("host", "exit code 0")]
    assert ray.spoken[0] == framed(EndNow())
    assert list(agents.heard(0.0)) == []


def test_an_actor_that_cannot_be_reached_is_believed_dead_and_killed(ray: FakeRay) -> None:
    agents = agents_with_one(ray)
    ray.answers = [RayError("The actor is temporarily unavailable:\n  it may or may not have executed")]
    assert list(agents.heard(0.0)) == [AgentLost("host", "Ray says: it may or may not have executed")]
    assert ray.killed == 1


def test_an_actor_whose_node_has_left_the_cluster_is_lost_with_it(ray: FakeRay) -> None:
    agents = agents_with_one(ray)
    ray.answers = [RayError("The actor died")]
    ray.living = [node("x", alive=False)]
    assert list(agents.heard(0.0)) == [AgentLost("host", "its node is gone")]


def test_an_agent_that_speaks_nonsense_is_killed(ray: FakeRay) -> None:
    agents = agents_with_one(ray)
    ray.answers = [(b"\x02\0\0\0{}", "")]
    (lost,) = agents.heard(0.0)
    assert isinstance(lost, AgentLost)
    assert ray.killed == 1


def test_a_cluster_that_is_gone_as_a_whole_stops_the_run(ray: FakeRay) -> None:
    agents = agents_with_one(ray)
    ray.answers = [None]
    with pytest.raises(RunStopped, match="cannot be reached any more"):
        list(agents.heard(0.0))


def test_leaving_the_cluster_ends_all_agents(ray: FakeRay) -> None:
    agents = agents_with_one(ray)
    agents.close()
    assert (ray.killed, ray.closed) == (1, True)
