"""The GPU check's command: without CUDA it says so and ends well; pages, models and the neighbour come from here."""

from pathlib import Path

import pytest

from bench.gpu.checkpoints import MAKERS, built_engines, checkpoint_of, random_kraken
from bench.gpu.neighbour import NeighbourProcess
from bench.gpu.pages import copy_pages, open_page, pictures
from bench.gpu_check import card_for, main
from htrkit.domain.names import EngineName
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines.catalog import KRAKEN

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.gpu_check.visible_cards", lambda _: ())


@pytest.mark.usefixtures("no_driver")
def test_without_a_gpu_it_says_so_and_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "found.json"
    assert main(["--json", str(place)]) == 0
    assert capsys.readouterr().out == "skipped: the NVIDIA driver shows no GPU here; `htrkit gpus` says more\n"
    assert not place.exists()


@pytest.mark.usefixtures("driver_here")
def test_a_torch_that_cannot_use_the_card_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    reason, card = card_for("cuda:0")
    assert card is None
    assert "cannot use the card that the driver shows" in reason


@pytest.mark.usefixtures("driver_here")
def test_a_card_that_is_not_there_is_named_with_those_that_are() -> None:
    assert card_for("cuda:7") == ("there is no cuda:7 here, but cuda:0, cuda:1", None)


def test_copies_of_the_pages_have_lines_that_name_them(tmp_path: Path) -> None:
    folder = copy_pages(tmp_path / "pages", 12)
    images = sorted(path for path in folder.iterdir() if path.suffix != ".xml")
    assert len(images) == 12
    for image in images:
        assert image.name.encode() in image.with_suffix(".xml").read_bytes()


def test_example_pages_open_with_their_lines() -> None:
    page = open_page(pictures()[0], lines=True)
    assert page.layout is not None
    assert len(page.layout.lines) > 5
    assert open_page(pictures()[0], lines=False).layout is None


def test_every_engine_with_a_maker_is_one_of_the_table(tmp_path: Path) -> None:
    assert set(MAKERS) <= {row.name for row in built_engines()}
    made = checkpoint_of(KRAKEN, tmp_path)
    assert made is not None
    assert made.path.is_file()


def test_an_engine_without_a_maker_has_no_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.gpu.checkpoints.MAKERS", {EngineName("other"): random_kraken})
    assert checkpoint_of(KRAKEN, tmp_path) is None


@pytest.mark.slow
def test_a_network_left_to_chance_loads_and_reads(tmp_path: Path) -> None:
    from bench.gpu.reading import read  # noqa: PLC0415 - seconds
    from htrkit.engines.kraken_lines import KrakenLines  # noqa: PLC0415

    path = random_kraken(tmp_path / "kraken.safetensors")
    stage = KrakenLines(LoadOrder(str(path), ModelFacts("chance", "0" * 64)))
    (found,) = read([open_page(pictures()[0], lines=True)], stage, batch=4)
    assert any(line.text for line in found.lines)


@pytest.mark.slow
def test_a_neighbour_takes_and_frees_on_command_and_says_what_it_cannot_have() -> None:
    neighbour = NeighbourProcess("cpu")
    try:
        neighbour.take(1_000_000)
        with pytest.raises(RuntimeError, match="not 'taken'"):
            neighbour.take(10**16)
        neighbour.leave()
    finally:
        neighbour.close()
    assert neighbour._process.returncode == 0
