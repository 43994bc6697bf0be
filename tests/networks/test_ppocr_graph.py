"""Kraken's PP-OCRv6 networks as graphs compute what torch computes of each line alone."""

import numpy as np
import pytest

from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.files.kraken_models import load_network
from htrkit.models.catalog import STARTERS, Starter
from htrkit.networks import ppocr_graph, vgsl_graph
from htrkit.networks.graph import NoGraph
from tests.fakes.graphs import together
from tests.fakes.kraken_networks import chance, each_alone, ppocr_network

pytestmark = pytest.mark.slow

WIDTHS = (96, 131, 33, 200)


def test_lines_of_any_width_in_one_batch_are_read_as_torch_reads_each_alone() -> None:
    network = ppocr_network()
    lines = chance(WIDTHS, height=48, channels=3)
    for alone, beside in zip(each_alone(network, lines), together(ppocr_graph.line_graph(network), lines), strict=True):
        assert beside.shape == alone.shape
        assert np.abs(beside - alone).max() < 1e-4 * max(1, np.abs(alone).max())
        assert alone.std() > 1e-3


def test_the_variant_without_a_neck_is_not_known() -> None:
    with pytest.raises(NoGraph, match="its variant `tiny` is not known to htrkit"):
        ppocr_graph.line_graph(ppocr_network("tiny"))


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.name)
def test_starters_read_as_with_torch(starter: Starter) -> None:
    network = load_network(LoadOrder(str(starter.path), ModelFacts(starter.name, "")), task="recognition")
    _, channels, height, _ = network.input
    module = ppocr_graph if starter.name == "latin-modern" else vgsl_graph
    lines = chance(WIDTHS, height=height, channels=channels)
    for alone, beside in zip(each_alone(network, lines), together(module.line_graph(network), lines), strict=True):
        assert beside.shape == alone.shape
        assert np.abs(beside - alone).max() < 1e-3
        assert np.abs(_softmax(beside) - _softmax(alone)).max() < 1e-4


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))
