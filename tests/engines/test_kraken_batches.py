"""A line is read the same alone and beside wider ones, whatever the network is made of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from htrkit.domain.computing import Geometry
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import Item, LoadOrder, Raw
from htrkit.engines.kraken_lines import KrakenLines
from htrkit.models.catalog import STARTERS, Starter

pytestmark = pytest.mark.slow

NETWORKS = {
    "pooled": "[1,48,0,1 Cr3,3,8 Mp2,2 Cr3,3,8 Mp2,2 S1(1x0)1,3 Lbx16 O1c9]",
    "strided": "[1,48,0,1 Cr5,5,8,2,2 Cr3,3,8,2,2 Cr3,3,8,2,1 S1(1x0)1,3 Lbx16 Do0.1,2 Lbx16 O1c9]",
    "normed": "[1,48,0,1 Cr3,3,8 Gn4 Mp2,2 Cl3,9,8 Gn4 S1(1x0)1,3 Lbx16 O1c9]",
    "summed up": "[1,48,0,1 Cr3,3,8 Mp2,2 Lfys12 Lbx16 O1c9]",
    "dilated": "[1,48,0,1 Cr3,3,8,1,1,1,2 Mp2,2 Cr3,9,8 S1(1x0)1,3 Lfx16 O1c9]",
    "side by side": "[1,48,0,1 Cr3,3,8 (Cr3,3,4 Cr5,5,4) Mp2,2 S1(1x0)1,3 Lbx16 O1c9]",
}
WIDTHS = (64, 301, 64, 1200, 17, 300, 655, 9)


def item(width: int, channels: int, seed: int) -> Item:
    pixels = np.random.default_rng(seed).random((channels, 48, width), dtype=np.float32)
    return Item((pixels,), cost=width)


def made(spec: str, folder: Path) -> Path:
    import torch  # noqa: PLC0415 - seconds that only slow tests pay
    from kraken.lib.codec import PytorchCodec  # noqa: PLC0415
    from kraken.lib.vgsl import TorchVGSLModel  # noqa: PLC0415
    from kraken.models import write_safetensors  # noqa: PLC0415

    torch.manual_seed(5)
    codec = PytorchCodec("abcdefgh").c2l
    model = TorchVGSLModel(
        vgsl=spec, codec=codec, model_type=["recognition"], seg_type="baselines", one_channel_mode="L"
    )
    model.init_weights()
    for parameter in model.nn.parameters():
        # Biases that are nothing would hide what padding does.
        if parameter.ndim == 1:
            parameter.data.uniform_(-1, 1)
    path = folder / "net.safetensors"
    write_safetensors([model], path)
    return path


def order(path: Path) -> LoadOrder:
    return LoadOrder(str(path), ModelFacts("net", "0" * 64), geometry=Geometry.KRAKEN)


def same(alone: Sequence[Raw], together: Sequence[Raw]) -> None:
    for one, other in zip(alone, together, strict=True):
        labels, sure = (np.asarray(array) for array in one.arrays)
        others, as_sure = (np.asarray(array) for array in other.arrays)
        assert labels.shape == others.shape
        assert np.abs(sure - as_sure).max() < 1e-4
        close = np.abs(sure - as_sure) < 1e-6
        assert (labels == others)[close].all()


def check(stage: KrakenLines, channels: int) -> None:
    items = [item(width, channels, seed) for seed, width in enumerate(WIDTHS)]
    same([stage.infer([one])[0] for one in items], stage.infer(items))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_line_is_read_as_if_it_were_alone(name: str, tmp_path: Path) -> None:
    path = made(NETWORKS[name], tmp_path)
    check(KrakenLines(order(path)), channels=1)


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.name)
def test_starters_read_a_line_as_if_it_were_alone(starter: Starter) -> None:
    stage = KrakenLines(order(starter.path))
    check(stage, channels=stage._reader.about.channels)


def lines_of(widths: Sequence[int]) -> list[np.ndarray]:
    return [np.asarray(item(width, 1, seed).arrays[0]) for seed, width in enumerate(widths)]


def batches(lane: Any = None, *, spec: str = NETWORKS["pooled"]) -> Any:
    import torch  # noqa: PLC0415 - as above

    from htrkit.engines.kraken_batches import line_network  # noqa: PLC0415
    from htrkit.networks.torch_finish import BestLabels  # noqa: PLC0415
    from htrkit.networks.torch_lane import HostLane  # noqa: PLC0415
    from htrkit.networks.torch_lines import LineBatches  # noqa: PLC0415
    from tests.fakes import kraken_networks  # noqa: PLC0415

    network = line_network(kraken_networks.line_network(spec), torch.float32)
    return LineBatches(network, lane or HostLane(), BestLabels())


@pytest.mark.parametrize("spec", ["pooled", "normed", "side by side"])
def test_batches_go_to_a_device_without_waiting_for_it(spec: str) -> None:
    """All of what a GPU is told, on tensors of the CPU's: only the results are waited for."""
    from tests.fakes.torch_waits import NothingWaits, fake_lane  # noqa: PLC0415

    lines = lines_of(WIDTHS)
    expected = batches(spec=NETWORKS[spec]).frames(lines)
    lane, cuda = fake_lane()
    reader = batches(lane, spec=NETWORKS[spec])
    with NothingWaits():
        first = reader.begin(reader.lay_out(lines))
        second = reader.lay_out(lines[:3])
        begun = reader.begin(second)
    assert not [line for line in cuda.diary if line.startswith("caller")]
    for (labels, sure), (others, as_sure) in zip(expected, first.frames(), strict=True):
        assert (labels == others).all()
        assert np.abs(sure - as_sure).max() < 1e-5
    assert len(begun.frames()) == 3


def test_a_result_crosses_in_one_piece_of_labels_and_confidences() -> None:
    from tests.fakes.torch_waits import fake_lane  # noqa: PLC0415

    lane, cuda = fake_lane()
    reader = batches(lane)
    reader.begin(reader.lay_out(lines_of(WIDTHS))).frames()
    assert [line for line in cuda.diary if line.startswith("caller")] == ["caller: wait for computing"]


def test_confidences_are_the_networks_probabilities() -> None:
    import torch  # noqa: PLC0415 - as above

    from tests.fakes.kraken_networks import line_network  # noqa: PLC0415

    (line,) = lines_of((120,))
    ((labels, sure),) = batches().frames([line])
    with torch.inference_mode():
        logits, _ = line_network(NETWORKS["pooled"]).nn(torch.from_numpy(line)[None])
    highest, best = logits.softmax(1)[0, :, 0].max(0)
    assert (labels == best.numpy()).all()
    assert np.abs(sure - highest.numpy()).max() < 1e-5


def test_a_line_narrower_than_the_poolings_is_read() -> None:
    assert [len(labels) for labels, _ in batches().frames(lines_of((1, 2)))] == [1, 1]


def test_no_lines_are_no_batch() -> None:
    assert list(batches().frames([])) == []


def test_items_are_laid_out_ahead_as_the_device_loop_wants_it() -> None:
    from htrkit.networks.torch_lines import LinesAhead  # noqa: PLC0415 - as above

    items = [item(width, 1, seed) for seed, width in enumerate(WIDTHS)]
    reader = batches()
    ahead = LinesAhead(reader)
    raws = ahead.begin(ahead.lay_out(items)).raws()
    same([Raw(frames) for frames in reader.frames(lines_of(WIDTHS))], raws)


def test_a_network_on_the_cpu_is_not_laid_out_ahead(tmp_path: Path) -> None:
    path = made(NETWORKS["pooled"], tmp_path)
    assert KrakenLines(LoadOrder(str(path), ModelFacts("net", "0" * 64))).ahead is None
