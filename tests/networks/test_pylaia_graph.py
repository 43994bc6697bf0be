"""PyLaia's networks as graphs compute what the reference computes of each line alone."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from htrkit.engines.pylaia_network import PylaiaNetwork
from htrkit.networks.graph import NoGraph
from htrkit.networks.pylaia_graph import line_graph
from tests.fakes.graphs import together
from tests.fakes.kraken_networks import chance
from tests.fakes.pylaia_models import PLANS, network, plan, with_first

WIDTHS = (61, 24, 40, 5, 17)


def alone(built: PylaiaNetwork, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    with torch.inference_mode():
        return [built(torch.from_numpy(line)[None], [line.shape[2]])[0][:, 0].numpy() for line in lines]


@pytest.mark.parametrize("name", PLANS)
def test_lines_of_any_width_in_one_batch_are_read_as_alone(name: str) -> None:
    built = network(PLANS[name])
    graph = line_graph(built)
    for height in (16,) if built.plan.fixed_height else (16, 23, 5):
        lines = chance(WIDTHS, height=height)
        for one, beside in zip(alone(built, lines), together(graph, lines), strict=True):
            assert beside.shape == one.shape
            assert np.abs(beside - one).max() < 1e-5
            assert one.std() > 1e-3


def test_a_height_that_comes_out_otherwise_is_said() -> None:
    """Even kernels lose a row; torch then refuses every line."""
    built = network(with_first(plan(sequencer="none"), kernel=(4, 3)))
    with pytest.raises(NoGraph, match="its lines come out with another height than 4"):
        line_graph(built)


def test_an_activation_that_is_not_known_is_said() -> None:
    built = network(plan())
    built.conv[0].activation = torch.nn.Mish()  # type: ignore[union-attr,index]
    with pytest.raises(NoGraph, match="its activation Mish is not known to htrkit"):
        line_graph(built)
