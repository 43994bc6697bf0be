"""A kraken model becomes an entry that holds all that stands around its network."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from htrkit.domain.engine import Precision
from htrkit.domain.errors import PreflightRefused
from htrkit.layouts.heat_map import MapClasses
from htrkit.networks import converting
from htrkit.networks.converting import convert, main
from htrkit.networks.cpu import CpuLines, CpuMaps
from htrkit.networks.kept import RECOGNITION, REFUSED, SEGMENTATION, UNWRITABLE, Kept, read_entry
from htrkit.networks.store import ALONE
from tests.fakes.kraken_networks import (
    CLASSES,
    LETTERS,
    chance,
    each_alone,
    line_network,
    map_network,
    map_of,
    written,
)


def made(network: Any, task: str, folder: Path) -> Kept:
    convert(written(network, folder), task, folder / "entry")
    kept = read_entry(folder / "entry")
    assert kept is not None
    return kept


def test_a_recogniser_is_kept_with_its_codec(tmp_path: Path) -> None:
    network = line_network()
    kept = made(network, RECOGNITION, tmp_path)
    assert (kept.about.channels, kept.about.height) == (1, 12)
    assert (kept.about.boxes, kept.about.legacy_polygons) == (False, False)
    assert kept.about.codec == {sign: (number,) for number, sign in enumerate(LETTERS, 1)}
    assert kept.graph is not None
    (line,) = chance((40,), height=12)
    ((labels, _),) = CpuLines(kept.graph, Precision.SINGLE, 1).frames([line])
    (logits,) = each_alone(network, [line])
    assert labels.tolist() == logits.argmax(1).tolist()


def test_a_segmenter_is_kept_with_its_classes(tmp_path: Path) -> None:
    network = map_network(topline=None)
    kept = made(network, SEGMENTATION, tmp_path)
    assert kept.about.metadata == {"class_mapping": CLASSES, "topline": None}
    assert MapClasses.of(kept.about.metadata).topline is None
    assert kept.graph is not None
    (page,) = chance((40,), height=24)
    assert np.abs(CpuMaps(kept.graph, Precision.SINGLE, 1).logits(page) - map_of(network, page)).max() < 1e-4


def test_a_segmenter_that_says_nothing_of_toplines_follows_baselines(tmp_path: Path) -> None:
    """None would be lines through the middle of the text."""
    kept = made(map_network(), SEGMENTATION, tmp_path)
    assert MapClasses.of(kept.about.metadata).topline is False


def test_a_network_without_a_graph_is_kept_all_the_same(tmp_path: Path) -> None:
    kept = made(line_network("[1,8,0,1 Cr3,3,4 Gn2 Mp2,2 S1(1x0)1,3 Lbx5 O1c9]"), RECOGNITION, tmp_path)
    assert (kept.graph, kept.no_graph) == (None, "its layer GroupNorm is not known to htrkit")
    assert kept.about.height == 8


def test_a_file_of_another_kind_is_refused_with_krakens_cause(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    model = tmp_path / "net.safetensors"
    model.write_bytes(b"no model at all")
    assert main(str(model), RECOGNITION, str(tmp_path / "entry")) == REFUSED
    told = orjson.loads(capfdbinary.readouterr().out.splitlines()[-1])
    assert "net.safetensors: Kraken cannot load this model" in told["what"]
    assert "htrkit models" in told["mend"]
    assert not (tmp_path / "entry").exists()


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match="no segmentation model is in this file"):
        convert(written(line_network(), tmp_path), SEGMENTATION, tmp_path / "entry")


def test_what_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = written(line_network(), tmp_path)
    assert main(str(model), RECOGNITION, str(model / "below" / "a file")) == UNWRITABLE
    assert "Not a directory" in capsys.readouterr().err


def test_a_model_that_converts_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(converting, "convert", lambda *words, with_graph: seen.append((*words, with_graph)))
    assert [main("m", "recognition", "f"), main("m", "recognition", "f", ALONE)] == [0, 0]
    assert seen == [(Path("m"), "recognition", Path("f"), True), (Path("m"), "recognition", Path("f"), False)]


def test_without_a_graph_none_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "_builder", lambda *_: pytest.fail("built"))
    convert(written(line_network(), tmp_path), RECOGNITION, tmp_path / "entry", with_graph=False)
    kept = read_entry(tmp_path / "entry")
    assert kept is not None
    assert (kept.about.height, kept.graph) == (12, None)
