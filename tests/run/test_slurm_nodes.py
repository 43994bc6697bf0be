"""What nodes have is reckoned from what was asked for, and wishes that contradict each other are refused."""

import pytest

from htrkit.config.settings import Settings
from htrkit.core.device_seen import TorchBuild
from htrkit.domain.device import DriverState
from htrkit.domain.errors import UsageProblem
from htrkit.run.slurm_nodes import Nodes, fitted_to, nodes_for, torch_findings

CUDA, NO_CUDA = TorchBuild("2.9.1+cu128", "12.8"), TorchBuild("2.14.0+cpu", None)


def nodes(gpus: int | None = None, cpus: int | None = None, card: str | None = None, **wishes: object) -> Nodes:
    return nodes_for(Settings.model_validate(wishes), gpus=gpus, cpus=cpus, card=card)


@pytest.mark.parametrize(
    ("asked", "gpus", "cores", "assumed"),
    [
        ({}, 1, 8, True),
        ({"gpus": 2, "card": "h100"}, 2, 16, False),
        ({"gpus": 0}, 0, 8, False),
        ({"device": "cpu"}, 0, 8, False),
        ({"device": "cpu", "cpus": 32}, 0, 32, False),
        ({"device": "cpu", "jobs": 6, "threads": 2}, 0, 12, False),
        ({"jobs": 4}, 1, 4, True),
        ({"server": "http://inference:8000/v1"}, 0, 8, False),
    ],
)
def test_a_shard_has_a_gpu_and_eight_cores_unless_something_else_is_asked(
    asked: dict[str, object], gpus: int, cores: int, assumed: bool
) -> None:
    found = nodes(**asked)  # type: ignore[arg-type]

    assert (found.gpus, found.cores, found.assumed) == (gpus, cores, assumed)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"gpus": 1, "device": "cpu"}, "stand idle"),
        ({"card": "l40s", "server": "http://inference:8000/v1"}, "an inference server reads"),
        ({"card": "l40s:2"}, "--gpu l40s --gpus-per-shard"),
        ({"card": "l40s", "gpus": 0}, "--gpus-per-shard"),
        ({"card": "abacus"}, "Take one of"),
        ({"executor": "ray"}, "a shard on Slurm reads on the node"),
        ({"gpus": 999}, "no number of cards"),
    ],
)
def test_wishes_that_contradict_each_other_are_refused(asked: dict[str, object], said: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        nodes(**asked)  # type: ignore[arg-type]
    assert said in f"{refused.value.what} {refused.value.mend}"


def test_a_node_is_seen_with_its_gpus_although_none_is_here() -> None:
    seen = nodes(gpus=2, card="t4").seen()

    assert [one.name for one in seen.choosable] == ["NVIDIA T4", "NVIDIA T4"]
    assert len({one.uuid for one in seen.gpus}) == 2
    assert (seen.cpu.cores, seen.build, seen.visible) == (16, None, None)
    assert nodes(device="cpu").seen().machine.driver is DriverState.ABSENT


@pytest.mark.parametrize(
    ("asked", "fitted"),
    [
        ({}, {"jobs": 8}),
        ({"jobs": 3}, {}),
        ({"device": "cpu"}, {"jobs": 8, "threads": 1}),
        ({"device": "cpu", "threads": 4}, {"jobs": 2}),
        ({"gpus": 0}, {"device": "cpu", "jobs": 8, "threads": 1}),
        ({"gpus": 0, "parallel_gpus": True}, {"device": "cpu", "parallel_gpus": False, "jobs": 8, "threads": 1}),
        ({"server": "http://inference:8000/v1"}, {}),
    ],
)
def test_a_shard_takes_the_cores_that_it_was_given_and_no_gpu_that_it_was_not(
    asked: dict[str, object], fitted: dict[str, object]
) -> None:
    settings = Settings.model_validate({name: value for name, value in asked.items() if name != "gpus"})

    assert fitted_to(nodes(**asked), settings) == fitted  # type: ignore[arg-type]


def test_a_torch_that_computes_on_no_gpu_is_said_and_blocks_nothing() -> None:
    (found,) = torch_findings(nodes(), NO_CUDA)

    assert "2.14.0+cpu" in found.message
    assert "-d cpu" in found.mend
    assert not torch_findings(nodes(), CUDA)
    assert not torch_findings(nodes(), None)
    assert not torch_findings(nodes(device="cpu"), NO_CUDA)
