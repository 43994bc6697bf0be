"""Models of polyscriptor's training are read as it reads them, beside PyLaia's own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage
from htrkit.engines.pylaia_checkpoint import load_pylaia
from htrkit.engines.pylaia_lines import PylaiaLines
from htrkit.engines.pylaia_plan import Greys
from htrkit.files.pylaia_folder import PolyscriptorFiles, pylaia_files
from htrkit.run.given_layout import whole_picture
from tests.fakes.polyscriptors_models import SYMBOLS, Crnn, saved, write_polyscriptors
from tests.fakes.pylaia_models import plan, write_model

FACTS = ModelFacts("m", "0" * 64)


def item(folder: Path, picture: Image.Image) -> np.ndarray[Any, Any]:
    page = OpenPage(PageKey("p"), picture, whole_picture(OpenPage(PageKey("p"), picture)))
    (made,) = PylaiaLines(LoadOrder(str(folder), FACTS)).prepare(page).items
    return np.asarray(made.arrays[0])


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(2).integers(0, 255, (height, width), dtype=np.uint8))


@pytest.mark.parametrize("pools", [(2, 2, 0, 2), (2, 2, 2, 0), (2, 2, 2, 2), (0, 2)])
def test_scores_are_those_of_its_own_network(tmp_path: Path, pools: tuple[int, ...]) -> None:
    own = write_polyscriptors(tmp_path, pools=pools)
    network, symbols = load_pylaia(tmp_path)
    lines = torch.rand(1, 1, 128, 90) * 2 - 1
    with torch.inference_mode():
        scores, (frames,) = network(lines, [90])
        expected = own(lines)
    assert frames == len(expected)
    assert torch.allclose(scores.log_softmax(2), expected, atol=1e-5)
    assert symbols == SYMBOLS


def test_a_slope_of_pylaias_own_would_be_seen(tmp_path: Path) -> None:
    """The mutant of the test above."""
    own = write_polyscriptors(tmp_path)
    network, _ = load_pylaia(tmp_path)
    for block in network.conv:
        block.activation = nn.LeakyReLU()  # type: ignore[union-attr]
    lines = torch.rand(1, 1, 128, 90) * 2 - 1
    with torch.inference_mode():
        assert not torch.allclose(network(lines, [90])[0].log_softmax(2), own(lines), atol=1e-3)


def test_lines_are_shown_as_its_training_showed_them(tmp_path: Path) -> None:
    write_polyscriptors(tmp_path)
    picture = noise(100, 64)
    scaled = np.asarray(picture.resize((200, 128), Image.Resampling.LANCZOS), dtype=np.float32)
    assert np.allclose(item(tmp_path, picture)[0], (scaled / 255 - 0.5) / 0.5, atol=1e-6)
    assert load_pylaia(tmp_path)[0].plan.greys is Greys.CENTRED


def test_a_line_too_narrow_for_a_frame_is_padded_with_paper(tmp_path: Path) -> None:
    write_polyscriptors(tmp_path)
    made = item(tmp_path, noise(3, 128))
    assert made.shape == (1, 128, 8)
    assert (made[0, :, 0] == 1).all()
    assert (made[0, :, -1] == 1).all()


def test_text_comes_with_spaces_where_its_symbols_have_them(tmp_path: Path) -> None:
    write_polyscriptors(tmp_path, says=(2, 1, 3))
    picture = noise(24, 128)
    page = OpenPage(PageKey("p"), picture, whole_picture(OpenPage(PageKey("p"), picture)))
    reader = PylaiaLines(LoadOrder(str(tmp_path), FACTS))
    prepared = reader.prepare(page)
    assert set(reader.finish(prepared, reader.infer(prepared.items)).lines[0].text) <= set("ab ")
    assert reader._symbols[:4] == ("", " ", "a", "b")


@pytest.mark.parametrize("name", ["best_model.pt", "checkpoint_epoch_20.pt"])
def test_it_is_found_by_its_folder_or_its_file(tmp_path: Path, name: str) -> None:
    write_polyscriptors(tmp_path, name=name)
    (tmp_path / "checkpoint_epoch_3.pt").write_bytes(b"never read")
    assert pylaia_files(tmp_path) == PolyscriptorFiles(tmp_path / name)
    load_pylaia(tmp_path / name)


def test_pylaias_own_come_first_in_a_folder_of_both(tmp_path: Path) -> None:
    write_polyscriptors(tmp_path)
    write_model(tmp_path, plan())
    assert load_pylaia(tmp_path)[0].plan.greys is Greys.INK


def test_weights_of_several_cards_are_read(tmp_path: Path) -> None:
    own = write_polyscriptors(tmp_path)
    content = saved(own)
    content["model_state_dict"] = {f"module.{name}": values for name, values in own.state_dict().items()}
    torch.save(content, tmp_path / "best_model.pt")
    load_pylaia(tmp_path)


def without(name: str) -> dict[str, Any]:
    content = saved(Crnn())
    content["model_state_dict"] = {key: value for key, value in content["model_state_dict"].items() if key != name}
    return content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "no cnn.N.weight"),
        ({"model_state_dict": 3}, "no cnn.N.weight"),
        (without("fc.weight"), "its network is another one"),
        (without("rnn.weight_ih_l0"), "its network is another one"),
        (without("cnn.1.weight"), "its network is another one"),
        (saved(Crnn()) | {"idx2char": None}, "idx2char"),
        (saved(Crnn()) | {"idx2char": {0: 5}}, "idx2char"),
        (saved(Crnn()) | {"idx2char": {0: "", 1: "a"}}, "2 symbols, and the network writes"),
        (saved(Crnn(height=64)), "lines of 64 pixels"),
    ],
)
def test_what_is_no_model_of_its_training_is_said(tmp_path: Path, content: object, said: str) -> None:
    torch.save(content, tmp_path / "best_model.pt")
    with pytest.raises(PreflightRefused, match=said):
        load_pylaia(tmp_path)
