"""Kraken's VGSL networks as graphs compute what torch computes, whatever they are made of."""

import numpy as np
import pytest

from htrkit.networks.graph import NoGraph
from htrkit.networks.vgsl_graph import line_graph, map_graph
from tests.fakes.graphs import answers, together
from tests.fakes.kraken_networks import chance, each_alone, line_network, map_network, map_of

LINES = {
    "pooled": "[1,12,0,1 Cr3,3,4 Mp2,2 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "in colour": "[1,12,0,3 Cr3,3,4 Mp2,2 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "with dropout": "[1,12,0,1 Cr3,3,4 Do0.1,2 Mp2,2 Do S1(1x0)1,3 Lbx6 Do0.5 Lbx6 Do0.5,1 O1c9]",
    "strided": "[1,16,0,1 Cr5,5,4,2,2 Cr3,3,4,2,2 Cr3,3,4,2,1 S1(1x0)1,3 Lbx6 O1c9]",
    "dilated": "[1,12,0,1 Cr3,3,4,1,1,1,2 Mp2,2 Cr3,9,4,1,1,2,1 S1(1x0)1,3 Lfx6 O1c9]",
    "without activation, and tanh": "[1,12,0,1 Cl3,3,4 Mp2,2 Ct3,3,4 S1(1x0)1,3 Lbx6 O1c9]",
    "sigmoids left out": "[1,12,0,1 Cs3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "even kernels": "[1,12,0,1 Cr2,2,4 Mp3,3,2,2 Cr4,4,4 S1(1x0)1,3 Lbx6 O1c9]",
    "overlapping pools": "[1,12,0,1 Cr3,3,4 Mp3,2,1,2 Mp2,3,2,1 S1(1x0)1,3 Lbx6 O1c9]",
    "pooled in height alone": "[1,12,0,1 Cr3,3,4 Mp4,1,4,1 Cr3,3,4 Mp3,1,3,1 Lbx6 O1c9]",
    "three memories": "[1,8,0,1 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lbx5 Lfx7 Lbx3 O1c9]",
    "called reversed": "[1,8,0,1 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lrx5 O1c9]",
    "folded to the height it has": "[1,8,0,1 Cr3,3,4 Mp2,2 S1(1x4)1,3 Lbx5 O1c9]",
    "of one row": "[1,1,0,1 Cr3,3,4 Lbx5 O1c9]",
    "without a memory": "[1,8,0,1 Cr3,3,4 Mp2,2 S1(1x0)1,3 O1c9]",
    "32 features, which the matrix units like": "[1,8,0,1 Cr3,3,8 Mp2,2 S1(1x0)1,3 Lbx16 Lbx6 O1c9]",
}
WIDTHS = (33, 64, 9, 47, 8, 33, 130)


@pytest.mark.parametrize("name", LINES)
def test_lines_of_any_width_in_one_batch_are_read_as_torch_reads_each_alone(name: str) -> None:
    network = line_network(LINES[name])
    _, channels, height, _ = network.input
    lines = chance(WIDTHS, height=height, channels=channels)

    for alone, beside in zip(each_alone(network, lines), together(line_graph(network), lines), strict=True):
        assert beside.shape == alone.shape
        assert np.abs(beside - alone).max() < 1e-4
        assert alone.std() > 1e-3


def test_a_line_narrower_than_the_pools_gives_one_frame() -> None:
    """Torch cannot read it at all."""
    lines = chance((1, 2, 3, 40), height=12)
    assert [len(read) for read in together(line_graph(line_network()), lines)] == [1, 1, 1, 10]


def test_one_line_alone_is_read_as_in_a_batch() -> None:
    network = line_network()
    (line,) = chance((50,), height=12)
    (alone,) = each_alone(network, [line])
    (read,) = together(line_graph(network), [line])
    assert np.abs(read - alone).max() < 1e-4


def test_a_batch_of_none_is_a_batch_of_none() -> None:
    logits, frames = answers(
        line_graph(line_network()), np.zeros((0, 1, 12, 40), dtype=np.float32), np.zeros(0, dtype=np.int64)
    )
    assert (len(logits), len(frames)) == (0, 0)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("[1,8,0,1 Cr3,3,4 Gn2 Mp2,2 S1(1x0)1,3 Lbx5 O1c9]", "its layer GroupNorm is not known to htrkit"),
        ("[1,8,0,1 Cr3,3,4 Lfys5 Lbx5 O1c9]", "its layer TransposedSummarizingRNN is not known to htrkit"),
        ("[1,8,0,1 Cr3,3,4 Lby5 S1(1x0)1,3 O1c9]", "its layer TransposedSummarizingRNN is not known to htrkit"),
        ("[1,8,0,1 Cr3,3,4 (Cr3,3,2 Cr5,5,2) S1(1x0)1,3 O1c9]", "its layer MultiParamParallel is not known to htrkit"),
        ("[1,8,0,1 Cm3,3,4 S1(1x0)1,3 O1c9]", "its convolutions are of a kind that is not known to htrkit"),
        ("[1,8,0,1 Clr3,3,4 S1(1x0)1,3 O1c9]", "its convolutions are of a kind that is not known to htrkit"),
        ("[1,8,0,1 Cr3,3,4 S1(2x4)1,3 Lbx5 O1c9]", "it folds lines in a way that is not known to htrkit"),
        ("[1,8,0,1 Cr3,3,4 Mp2,2 O1c9]", "its lines keep a height before they are read along"),
        ("[1,8,0,1 Cr3,3,4 S1(1x0)1,3 Lbx5 S1(1x0)1,3 O1c9]", "its layer Reshape is not known to htrkit"),
        ("[1,8,0,1 Cr3,3,4 S1(1x0)1,3 Lbxc5 O1c9]", "it was made by a program before Kraken"),
    ],
)
def test_what_is_not_known_is_said(spec: str, why: str) -> None:
    with pytest.raises(NoGraph) as caught:
        line_graph(line_network(spec))
    assert str(caught.value) == why


MAPS = {
    "like blla": "[1,24,0,3 Cr7,7,4,2,2 Gn2 Cr3,3,8,2,2 Gn4 Cr3,3,8 Gn4 Lbx4 Lby4 Cr1,1,4 Gn4 Lby4 Lbx4 Cs1,1,5]",
    "grey, one way": "[1,24,0,1 Cr3,3,4,2,2 Gn4 Lfx3 Lfy3 Cs1,1,4]",
    "pooled": "[1,24,0,1 Cr3,3,4 Mp2,2 Ct3,3,4 Do0.1,2 Gn1 Cl3,3,4]",
    "memory at the end": "[1,24,0,1 Cr3,3,4,2,2 Lbx4 Lby2]",
    "memories only": "[1,24,0,1 Lbx2 Lby3 Lbx2]",
    "dilated": "[1,24,0,1 Cr3,3,4,1,1,2,2 Gn2 Cr5,5,4,2,2,3,1 Gn2 Cs1,1,4]",
    "of any height": "[1,0,0,1 Cr3,3,4,2,2 Gn2 Lbx4 Lby4 Cs1,1,4]",
}


@pytest.mark.parametrize("width", [32, 31, 17])
@pytest.mark.parametrize("name", MAPS)
def test_maps_of_pages_are_torchs(name: str, width: int) -> None:
    network = map_network(MAPS[name])
    _, channels, height, _ = network.input
    (pixels,) = chance((width,), height=height or 21, channels=channels)
    theirs = map_of(network, pixels)
    (ours,) = answers(map_graph(network), pixels[np.newaxis])

    assert ours[0].shape == theirs.shape
    assert np.abs(ours[0] - theirs).max() < 1e-4
    assert theirs.std() > 1e-3


def test_a_page_of_one_colour_has_a_map() -> None:
    """The variance of groups is nothing then, and its error may be below."""
    network = map_network()
    pixels = np.full((1, 24, 32), 0.7, dtype=np.float32)
    (ours,) = answers(map_graph(network), pixels[np.newaxis])
    assert np.abs(ours[0] - map_of(network, pixels)).max() < 1e-3


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("[1,24,0,1 Cr3,3,4,2,2 CTr3,3,4,2,2 Cs1,1,4]", "its convolutions are of a kind that is not known to htrkit"),
        ("[1,24,0,1 Cr3,3,4 Lbxs4 Cs1,1,4]", "its layer TransposedSummarizingRNN is not known to htrkit"),
        ("[1,24,0,1 Cr3,3,4 (I Cr3,3,2) Cs1,1,4]", "its layer MultiParamParallel is not known to htrkit"),
        ("[1,24,0,1 Cr3,3,4 Lbxc4 Cs1,1,4]", "it was made by a program before Kraken"),
    ],
)
def test_what_is_not_known_of_a_segmentation_network_is_said(spec: str, why: str) -> None:
    with pytest.raises(NoGraph) as caught:
        map_graph(map_network(spec))
    assert str(caught.value) == why
