"""Lines of any number and width are read in batches that come again, each as if it were alone."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from htrkit.devices.processor import brain_floats
from htrkit.domain.computing import Brain
from htrkit.domain.engine import Precision
from htrkit.domain.errors import PreflightRefused
from htrkit.networks import cpu, ppocr_graph
from htrkit.networks.cpu import ONE_BY_ONE, TOGETHER, Batching, CpuLines, CpuMaps, best_labels, log_softmax
from htrkit.networks.vgsl_graph import line_graph, map_graph
from tests.fakes.graphs import lines_of, maps_of
from tests.fakes.kraken_networks import chance, each_alone, line_network, map_network, map_of, ppocr_network


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> CpuLines:
    return lines_of(line_graph(line_network()), tmp_path_factory.mktemp("graph"))


@pytest.mark.parametrize("count", [1, 7, 8, 21])
def test_labels_and_probabilities_are_torchs_in_the_order_of_the_lines(reader: CpuLines, count: int) -> None:
    widths = [int(width) for width in np.random.default_rng(count).integers(4, 300, count)]
    lines = chance(widths, height=12)
    network = line_network()

    for logits, (labels, sure) in zip(each_alone(network, lines), reader.frames(lines), strict=True):
        likely = torch.from_numpy(logits).softmax(1)
        assert (labels.dtype, sure.dtype) == (np.int32, np.float32)
        assert labels.shape == sure.shape == (len(logits),)
        assert np.abs(likely.max(1).values.numpy() - sure).max() < 1e-4
        assert np.abs(likely.numpy()[np.arange(len(labels)), labels] - sure).max() < 1e-4


def test_probabilities_of_all_labels_are_torchs(reader: CpuLines) -> None:
    lines = chance((40, 33), height=12)
    for logits, seen in zip(each_alone(line_network(), lines), reader.log_probabilities(lines), strict=True):
        assert np.abs(torch.from_numpy(logits).log_softmax(1).numpy() - seen).max() < 1e-4


def test_no_lines_are_read_to_none(reader: CpuLines) -> None:
    assert list(reader.frames([])) == []
    assert list(reader.log_probabilities([])) == []


class Watched:
    """An inference request that says what it was given, and gives one frame a line."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def infer(self, inputs: list[np.ndarray], *, share_inputs: bool) -> list[np.ndarray]:
        batch, widths = inputs
        assert share_inputs
        self.shapes.append((len(batch), batch.shape[3]))
        return [np.zeros((len(batch), 1, 3), dtype=np.float32), np.ones_like(widths)]


@pytest.mark.parametrize("batching", [ONE_BY_ONE, TOGETHER])
def test_sizes_of_batches_are_few_so_that_openvino_has_seen_them(batching: Batching) -> None:
    reader = CpuLines.__new__(CpuLines)
    reader._batching = batching
    reader._request = Watched()
    reader.frames(chance(range(1, 500, 7), height=2))

    counts, widths = zip(*reader._request.shapes, strict=True)
    assert sum(counts) == 72
    assert set(counts) <= {1, 2, 4, batching.most}
    assert all(width % batching.widths == 0 for width in widths)
    assert list(widths) == sorted(widths)


def test_lines_are_read_together_where_layers_go_step_by_step(tmp_path: Path) -> None:
    assert lines_of(line_graph(line_network()), tmp_path)._batching is TOGETHER
    assert lines_of(ppocr_graph.line_graph(ppocr_network()), tmp_path)._batching is ONE_BY_ONE


def test_the_best_label_of_huge_logits_is_certain() -> None:
    labels, sure = best_labels(np.array([[1e4, 0, -1e4], [0, 0, 0]], dtype=np.float32))
    assert labels.tolist() == [0, 0]
    assert sure.tolist() == pytest.approx([1, 1 / 3])


def test_logarithms_of_huge_logits_are_finite() -> None:
    assert log_softmax(np.array([[1e4, 0]], dtype=np.float32)).tolist() == [[0, -1e4]]


def test_a_map_is_torchs_and_stays_when_the_next_page_comes(tmp_path: Path) -> None:
    network = map_network()
    maps = maps_of(map_graph(network), tmp_path)
    first, second = chance((40, 41), height=24)
    found = maps.logits(first)
    maps.logits(second)
    assert np.abs(found - map_of(network, first)).max() < 1e-4


@pytest.mark.skipif(brain_floats() in {Brain.NONE, Brain.TORCH}, reason="OpenVINO has no bfloat16 on this CPU")
def test_in_bfloat16_a_map_is_nearly_the_same(tmp_path: Path) -> None:
    network = map_network()
    (page,) = chance((40,), height=24)
    found = maps_of(map_graph(network), tmp_path, Precision.BRAIN).logits(page)
    assert np.abs(found - map_of(network, page)).max() < 0.1


class InSinglePrecision:
    """OpenVINO on a CPU that has no bfloat16."""

    def read_model(self, graph: str) -> str:
        return graph

    def compile_model(self, *_: object) -> "InSinglePrecision":
        return self

    def get_property(self, _: str) -> SimpleNamespace:
        return SimpleNamespace(get_type_name=lambda: "f32")

    def create_infer_request(self) -> None:
        return None


def test_numbers_that_openvino_takes_against_what_it_was_told_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "openvino", lambda: SimpleNamespace(Core=InSinglePrecision))
    CpuMaps(Path("network.xml"), Precision.SINGLE, 1)
    with pytest.raises(PreflightRefused, match="computes in f32 on this CPU, where bf16 was asked for") as caught:
        CpuMaps(Path("network.xml"), Precision.BRAIN, 1)
    assert "--precision fp32" in caught.value.mend
