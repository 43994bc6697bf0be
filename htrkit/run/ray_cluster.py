"""A Ray cluster: it says where agents may be, starts them, and carries words; nothing else of Ray is used."""

import importlib
import logging
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused, RunStopped
from htrkit.run.agent_messages import AgentLost, AgentSaid, ToAgent
from htrkit.run.agents import Line, Place
from htrkit.run.messages import ChannelBroken
from htrkit.run.ray_agent import RayAgent

INSTALL = 'Install it on all nodes: pip install "htrkit[ray]".'
TALK_SECONDS = 0.5
"""How long an agent that has nothing to say holds a call; what the driver says then waits for so long at most."""
REACH_SECONDS = 10.0
CLIENT = "ray://"
CAUSES = {"ActorUnavailableError": "it cannot be reached any more"}
"""What Ray says at length, in short."""


def reach(address: str) -> None:
    """Look whether anybody listens at `host:port`; raises OSError. Ray itself would look for many minutes."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), REACH_SECONDS).close()


def connected(address: str | None, *, on_cpu: bool, reach: Callable[[str], None] = reach) -> "RayAgents":
    """Connect with the cluster at the address, the one that is here, or a new one of this machine alone.

    Raises PreflightRefused where there is no Ray, no such cluster, or nothing in it that agents could compute on.
    """
    ray = _ray()
    wanted = address or os.environ.get("RAY_ADDRESS") or None
    if wanted is not None and wanted.startswith(CLIENT):
        raise PreflightRefused(
            f"--address {shown(wanted)}: Ray Client is not used, since it cannot see nodes come and go.",
            mend="Give the head node's own address, as in --address head-node:6379.",
        )
    _keep_quiet(os.environ)
    try:
        if wanted is not None:
            reach(wanted)
        _connect(ray, wanted, os.environ)
    except Exception as error:  # Ray raises a dozen kinds, and all of them mean the same here
        raise _unreachable(wanted, error) from error
    agents = RayAgents(ray, on_cpu=on_cpu)
    if not agents.places():
        agents.close()
        raise PreflightRefused(
            "The Ray cluster has neither GPUs nor CPUs for an agent.",
            mend="Start its nodes with some: ray start --address … --num-gpus 1, or --num-cpus 8.",
        )
    return agents


def _ray() -> Any:  # noqa: ANN401 - a library that is there or not
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise PreflightRefused("--executor ray: Ray is not installed here.", mend=INSTALL) from error


def _keep_quiet(environment: MutableMapping[str, str]) -> None:
    """Let Ray send nobody word of this run, unless the user has said that it may; it is asked before Ray starts."""
    environment.setdefault("RAY_USAGE_STATS_ENABLED", "0")


def _connect(ray: Any, address: str | None, environment: MutableMapping[str, str]) -> None:  # noqa: ANN401 - as above
    """Connect; without an address, with what was started here, else start a new one."""
    # The agents' own logs stand in OUT, and others' lines would tear the screen.
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "namespace": "htrkit"}
    if address is not None:
        ray.init(address=address, **quiet)
    else:
        try:
            ray.init(address="auto", **quiet)
        except ConnectionError:
            # A token of its own, since Ray would leave one in the user's home, and ask all later clusters for it.
            environment.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
            ray.init(address="local", include_dashboard=False, **quiet)
    with suppress(ImportError):
        # Ray prints a page for each node that dies, whatever is said of logs; this is how its own debugger stops that.
        printing = importlib.import_module("ray._private.worker")
        printing._worker_logs_enabled = False  # type: ignore[attr-defined]  # noqa: SLF001 - as above


def _unreachable(address: str | None, error: Exception) -> PreflightRefused:
    words = " ".join(str(error).split())
    where = f" at {shown(address)}" if address is not None else ""
    mend = "Look whether it runs there (ray status), and whether a firewall stands between."
    if "ersion" in words:
        mend = "Install the same versions of Python, Ray and htrkit on all nodes."
    elif "auth" in words.lower() or "token" in words.lower():
        mend = "Copy ~/.ray/auth_token of the head node to this machine, or put what it holds into RAY_AUTH_TOKEN."
    return PreflightRefused(f"The Ray cluster{where} cannot be used: {words[:300]}", mend=mend)


@dataclass(slots=True)
class _Actor:
    """An agent's actor, and the call that it has in hand."""

    handle: Any
    node_id: str
    line: Line = field(default_factory=Line)
    call: Any = None


class RayAgents:
    """The agents that were started through Ray."""

    def __init__(self, ray: Any, *, on_cpu: bool) -> None:  # noqa: ANN401 - as above
        self._ray = ray
        self._kind = ray.remote(RayAgent)
        self._nodes: dict[str, str] = {}
        """By Ray's ids, the names of all nodes that there ever were."""
        self._by_name: dict[str, str] = {}
        self._actors: dict[str, _Actor] = {}
        self._on_gpus = not on_cpu and any(_gpus(node) for node in self._living())

    def places(self) -> Sequence[Place]:
        """Give every GPU of every node; where the cluster had none when the run began, every node."""
        return [place for node in self._living() for place in self._places_of(node)]

    def start(self, place: Place) -> None:
        """Start an actor on the place's node; Ray makes it see one GPU alone."""
        node_id = self._by_name[place.node]
        affinity = importlib.import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy
        options = {
            "num_gpus": 0 if place.gpu is None else 1,
            "num_cpus": place.cores if place.gpu is None else 0,
            "max_restarts": 0,
            "max_task_retries": 0,
            "scheduling_strategy": affinity(node_id, soft=False),
        }
        handle = self._kind.options(**options).remote()
        self._actors[place.name] = _Actor(handle, node_id)

    def say(self, agent: str, message: ToAgent) -> None:
        """Put a message in line; it goes out with the next call."""
        if (actor := self._actors.get(agent)) is not None:
            actor.line.say(message)

    def heard(self, patience_seconds: float) -> Iterator[AgentSaid | AgentLost]:
        """Wait for what agents say, and give all of it; raises RunStopped where the cluster itself is gone."""
        for actor in self._actors.values():
            if actor.call is None:
                actor.call = actor.handle.talk.remote(actor.line.taken(), TALK_SECONDS)
        calls = {actor.call: name for name, actor in self._actors.items()}
        if not calls:
            time.sleep(patience_seconds)
        for call in self._answered(list(calls), patience_seconds):
            yield from self._answer(calls[call])

    def kill(self, agent: str) -> None:
        """End an agent; its process dies with the actor."""
        if (actor := self._actors.pop(agent, None)) is not None:
            with suppress(self._ray.exceptions.RayError):
                self._ray.kill(actor.handle)

    def close(self) -> None:
        """End all agents, and leave the cluster; one that was started for this run ends with it."""
        for agent in list(self._actors):
            self.kill(agent)
        self._ray.shutdown()

    def _answered(self, calls: list[Any], patience_seconds: float) -> list[Any]:
        if not calls:
            return []
        try:
            first, _ = self._ray.wait(calls, num_returns=1, timeout=patience_seconds)
            if not first:
                return []
            answered, _ = self._ray.wait(calls, num_returns=len(calls), timeout=0)
        except self._ray.exceptions.RayError as error:
            raise RunStopped(
                f"The Ray cluster cannot be reached any more: {error}", mend="What is done is kept; then resume."
            ) from error
        return list(answered)

    def _answer(self, name: str) -> Iterator[AgentSaid | AgentLost]:
        actor = self._actors[name]
        try:
            content, cause = self._ray.get(actor.call)
            actor.call = None
            for message in actor.line.heard(content):
                yield AgentSaid(name, message)
        except self._ray.exceptions.RayError as error:
            # Also where the call may have been carried out all the same: whoever cannot be heard is believed dead.
            cause = self._cause(actor, error)
        except ChannelBroken as error:
            cause = error.what
        if cause:
            self.kill(name)
            yield AgentLost(name, cause)

    def _cause(self, actor: _Actor, error: Exception) -> str:
        if actor.node_id not in {node["NodeID"] for node in self._living()}:
            return "its node is gone"
        if (short := CAUSES.get(type(error).__name__)) is not None:
            return short
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return f"Ray says: {lines[-1][:300]}" if lines else type(error).__name__

    def _living(self) -> list[Mapping[str, Any]]:
        return [node for node in self._ray.nodes() if node["Alive"]]

    def _places_of(self, node: Mapping[str, Any]) -> Iterator[Place]:
        name, gpus = self._name(node), _gpus(node)
        cores = int(node["Resources"].get("CPU", 0))
        if self._on_gpus:
            yield from (Place(name, max(cores, 1), gpu, gpus) for gpu in range(gpus))
        elif cores:
            yield Place(name, cores)

    def _name(self, node: Mapping[str, Any]) -> str:
        """Call a node by its host, and the second of the same host, after a restart or in tests, `host#2`."""
        node_id = str(node["NodeID"])
        if node_id not in self._nodes:
            host = str(node.get("NodeManagerHostname") or node.get("NodeName") or node_id[:8])
            same = Counter(name.rpartition("#")[0] or name for name in self._nodes.values())[host]
            self._nodes[node_id] = f"{host}#{same + 1}" if same else host
            self._by_name[self._nodes[node_id]] = node_id
        return self._nodes[node_id]


def _gpus(node: Mapping[str, Any]) -> int:
    return int(node["Resources"].get("GPU", 0))
