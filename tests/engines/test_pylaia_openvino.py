"""PyLaia's networks read the same with OpenVINO on the CPU as with torch."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from htrkit.domain.computing import Computing, CpuBackend
from htrkit.domain.engine import Precision
from htrkit.domain.names import PageKey
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Item, LoadOrder, OpenPage
from htrkit.engines.pylaia_converting import TASK, convert, kept_symbols, symbols_already
from htrkit.engines.pylaia_lines import PylaiaLines
from htrkit.engines.pylaia_plan import NetworkPlan
from htrkit.engines.pylaia_reader import OnOpenVino, Wanted, symbol_reader
from htrkit.engines.pylaia_torch import TorchSymbols
from htrkit.files.pylaia_folder import pylaia_files
from htrkit.networks.kept import FOLDER, entry_name
from htrkit.run.given_layout import whole_picture
from tests.fakes.pylaia_models import network, plan, write_model

PLANS = [plan(), plan(sequencer="none"), plan(sequencer="maxpool"), plan(rnn="GRU")]
OPENVINO = Computing(CpuBackend.OPENVINO)


def order(model: Path, cache: Path | None, computing: Computing = OPENVINO, *, computes: bool = True) -> LoadOrder:
    return LoadOrder(
        str(model),
        ModelFacts("m", "0" * 64),
        computes=computes,
        computing=computing,
        cache=str(cache) if cache is not None else None,
    )


def stage(model: Path, cache: Path | None, computing: Computing = OPENVINO, *, computes: bool = True) -> PylaiaLines:
    return PylaiaLines(order(model, cache, computing, computes=computes))


def items(heights: tuple[int, ...] = (16, 23, 16, 40, 16)) -> list[Item]:
    shapes = [(1, height, 5 + 19 * place) for place, height in enumerate(heights)]
    return [Item((np.random.default_rng(shape[2]).random(shape, dtype=np.float32),), cost=1) for shape in shapes]


@pytest.mark.parametrize("made", PLANS, ids=lambda made: f"{made.sequencer}-{made.rnn}")
def test_symbols_and_probabilities_are_torchs(tmp_path: Path, made: NetworkPlan) -> None:
    write_model(tmp_path / "m", made)
    given = items((16,) * 5) if made.fixed_height else items()
    theirs = stage(tmp_path / "m", None, Computing()).infer(given)
    reader = stage(tmp_path / "m", tmp_path / "cache")
    assert isinstance(reader._reader, OnOpenVino)
    for one, other in zip(theirs, reader.infer(given), strict=True):
        labels, sure = (np.asarray(array) for array in one.arrays)
        others, as_sure = (np.asarray(array) for array in other.arrays)
        assert labels.shape == others.shape
        assert np.abs(sure - as_sure).max() < 1e-4
        assert np.array_equal(labels, others)


def test_a_language_model_is_shown_torchs_probabilities(tmp_path: Path) -> None:
    write_model(tmp_path / "m", plan())
    lines = [np.asarray(item.arrays[0]) for item in items()]
    orders = (order(tmp_path / "m", tmp_path / "cache", one) for one in (OPENVINO, Computing()))
    reader, reference = (symbol_reader(one, Wanted.ALL) for one in orders)
    for ours, theirs in zip(reader.raws(lines), reference.raws(lines), strict=True):
        assert np.abs(np.asarray(ours.arrays[0]) - np.asarray(theirs.arrays[0])).max() < 1e-4


def test_a_batch_of_none_is_answered(tmp_path: Path) -> None:
    write_model(tmp_path / "m", plan())
    assert list(stage(tmp_path / "m", tmp_path / "cache").infer([])) == []


def test_the_graph_is_kept_once_for_the_files_of_the_model(tmp_path: Path) -> None:
    write_model(tmp_path / "m", plan())
    for _ in range(2):
        stage(tmp_path / "m", tmp_path / "cache")
    kept = tmp_path / "cache" / FOLDER
    assert len([path for path in kept.iterdir() if path.is_dir()]) == 1

    write_model(tmp_path / "m", plan(), built=network(plan(), seed=4))
    stage(tmp_path / "m", tmp_path / "cache")
    assert len([path for path in kept.iterdir() if path.is_dir()]) == 2


def test_a_network_that_openvino_does_not_know_is_torchs_in_single_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path / "m", plan())
    files = [path for _, path in pylaia_files(tmp_path / "m").named]
    monkeypatch.setattr("htrkit.networks.pylaia_graph.SIMPLE", {})
    convert(tmp_path / "m", tmp_path / "cache" / FOLDER / entry_name(files, TASK))
    kept = kept_symbols(tmp_path / "m", TASK, tmp_path / "cache")
    assert (kept.graph, kept.no_graph) == (None, "its activation ReLU is not known to htrkit")
    assert symbols_already(tmp_path / "m", TASK, tmp_path / "cache") == kept
    assert symbols_already(tmp_path / "nothing", TASK, tmp_path / "cache") is None
    reader = stage(tmp_path / "m", tmp_path / "cache", Computing(CpuBackend.OPENVINO, Precision.BRAIN))
    assert isinstance(reader._reader, TorchSymbols)
    exact = stage(tmp_path / "m", None, Computing()).infer(items())
    for one, other in zip(exact, reader.infer(items()), strict=True):
        assert np.array_equal(np.asarray(one.arrays[1]), np.asarray(other.arrays[1]))


@pytest.mark.parametrize("computes", [True, False])
def test_where_torch_was_chosen_or_nothing_computes_nothing_is_converted(tmp_path: Path, computes: bool) -> None:
    write_model(tmp_path / "m", plan())
    stage(tmp_path / "m", tmp_path / "cache", Computing() if computes else OPENVINO, computes=computes)
    assert not (tmp_path / "cache").exists()


# Against the genuine package


def read(reader: PylaiaLines, place: Path) -> Layout:
    with Image.open(place) as picture:
        page = OpenPage(PageKey("p"), picture.convert("L"))
    page = OpenPage(page.key, page.picture, whole_picture(page))
    prepared = reader.prepare(page)
    return reader.finish(prepared, reader.infer(prepared.items))


@pytest.mark.parametrize(("name", "height"), [("m0", 0), ("m128", 128)])
def test_probabilities_are_those_of_the_genuine_package(shared: Path, tmp_path: Path, name: str, height: int) -> None:
    genuine = shared / "data" / "pylaia"
    reference = torch.load(genuine / "ref.pt", weights_only=True)[height]
    lines = []
    for number in reference["order"]:
        with Image.open(genuine / "lines" / f"l{40 + number}.png") as picture:
            lines.append(((255 - np.asarray(picture.convert("L"), dtype=np.float32)) / 255)[np.newaxis])
    for computing in (OPENVINO, Computing()):
        raws = symbol_reader(order(genuine / name, tmp_path, computing), Wanted.ALL).raws(lines)
        for raw, expected in zip(raws, reference["singles"], strict=True):
            assert np.abs(np.asarray(raw.arrays[0]) - expected.log_softmax(1).numpy()).max() < 1e-4


@pytest.mark.parametrize("name", ["m0-trained", "m128-trained"])
def test_trained_checkpoints_of_the_genuine_package_read_their_lines(shared: Path, tmp_path: Path, name: str) -> None:
    genuine = shared / "data" / "pylaia"
    rows = (genuine / "lines" / "expected.tsv").read_text(encoding="utf-8").splitlines()
    wanted = dict(row.split("\t") for row in rows)
    ours, theirs = (stage(genuine / name, tmp_path, one) for one in (OPENVINO, Computing()))
    for file, text in wanted.items():
        line, reference = (read(reader, genuine / "lines" / file).lines[0] for reader in (ours, theirs))
        assert line.text == text == reference.text
        assert line.confidence == pytest.approx(reference.confidence, abs=1e-4)
