"""Pages get onto a device and their maps off it, one after the other, without anybody waiting who need not."""

import numpy as np
import pytest

from htrkit.domain.engine import Precision
from htrkit.domain.stages import Item
from htrkit.networks.torch_lane import HostLane
from htrkit.networks.torch_maps import MapsAhead, PageMaps
from tests.fakes.kraken_networks import chance, map_network, map_of
from tests.fakes.torch_waits import NothingWaits, fake_lane

SIDE_BY_SIDE = "[1,24,0,1 (Cr3,3,4,2,2 Cr5,5,4,2,2) Cs1,1,4]"


@pytest.mark.parametrize("spec", ["[1,24,0,1 Cr3,3,4,2,2 Gn2 Lbx3 Lby3 Cs1,1,4]", SIDE_BY_SIDE])
def test_maps_are_those_of_kraken_whether_its_layers_are_known_or_not(spec: str) -> None:
    model = map_network(spec)
    (page,) = chance((57,), height=24)
    expected = map_of(model, page)
    found = PageMaps(model, HostLane(), Precision.SINGLE).logits(page)
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 1e-4


def test_pages_go_to_a_device_without_waiting_for_it() -> None:
    lane, cuda = fake_lane()
    model = map_network()
    ahead = MapsAhead(PageMaps(model, lane, Precision.SINGLE))
    pages = chance((57, 64), height=24)
    with NothingWaits():
        begun = ahead.begin(ahead.lay_out([Item((page,), 1.0) for page in pages]))
    assert not [line for line in cuda.diary if line.startswith("caller")]
    for page, raw in zip(pages, begun.raws(), strict=True):
        assert np.abs(np.asarray(raw.arrays[0]) - map_of(model, page)).max() < 1e-4


def test_maps_in_bfloat16_come_as_single_precision() -> None:
    (page,) = chance((57,), height=24)
    model = map_network()
    found = PageMaps(model, HostLane(), Precision.BRAIN).logits(page)
    assert found.dtype == np.float32
    assert 0 < np.abs(found - map_of(model, page)).max() < 0.2
