"""Heat maps are blown up as torch does it, and know their page."""

from typing import Any

import numpy as np
import pytest
import torch

from htrkit.domain.geometry import Size
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.kraken_baselines import _probabilities


@pytest.mark.parametrize("shape", [(100, 204), (97, 203), (25, 51), (13, 7)])
def test_each_value_is_repeated_as_torch_repeats_it(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).random((3, 25, 51), dtype=np.float32)
    heat = HeatMap(values, np.zeros(shape, dtype=np.uint8), (1.0, 1.0))
    theirs = torch.nn.functional.interpolate(torch.from_numpy(values)[None], size=shape)[0].numpy()
    assert np.array_equal(heat.blown_up(), theirs)


def test_the_pages_own_size_is_that_before_scaling() -> None:
    heat = HeatMap(np.zeros((3, 5, 5), np.float32), np.zeros((20, 18), np.uint8), (100 / 18, 111 / 20))
    assert heat.page_size == Size(100, 111)


@pytest.mark.parametrize(("told", "topline"), [({}, False), ({"topline": None}, None), ({"topline": True}, True)])
def test_classes_are_read_from_a_models_metadata(told: dict[str, Any], topline: bool | None) -> None:
    classes = {"aux": {"_start_separator": 1, "_end_separator": 0}, "baselines": {"default": 2, "margin": 3}}
    found = MapClasses.of({"class_mapping": classes, **told})
    assert found == MapClasses(1, 0, {"default": 2, "margin": 3}, {}, topline)


def test_probabilities_of_logits_however_low_are_torchs() -> None:
    logits = np.array([-1e4, -100, -80, -3, 0, 5, 100], dtype=np.float32)
    likely = _probabilities(logits)
    assert likely.dtype == np.float32
    assert np.abs(likely - torch.from_numpy(logits).sigmoid().numpy()).max() < 1e-7
